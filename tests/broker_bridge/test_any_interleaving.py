"""Whatever comes in whatever order: the tables and the rollups are what a slow and obvious model makes of it."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from broker_bridge.database import completeness, final_gaps, registry, survey_versions
from broker_bridge.database.connect import connect
from broker_bridge.database.invalid import Conflict
from broker_bridge.database.migrate import open_database
from broker_bridge.database.ranges import Range
from broker_bridge.database.rows import insert
from broker_bridge.ingest import Received, ingest
from device.protocol import messages, topics
from tests.broker_bridge.database import rollup_model
from tests.broker_bridge.model import Model
from tests.conftest import TEMPLATE

START_S = 1_764_547_200  # 2025-12-01
DAY_S = 86_400
DEVICES = ("box-0001", "box-0002")
SEQS = 14
SMILEY = {"id": "smiley", "kind": "smiley5", "text": {"fi": "Millainen?"}}
REASON = {
    "id": "reason",
    "kind": "choice",
    "text": {"fi": "Miksi?"},
    "options": [{"id": "waiting", "text": {"fi": "Odotus"}}, {"id": "staff", "text": {"fi": "Palvelu"}}],
}
SURVEYS = {
    "reception@1": {"smiley": {1, 2, 3, 4, 5}},
    "reception@2": {"smiley": {1, 2, 3, 4, 5}, "reason": {"waiting", "staff"}},
}


def definition(survey):
    return {"survey": survey, "languages": ["fi"], "questions": [SMILEY, REASON][: len(SURVEYS[survey])]}


def booted_s(boot):
    """Return when a boot truly began."""
    return START_S + boot * 20 * DAY_S


@st.composite
def records(draw, seq):
    """Draw what a device wrote under a number; one number in ten minutes, boots in order."""
    boot = 1 + (seq - 1) * 3 // SEQS
    uptime_s = seq * 6 * 3600
    at = draw(st.sampled_from([None, None, booted_s(boot) + uptime_s, 5, booted_s(boot) + 400 * DAY_S]))
    timed = {"seq": seq, "boot": boot, "uptime_s": uptime_s, "at": at}
    survey = draw(st.sampled_from(sorted(SURVEYS)))
    asked = timed | {"survey": survey, "language": draw(st.sampled_from(["fi", "sv"]))}
    flags = draw(st.sampled_from([{}, {}, {}, {"flags": ["test"]}]))
    kind = draw(st.sampled_from(["press", "press", "press", "choice", "undo", "lost", "counters", "bad"]))
    return {
        "press": asked | flags | {"answers": {"smiley": draw(st.integers(1, 5))}},
        "choice": asked | flags | {"answers": {"smiley": 2, "reason": ["waiting", "staff"]}},
        "undo": timed | {"undoes": draw(st.integers(1, SEQS))},
        "lost": {"seq": seq, "lost": "crc"},
        "counters": asked | {"counters": {"from_uptime_s": 1, "smiley": {"1": 3, "5": draw(st.integers(1, 4))}}},
        "bad": asked | {"answers": {"smiley": 9}},
    }[kind]


class Interleaving(RuleBasedStateMachine):
    """A bridge and the model hear the same."""

    open = staticmethod(lambda: None)

    def __init__(self):
        super().__init__()
        self.connection, self.done = self.open()
        self.model = Model()
        self.surveys = {}
        self.now_s = booted_s(4)
        for number in (1, 2):
            registry.add_unit(self.connection, f"unit-{number}", {"fi": "Yksikkö"})
            registry.add_service_point(self.connection, f"point-{number}", f"unit-{number}", {"fi": "Piste"})
            registry.add_device(self.connection, DEVICES[number - 1], "button-5")
            row = {"names": "{}", "level": "exact", "source": "test"}
            insert(self.connection, "service_classes", row | {"scheme": "aura", "code": f"254{number}"})
        self.add_survey("reception@1")

    @initialize(data=st.data())
    def write_journals(self, data):
        self.truth = {d: [data.draw(records(seq)) for seq in range(1, SEQS + 1)] for d in DEVICES}

    def say(self, said):
        """Let the bridge and the model hear several messages at once."""
        received = []
        for device, name, fields in said:
            self.now_s += 60
            payload = messages.encode(name, {"epoch": "e1", **fields})
            received.append(Received(topics.topic(device, name), payload, False, self.now_s * 1000))
            self.model.hear(device, "e1", fields, self.now_s * 1000)
        replies = [messages.decode(r.topic, r.payload) for r in ingest(self.connection, received, self.now_s * 1000)]
        acks = {reply.device_id: reply.fields["seq"] for reply in replies if reply.name == "down/ack"}
        assert acks == {device: self.model.journals[device, "e1"].contiguous for device, _, _ in said}

    @rule(
        runs=st.lists(
            st.tuples(st.sampled_from(DEVICES), st.integers(0, SEQS - 1), st.integers(1, 5), st.booleans()),
            min_size=1,
            max_size=3,
        )
    )
    def send_batches(self, runs):
        said = []
        for device, first, count, with_clock in runs:
            batch = self.truth[device][first : first + count]
            boot, uptime_s = batch[-1].get("boot", 1), 40 * 3600 * (first + 2)
            clock = {"clock_at": booted_s(boot) + uptime_s} if with_clock else {}
            said.append((device, "up/responses", {"boot": boot, "uptime_s": uptime_s, "responses": batch} | clock))
        self.say(said)

    @rule(device=st.sampled_from(DEVICES), place=st.integers(0, SEQS - 1), value=st.integers(1, 5))
    def contradict(self, device, place, value):
        other = self.truth[device][place - 1] | {"seq": place + 1}
        other = other | {"answers": {"smiley": value}} if "answers" in other else other
        self.say([(device, "up/responses", {"boot": 1, "uptime_s": 5, "responses": [other]})])

    @rule(
        device=st.sampled_from(DEVICES),
        boot=st.integers(1, 3),
        uptime_s=st.integers(1, 15 * DAY_S),
        wrong_s=st.sampled_from([0, 0, 7, -3600, 10**9]),
    )
    def set_clock(self, device, boot, uptime_s, wrong_s):
        clock = {"clock_at": booted_s(boot) + uptime_s + wrong_s}
        self.say([(device, "up/hello", {"boot": boot, "uptime_s": uptime_s, "next_seq": SEQS + 1} | clock)])

    @rule(device=st.sampled_from(DEVICES), oldest_seq=st.integers(1, SEQS))
    def give_up(self, device, oldest_seq):
        fields = {"boot": 3, "uptime_s": 9, "next_seq": SEQS + 1, "oldest_seq": oldest_seq}
        self.say([(device, "up/hello", fields)])

    @rule(
        device=st.sampled_from(DEVICES), point=st.sampled_from([1, 2]), day=st.integers(0, 90), days=st.integers(1, 50)
    )
    def place(self, device, point, day, days):
        valid = Range((START_S + day * DAY_S) * 1000, (START_S + (day + days) * DAY_S) * 1000)
        self.correct(lambda: registry.add_placement(self.connection, device, f"point-{point}", valid))

    @rule(
        number=st.sampled_from([1, 2]),
        code=st.sampled_from(["2541", "2542"]),
        day=st.integers(0, 90),
        whole=st.booleans(),
    )
    def link(self, number, code, day, whole):
        owner = {"unit": f"unit-{number}"} if whole else {"service_point": f"point-{number}"}
        valid = Range((START_S + day * DAY_S) * 1000)
        self.correct(lambda: registry.add_service_class_link(self.connection, "aura", code, valid, **owner))

    @rule(
        table=st.sampled_from(["placements", "service_class_links"]), day=st.integers(0, 120), which=st.integers(0, 9)
    )
    def move_end(self, table, day, which):
        rows = self.connection.execute(f"SELECT id, valid_from_ms FROM {table} ORDER BY id").fetchall()
        to_ms = (START_S + day * DAY_S) * 1000
        if rows and rows[which % len(rows)]["valid_from_ms"] < to_ms:
            self.correct(lambda: registry.end(self.connection, table, rows[which % len(rows)]["id"], to_ms))

    def correct(self, change):
        """Change the past, unless another range is in the way."""
        try:
            change()
        except Conflict:
            return

    @rule()
    def add_second_survey(self):
        self.add_survey("reception@2")

    def add_survey(self, survey):
        survey_versions.add_survey(self.connection, definition(survey))
        self.surveys[survey] = SURVEYS[survey]

    @invariant()
    def the_tables_are_those_of_the_model(self):
        tables = ("placements", "service_point_units", "service_class_links")
        ranges = {t: [dict(row) for row in self.connection.execute(f"SELECT * FROM {t}").fetchall()] for t in tables}
        expected = self.model.rows(self.surveys, ranges)
        stored = self.stored()
        assert stored.keys() == expected.keys()
        assert [
            (identity, name, row[name], expected[identity][name])
            for identity, row in stored.items()
            for name in COMPARED
            if row[name] != expected[identity][name]
        ] == []

    def stored(self):
        given = {}
        for answer in self.connection.execute("SELECT * FROM answers").fetchall():
            told = tuple(answer[name] for name in ("question", "value", "option", "n"))
            given.setdefault(answer["response_id"], []).append(told)
        rows = self.connection.execute("SELECT * FROM responses").fetchall()
        return {
            (row["device_id"], row["epoch"], row["seq"]): {
                name: sorted(given.get(row["id"], []), key=repr) if name == "answers" else row[name]
                for name in COMPARED
            }
            for row in rows
        }

    @invariant()
    def the_journals_are_those_of_the_model(self):
        found = {(row["device_id"], row["epoch"]): row for row in completeness.journals(self.connection)}
        assert found.keys() == self.model.journals.keys()
        for key, journal in self.model.journals.items():
            row = found[key]
            assert row["acknowledged_seq"] == journal.contiguous
            assert row["highest_seq"] == max(journal.kept, default=0)
            final = {seq for seq in range(1, journal.contiguous + 1) if seq not in journal.kept}
            assert numbers(final_gaps.of_journal(self.connection, *key)) == final
            assert (
                numbers(row["gaps"])
                == {s for s in range(1, max(journal.kept, default=0)) if s not in journal.kept} | final
            )
            assert (row["duplicates"], row["quarantined"]) == (journal.duplicates, len(journal.contradicting))

    @invariant()
    def the_rollups_are_those_of_the_model(self):
        assert rollup_model.kept(self.connection) == rollup_model.expected(self.connection)

    def teardown(self):
        self.done()


def numbers(gaps):
    return {seq for first, last in gaps for seq in range(first, last + 1)}


COMPARED = (
    *(
        "hash",
        "kind",
        "received_ms",
        "at_ms",
        "earliest_ms",
        "latest_ms",
        "time_quality",
        "undone",
        "undoes",
        "n",
        "flags",
    ),
    *("service_point", "unit", "scheme", "service_class", "answers"),
)


# Which cases are tried depends on all that is imported; a wrong bridge ends the search at its first failure.
ENOUGH_TO_FAIL = 2_000


@pytest.fixture
def fresh(tmp_path):
    """Give a function that opens a new SQLite database, and returns what closes it beside it."""
    template = tmp_path / "template.db"
    open_database(template).close()

    def fresh():
        path = Path(tempfile.mkdtemp(dir=tmp_path)) / "hymio.db"
        shutil.copy(template, path)
        connection = connect(path)
        connection.execute("PRAGMA synchronous = OFF")  # thousands of transactions, and no power cut in this test
        return connection, connection.close

    return fresh


def interleave(fresh, examples):
    """Try many interleavings; fail at the first whose tables are wrong. Shrinking one takes minutes: by hand."""
    machine = type("Machine", (Interleaving,), {"open": staticmethod(fresh)})
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    tried = settings(
        phases=(Phase.generate,), max_examples=examples, stateful_step_count=25, suppress_health_check=checks
    )
    run_state_machine_as_test(machine, settings=tried)


def test_any_interleaving_on_sqlite(fresh):
    interleave(fresh, 60)


def test_any_interleaving_on_postgresql(postgresql):
    def fresh():
        made = postgresql.database(TEMPLATE)
        connection = connect(made.__enter__())

        def done():
            connection.close()
            made.__exit__(None, None, None)

        return connection, done

    interleave(fresh, 6)


def wrong(name, design):
    return pytest.param(name, design, id=name.rpartition(".")[2])


@pytest.mark.parametrize(
    ("name", "design"),
    [
        wrong("broker_bridge.database.dating.settle", lambda connection, key, points: [p for p in points if p.id]),
        wrong("broker_bridge.database.neighbours.lowered", lambda below, earliest_ms, latest_ms: []),
        wrong("broker_bridge.database.neighbours.raised", lambda above, earliest_ms: []),
        wrong("broker_bridge.database.anchors.dated_anew", lambda connection, boot, anchor: []),
        wrong("broker_bridge.database.dating.attach", lambda connection, ids: None),
        wrong("broker_bridge.database.undoing.undone_before", lambda connection, late: set()),
        wrong("broker_bridge.database.undoing.undo_stored", lambda connection, targets: None),
        wrong("broker_bridge.database.dated.reattach", lambda *arguments: 0),
        wrong("broker_bridge.database.final_gaps.missing", lambda known, first, last: []),
        wrong("broker_bridge.database.journals.end_of_run", lambda connection, journal: journal.contiguous_seq),
        wrong("broker_bridge.database.journals.given_up", lambda connection, journal: None),
        wrong("broker_bridge.database.survey_versions.ingest_rejected", lambda connection, survey: 0),
        wrong("broker_bridge.database.rollups.columns_of", lambda row: (0,)),
        wrong("broker_bridge.database.moments.plausible", lambda unix_s, received_ms: unix_s > 0),
        wrong("broker_bridge.database.memory.VERSION", {"sqlite": "SELECT 1"}),
    ],
)
def test_a_wrong_bridge_is_noticed(fresh, monkeypatch, name, design):
    monkeypatch.setattr(name, design)

    with pytest.raises((AssertionError, KeyError)):
        interleave(fresh, ENOUGH_TO_FAIL)
