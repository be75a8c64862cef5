"""Anything in any order: who is thanked is stored, and nobody is stored twice, whatever fingers, keys and time do."""

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from kiosk_app.session import KEYS, Session
from kiosk_app.touches import Touches
from tests.kiosk_app.parts import ALL, ONE, Kiosk, question

WHERE = st.integers(0, 200)
FINGERS = st.integers(0, 3)
STRAY = st.sampled_from(
    ["", "option.9", "action.undo", "action.next", "language.xx", "key.a", "digit.2", "corner.staff"]
)


class AnyOrder(RuleBasedStateMachine):
    """Counts visitors as the screen shows them: from the first question to the next idle screen there is one."""

    questions = ALL
    keep_partial = True

    def __init__(self):
        super().__init__()
        self.kiosk = Kiosk(self.questions, idle_s=10, keep_partial=self.keep_partial, undo_ms=5_000)
        self.kiosk.outbox.before_put = self.look_before_put
        self.shown = self.kiosk.session._kind
        self.stored_before = 0

    def look_before_put(self, content):
        assert "undoes" in content or self.kiosk.session._kind != "thanks", "thanked before it was stored"

    def look(self):
        kind, answered = self.kiosk.session._kind, len(self.kiosk.answers)
        if kind == "thanks" and self.shown != "thanks":
            assert answered == self.stored_before + 1, "thanked, and not stored once"
        if kind not in ("attract", "out_of_service"):
            assert answered <= self.stored_before + 1, "one visitor, two responses"
        else:
            self.stored_before = answered
        self.shown = kind

    @rule(where=WHERE, finger=FINGERS)
    def touch_something(self, where, finger):
        targets = self.kiosk.page.targets
        self.kiosk.session.touched(targets[where % len(targets)].id if targets else "", finger)
        self.look()

    @rule(first=WHERE, second=WHERE)
    def touch_with_two_fingers(self, first, second):
        targets = self.kiosk.page.targets
        for finger, where in enumerate((first, second)):
            self.kiosk.session.touched(targets[where % len(targets)].id if targets else "", finger)
        self.look()

    @rule(stray=STRAY, finger=FINGERS)
    def touch_what_is_not_there(self, stray, finger):
        self.kiosk.session.touched(stray, finger)
        self.look()

    @rule(finger=FINGERS)
    def lift(self, finger):
        self.kiosk.session.lifted(finger)

    @rule(name=st.sampled_from(KEYS))
    def press_a_key(self, name):
        self.kiosk.session.key(name)
        self.look()

    @rule(ms=st.sampled_from([10, 100, 500, 2_000]))
    def time_passes(self, ms):
        for _ in range(4):
            self.kiosk.clock.now_ms += ms // 4
            self.kiosk.session.tick()
            self.look()

    @rule()
    def nobody_is_there(self):
        for _ in range(25):
            self.kiosk.clock.now_ms += 2_000
            self.kiosk.session.tick()
            self.look()

    @rule(corner=st.sampled_from(["corner.cleaning", "corner.staff"]))
    def hold_a_corner(self, corner):
        self.kiosk.session.touched(corner, finger=9)
        self.time_passes(2_000)
        self.time_passes(2_000)
        self.kiosk.session.lifted(9)

    @precondition(lambda self: not self.kiosk.outbox.refuses)
    @rule(why=st.sampled_from(["full", "read_only"]))
    def the_outbox_refuses(self, why):
        self.kiosk.outbox.refuses = why

    @precondition(lambda self: self.kiosk.outbox.refuses)
    @rule()
    def the_outbox_stores_again(self):
        self.kiosk.outbox.refuses = ""

    @invariant()
    def the_page_is_whole(self):
        page = self.kiosk.page
        assert page.focus in ("", *(target.id for target in page.targets))
        assert len({target.id for target in page.targets}) == len(page.targets)

    @invariant()
    def what_is_undone_was_answered(self):
        answered = {record["seq"] for record in self.kiosk.outbox.records if "answers" in record}
        undone = [record["undoes"] for record in self.kiosk.outbox.records if "undoes" in record]
        assert len(set(undone)) == len(undone)
        assert set(undone) <= answered


class OneQuestion(AnyOrder):
    questions = ONE
    keep_partial = False


BRIEF = settings(
    max_examples=40, stateful_step_count=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("machine", ["AnyOrder", "OneQuestion", "Mashed"])
def test_nothing_that_happens_in_any_order_breaks_the_promise(machine):
    run_state_machine_as_test(globals()[machine], settings=BRIEF)


# The checker has to catch these.


def thanks_before_the_commit(session, visit):
    session._go("thanks", 5_000)
    return Session.right_commit(session, visit)


def every_finger_counts(touches, target, finger, now_ms):
    return True


@pytest.mark.parametrize(
    ("owner", "name", "wrong"),
    [(Session, "_commit", thanks_before_the_commit), (Touches, "counts", every_finger_counts)],
)
def test_a_wrong_kiosk_is_caught(monkeypatch, owner, name, wrong):
    monkeypatch.setattr(Session, "right_commit", Session._commit, raising=False)
    monkeypatch.setattr(owner, name, wrong)

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Mashed, settings=settings(BRIEF, phases=[Phase.generate]))  # found is enough


QUESTIONS = [question("smiley", "smiley5"), question("helped", "agree5"), question("safe", "agree5")]


class Mashed(AnyOrder):
    """As above, and two fingers take one step, though the next page has its answers in the same places."""

    questions = QUESTIONS

    @rule(first=WHERE, second=WHERE)
    def two_fingers_are_one_step(self, first, second):
        self.kiosk.wait(1_000)
        for finger in range(10):
            self.kiosk.session.lifted(finger)
        before = self.kiosk.page
        self.touch_with_two_fingers(first % 5, second % 5)
        assert before.kind != "smiley5" or self.kiosk.page.step <= 2, "two fingers took two steps"
