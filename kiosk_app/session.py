"""The kiosk as its visitors meet it: one machine from the idle screen through the questions to thanks; no pixel.

What happens comes in as `touched`, `lifted`, `key` and `tick`; what is to be seen is `page`. Thanks are given in one
place, `_commit`, and only after the outbox has the response. All of it runs in one thread.
"""

from collections.abc import Callable

from kiosk_app import keyboard
from kiosk_app.desk import Desk, Staff
from kiosk_app.outbox import OutboxError
from kiosk_app.page import TOOLS, Page, Target
from kiosk_app.reader import Reader
from kiosk_app.recorder import Clock, Outbox, Recorder
from kiosk_app.scenes import Painter, Scene, Words
from kiosk_app.survey import Limits, Survey
from kiosk_app.touches import Touches
from kiosk_app.visit import Visit
from kiosk_app.waiting import WARNING_MS, Waiting

KEYS = ("left", "right", "ok", "back", "speak")
PATIENT_UNDO_MS = 20_000  # for who hears the page: five seconds would be over before it is said
UNDONE_MS = 4_000
STAFF_MS = 120_000
LOOKS_MS = 2_000  # how often the outbox is asked whether it could store


class Session:
    """Visitors one after the other; the recorder's `stored` hears of every record that the outbox took."""

    def __init__(self, outbox: Outbox, clock: Clock, words: Words, staff: Staff, survey: Survey | None = None) -> None:
        self.survey = survey
        self.recorder = Recorder(outbox, clock)
        self._outbox = outbox
        self._clock = clock
        self._painter = Painter(words)
        self._desk = Desk(staff)
        self._waiting = Waiting()
        self._touches = Touches()
        self._reader = Reader()
        self._visit: Visit | None = None
        self._kind = ""
        self._shifted = False
        self._undoes = 0
        self.refusal = ""  # why nothing can be stored now
        self._looked_ms = -LOOKS_MS
        self._does: dict[str, Callable[[str], None]] = {
            "option": self._on_option,
            "digit": self._desk.type,
            "key": self._on_key,
            "language": self._on_language,
            "action": self._on_action,
        }
        self._steps: dict[str, Callable[[], None]] = {
            "back": self._back,
            "skip": self._skip,
            "next": self._next,
            "erase": self._desk.erase,
            "undo": self._undo,
            "done": self._attract,
            "export": lambda: self._desk.export(self._language),
        }
        self._attract()
        self._look()

    # What there is to see

    @property
    def page(self) -> Page:
        """The screen of this moment."""
        return self._painter.page(
            Scene(
                kind=self._kind,
                survey=self.survey,
                visit=self._visit,
                reader=self._reader,
                language=self._language,
                shifted=self._shifted,
                can_undo=bool(self._undoes),
                left_ms=self._waiting.left_ms(self._now_ms),
                is_warning=self._waiting.is_warning,
                digits=self._desk.digits,
                rows=self._desk.rows,
                reason=self.refusal,
            )
        )

    @property
    def is_free(self) -> bool:
        """Whether neither visitor nor staff are at it: the moment for another survey."""
        return self._kind in ("attract", "out_of_service")

    @property
    def limits(self) -> Limits:
        """Those of the survey."""
        return self.survey.limits if self.survey else Limits()

    @property
    def _language(self) -> str:
        if self._visit:
            return self._visit.language
        return self.survey.languages[0] if self.survey else "fi"

    def _word(self, key: str) -> str:
        return self._painter.word(self._language, key)

    @property
    def _now_ms(self) -> int:
        return self._clock.uptime_ms()

    # What happens

    def use(self, survey: Survey) -> None:
        """Ask another survey from the next visitor on; only while `is_free`."""
        if not self.is_free:
            raise RuntimeError("a survey is changed between visitors")
        self.survey = survey
        self._attract()
        self._look()

    def touched(self, target: str, finger: int = 0) -> None:
        """Take a finger that came down on a target of the page, or with "" on nothing."""
        if self._touches.counts(target, finger, self._now_ms):
            self._act(target)

    def lifted(self, finger: int = 0) -> None:
        """Take a finger that was lifted."""
        self._touches.lifted(finger)

    def key(self, name: str) -> None:
        """Take one of five keys: left, right, ok, back, speak. The first one also tells what they do."""
        is_first = not self._reader.uses_keys
        self._reader.uses_keys = True
        if self._waiting.is_warning:
            self._stay()
            return
        self._do_key(name, self.page.targets)
        if is_first:
            self._reader.say(self._word("keys.help"), *self._reader.voice)

    def _do_key(self, name: str, targets: tuple[Target, ...]) -> None:
        if name in ("left", "right"):
            self._stay()
            self._reader.step(1 if name == "right" else -1, targets)
        elif name == "back":
            ways = [target.id for target in targets]
            self._act(next((way for way in ("action.undo", "action.back", "action.done") if way in ways), ""))
        elif name in ("ok", "speak"):
            self._act(self._reader.focus if name == "ok" else "action.speak")

    def tick(self) -> None:
        """Let time pass; to be called several times a second."""
        corner = self._touches.held(self.limits.hold_ms, self._now_ms)
        if corner:
            self._hold(corner)
        if self._waiting.is_over(self._now_ms):
            self._end()
        elif self._kind == "asking" and self._waiting.warns(self._now_ms):
            self._reader.say(self._word("idle.still_there"), self._word("idle.touch"))
        if self.is_free and self._now_ms - self._looked_ms >= LOOKS_MS:
            self._look()

    # From page to page

    def _go(self, kind: str, lasts_ms: int = 0) -> None:
        """Show another page; with a time, it ends by itself."""
        if kind in ("attract", "out_of_service", "cleaning"):
            self._visit = None
            self._undoes = 0
            self._reader.forget()
        self._kind = kind
        self._waiting.begin(lasts_ms, self._now_ms)
        self._shifted = False
        if kind != "status":
            self._desk.leave()
        self._touches.changed_page(self._now_ms)
        self._reader.focus = ""
        if self._reader.hears:
            self._reader.say(self.page.title)

    def _attract(self) -> None:
        self._go("attract", self.limits.idle_s * 1000)

    def _stay(self) -> None:
        """Somebody is there: begin to wait anew, except where the time is the point."""
        if self._kind not in ("thanks", "undone", "cleaning"):
            self._waiting.again(self._now_ms)

    def _ask(self, step: int) -> None:
        self._asked().step = step
        idle_ms = self.limits.idle_s * 1000
        self._go("asking", (2 * idle_ms if self._reader.hears else idle_ms) + WARNING_MS)

    def _begin(self, language: str) -> None:
        if self.survey and not self._look():
            self._visit = Visit(self.survey, language)
            self._ask(0)

    def _act(self, target: str) -> None:
        """Do what a target stands for, if this page has it."""
        offered = set() if self._waiting.is_warning else {each.id for each in self.page.targets}
        family, _, name = target.partition(".")
        self._stay()
        if target in offered:
            self._does[family](name)
        elif target == "" and self._kind == "attract":
            self._begin(self._language)

    def _on_option(self, value: str) -> None:
        visit = self._asked()
        if visit.choose(value):
            self._next()
            return
        done = "option.chosen" if visit.is_chosen(value) else "option.removed"
        self._reader.say(self._word(done))

    def _on_key(self, name: str) -> None:
        visit, key = self._asked(), f"key.{name}"
        if key == keyboard.SHIFT:
            self._shifted = not self._shifted
            return
        text = visit.text[:-1] if key == keyboard.ERASE else visit.text + keyboard.character(key)
        if visit.type(text):
            self._shifted = False
            self._reader.say(self._word(key) if key == keyboard.SPACE else text[-1:])

    def _on_language(self, code: str) -> None:
        if self._kind == "attract":
            self._begin(code)
        elif self._visit:
            self._visit.language = code
            self._reader.say(self.page.title)

    def _on_action(self, name: str) -> None:
        page = self.page
        if name in TOOLS:
            self._reader.use(name, page.title, *(each.label for each in page.options + page.actions))
        else:
            self._steps[name]()

    def _asked(self) -> Visit:
        if self._visit is None:
            raise RuntimeError("nobody is being asked")
        return self._visit

    # A visitor's way

    def _back(self) -> None:
        before = self._asked().preceding
        if before is not None:
            self._ask(before)

    def _skip(self) -> None:
        self._asked().skip()
        self._next()

    def _next(self) -> None:
        if self._kind == "pin":
            self._open()
            return
        visit = self._asked()
        following = visit.following
        if following is not None:
            self._ask(following)
        elif not visit.answers:
            self._attract()
        elif self._commit(visit):
            self._go("thanks", self._thanks_ms())
            if self._reader.uses_keys and self._undoes:
                self._reader.say(self.page.title, self._word("thanks.keys"))

    def _thanks_ms(self) -> int:
        return PATIENT_UNDO_MS if self._reader.hears else self.limits.undo_ms or UNDONE_MS

    def _commit(self, visit: Visit) -> bool:
        """Store the response; tell whether the visitor may be thanked."""
        try:
            seq = self.recorder.answer(visit, self.limits.repeat_ms)
        except OutboxError as error:
            self._refuse(str(error))
            return False
        self._undoes = seq if self.limits.undo_ms else 0
        return True

    def _undo(self) -> None:
        try:
            self.recorder.undo(self._undoes)
        except OutboxError as error:
            self._refuse(str(error))
            return
        self._undoes = 0
        self._go("undone", PATIENT_UNDO_MS if self._reader.hears else UNDONE_MS)

    def _end(self) -> None:
        """Nobody was there for as long as a page lasts."""
        visit = self._visit if self._kind == "asking" else None
        if visit:
            visit.leave()
        if self._kind == "attract":
            self._reader.forget()  # whoever asked for contrast here went away
            self._waiting.forget()
        elif not visit or not visit.answers or not self.limits.keep_partial or self._commit(visit):
            self._attract()

    # Out of service

    def _refuse(self, why: str) -> None:
        """Show that nothing was stored, until the outbox can store again."""
        self.refusal = why
        self._looked_ms = self._now_ms
        self._go("out_of_service")

    def _look(self) -> bool:
        """Look whether a response could be stored, before somebody is asked for one; tell whether it is refused."""
        self._looked_ms = self._now_ms
        self.refusal = self._outbox.trouble() or ("" if self.survey else "no_survey")
        if self.refusal and self._kind != "out_of_service":
            self._go("out_of_service")
        elif not self.refusal and self._kind != "attract":
            self._attract()
        return bool(self.refusal)

    # Corners

    def _hold(self, corner: str) -> None:
        """Begin or end the cleaning, or ask the staff for their PIN; who left answers behind is gone."""
        was = self._kind
        if corner == "corner.staff" and not self._desk.is_there:
            return
        self._end()
        if corner == "corner.staff":
            self._go("pin", STAFF_MS)
        elif was != "cleaning":
            self._go("cleaning", self.limits.cleaning_s * 1000)

    def _open(self) -> None:
        if self._desk.opens(self._language, self._now_ms):
            self._go("status", STAFF_MS)
