"""The one checker of every fault: what was acknowledged is stored once, with its content, time and class.

It is told what really happened, reads the tables, and asks nobody what was meant. What is missing has to be excused by
a fault that really happened, and has to be in the report by name.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection
from broker_bridge.database.rollup_accounts import verify
from server.trial.reckoning import Identity, Reckoning, Row, Said, content_hash, name, reckon
from tests.faults import totals
from tests.faults.journal import Journal

__all__ = ["Account", "Identity", "Truth", "Verdict", "account", "check", "content_hash", "verdict_of"]

CERTAIN_MS = 65_000  # a box gives a time only when it is certain to within a minute, in whole seconds at both ends

ROWS = """
SELECT device_id, epoch, seq, hash, kind, n, at_ms, earliest_ms, latest_ms, time_quality, service_point, service_class
FROM responses
"""
ANSWERS = """
SELECT responses.device_id, responses.epoch, responses.seq, answers.value, answers.n
FROM responses JOIN answers ON answers.response_id = responses.id
"""
MOST_SHOWN = 5
KEPT_ASIDE = "SELECT device_id, epoch, seq, hash FROM quarantine"


@dataclass
class Truth:
    """What really happened, as those saw it who pressed, and what excuses a difference."""

    said: Said = field(default_factory=Said)
    contested: list[tuple[Identity, str]] = field(default_factory=list)  # thanks under a number that another has
    counted: Counter[str] = field(default_factory=Counter)  # thanks without a number
    interrupted: Counter[str] = field(default_factory=Counter)  # presses that showed nothing
    moments: dict[Identity, int] = field(default_factory=dict)
    dated: set[Identity] = field(default_factory=set)  # of which the device knew the time
    values: dict[Identity, int] = field(default_factory=dict)
    county: Any = None  # knows the service point and class of a device at a moment
    trusts_clocks: bool = True
    damaged: Counter[str] = field(default_factory=Counter)  # records that rotted in flash
    cloned: set[tuple[str, str]] = field(default_factory=set)  # journals that two devices wrote
    held: set[Identity] = field(default_factory=set)  # in devices that were put away before they could send it
    restored: bool = False
    keeps: set[str] = field(default_factory=set)  # devices that had no need of the space of what is acknowledged
    taken: list[tuple[Identity, str]] = field(default_factory=list)  # what a committed ingest was given


class Verdict(NamedTuple):
    """What is wrong, by name; `reported` is what is missing, excused and listed; `by` names the checks that found."""

    lost: list[str]
    doubled: list[str]
    misattached: list[str]
    stuck: list[str]
    reported: int = 0
    by: tuple[str, ...] = ()

    @property
    def holds(self) -> bool:
        """Tell whether nothing is wrong."""
        return not (self.lost or self.doubled or self.misattached or self.stuck)

    def __str__(self) -> str:
        named = {"lost": self.lost, "doubled": self.doubled, "misattached": self.misattached, "stuck": self.stuck}
        return "; ".join(f"{what}: {shown(found)}" for what, found in named.items() if found) or "all well"


def shown(found: list[str]) -> str:
    """Return some of what was found, as a person reads it."""
    rest = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
    return ", ".join(found[:MOST_SHOWN]) + rest


def check(connection: Connection, truth: Truth, stuck: Iterable[str] = ()) -> Verdict:
    """Compare what is stored with what happened."""
    tables = Tables(connection)
    reckoned = reckon(truth.said, [Row(row.identity, row.hash, row.kind, row.service_class) for row in tables.rows])
    excuses = Excuses(truth, tables)
    lost = losses(truth, tables, reckoned, excuses)
    doubled = surpluses(connection, truth, tables, reckoned)
    silent, otherwise = otherwise_answered(connection, truth, tables)
    lost["answers are stored"], doubled["answers are those given"] = silent, otherwise
    misattached = {
        "class is that of the press": misplaced(truth, tables),
        "moment is that of the press": [told for row in tables.rows if (told := mistimed(truth, row))],
    }
    empty = {"every outbox empties": list(stuck)}
    by = (name for part in (lost, doubled, misattached, empty) for name, found in part.items() if found)
    whole = ([each for found in part.values() for each in found] for part in (lost, doubled, misattached, empty))
    return Verdict(*whole, excuses.used, tuple(by))


def losses(truth: Truth, tables: "Tables", reckoned: Reckoning, excuses: "Excuses") -> dict[str, list[str]]:
    """Return what is missing and not excused, by check."""
    promised = [(identity, truth.said.thanked[identity]) for identity in reckoned.lost]
    missing = promised + [each for each in truth.contested if not tables.keeps(*each)]
    unexcused = [identity for identity, hashed in missing if not excuses.cover(identity, hashed)]
    changed = [identity for identity in unexcused if tables.has_other_content(identity)]
    dropped = [identity for identity, hashed in truth.taken if not tables.keeps(identity, hashed)]
    return {
        "acknowledged is stored": [name(identity) for identity in unexcused if identity not in changed],
        "content is equal": [f"{name(identity)} says something else" for identity in changed],
        "taken is kept": [f"{name(identity)} was taken and dropped" for identity in dropped],
        "gaps are explained": excuses.unlisted(),
        "counted is stored": fewer_counted(truth, tables),
    }


def surpluses(connection: Connection, truth: Truth, tables: "Tables", reckoned: Reckoning) -> dict[str, list[str]]:
    """Return what is there too often, or otherwise than it was said, by check."""
    return {
        "stored once": [name(identity) for identity in reckoned.doubled],
        "stored was pressed": [name(identity) for identity in reckoned.unpressed],
        "counted once": more_counted(truth, tables),
        "totals follow from rows": miscounted(connection) + totals.different(connection),
    }


class Stored(NamedTuple):
    """A row of `responses`, as far as the checker looks at it."""

    identity: Identity
    hash: str
    kind: str
    n: int
    at_ms: int | None
    earliest_ms: int | None
    latest_ms: int | None
    quality: str | None
    service_point: str | None
    service_class: str | None


class Tables:
    """What is stored."""

    def __init__(self, connection: Connection) -> None:
        self.rows = [Stored(Identity(*row[:3]), *tuple(row)[3:]) for row in map(tuple, connection.execute(ROWS))]
        self.by_identity = {row.identity: row for row in self.rows}
        self.aside = {(Identity(*row[:3]), row[3]) for row in map(tuple, connection.execute(KEPT_ASIDE))}
        self.gaps = {
            (journal["device_id"], journal["epoch"]): journal["gaps"] for journal in completeness.journals(connection)
        }

    def keeps(self, identity: Identity, hashed: str) -> bool:
        """Tell whether a content is stored or in quarantine."""
        row = self.by_identity.get(identity)
        return (row is not None and row.hash == hashed) or (identity, hashed) in self.aside

    def has_other_content(self, identity: Identity) -> bool:
        """Tell whether a response is there under a number, with a content that is not the one that was promised."""
        row = self.by_identity.get(identity)
        return row is not None and row.kind in ("response", "counters", "undo")

    def lists(self, identity: Identity) -> bool:
        """Tell whether the report says that a number is missing."""
        gaps = self.gaps.get((identity.device_id, identity.epoch), [])
        return any(first <= identity.seq <= last for first, last in gaps)

    def counted(self) -> Counter[str]:
        """Return how many visitors the counters records of each device stand for."""
        found: Counter[str] = Counter()
        for row in self.rows:
            if row.kind == "counters":
                found[row.identity.device_id] += row.n
        return found


class Excuses:
    """The faults that explain a loss. Each explains as much as it can have cost, and only what the report names."""

    def __init__(self, truth: Truth, tables: Tables) -> None:
        self.truth = truth
        self.tables = tables
        self.damaged = Counter(truth.damaged)
        self.used = 0

    def cover(self, identity: Identity, hashed: str) -> bool:
        """Tell whether a missing record is explained and reported."""
        row = self.tables.by_identity.get(identity)
        covered = (
            (identity, hashed) in self.tables.aside
            or identity in self.truth.held
            or self.has_rotted(row)
            or (self.may_be_gone(identity.device_id) and self.tables.lists(identity))
            or (row is not None and (identity.device_id, identity.epoch) in self.truth.cloned)
        )
        self.used += covered
        return covered

    def has_rotted(self, row: Stored | None) -> bool:
        """Tell whether a record is reported as unreadable, and one of its device can be."""
        if row is None or row.kind != "lost" or not self.damaged[row.identity.device_id]:
            return False
        self.damaged[row.identity.device_id] -= 1
        return True

    def unlisted(self) -> list[str]:
        """Return the gaps that nothing explains."""
        unexplained = {key: gaps for key, gaps in self.tables.gaps.items() if not self.may_be_gone(key[0])}
        return [f"gap {device} {gap}" for (device, _), gaps in unexplained.items() for gap in gaps]

    def may_be_gone(self, device_id: str) -> bool:
        """Tell whether a device may have used the space of what a restored database asks for."""
        return self.truth.restored and device_id not in self.truth.keeps


def fewer_counted(truth: Truth, tables: Tables) -> list[str]:
    """Return the devices of which fewer counted presses are stored than were thanked for."""
    missing = truth.counted - tables.counted()
    return [f"{device}: {n} counted presses" for device, n in missing.items() if device not in copied(truth)]


def more_counted(truth: Truth, tables: Tables) -> list[str]:
    """Return the devices of which more counted presses are stored than there were."""
    surplus = tables.counted() - truth.counted - truth.interrupted
    return [f"{device}: {n} counted presses" for device, n in surplus.items() if device not in copied(truth)]


def copied(truth: Truth) -> set[str]:
    """Return the devices of which two have one journal: they write what they counted under the same numbers."""
    return {device_id for device_id, _ in truth.cloned}


def otherwise_answered(connection: Connection, truth: Truth, tables: Tables) -> tuple[list[str], list[str]]:
    """Return what is stored without its answer, and what is stored with another than was given, or several."""
    found: dict[Identity, list[tuple[int, int]]] = {}
    for row in map(tuple, connection.execute(ANSWERS) if truth.values else ()):
        found.setdefault(Identity(*row[:3]), []).append(row[3:])
    known = [row.identity for row in tables.rows if row.identity in truth.values and row.kind == "response"]
    named = [each for each in known if (each.device_id, each.epoch) not in truth.cloned]
    wrong = [each for each in named if each in found and found[each] != [(truth.values[each], 1)]]
    silent = [f"{name(each)} has no answer" for each in named if each not in found]
    return silent, [f"{name(each)} says {found[each]}" for each in wrong]


def miscounted(connection: Connection) -> list[str]:
    """Return the rollups that are not what the stored rows add up to."""
    if connection.engine == "postgresql":
        connection.execute("ANALYZE")  # it joins what it knows nothing about in the slowest way
    return [f"{rollup['table']} row" for rollup in verify(connection) for _ in range(rollup["different"])]


def misplaced(truth: Truth, tables: Tables) -> list[str]:
    """Return what does not stand at the place and class of its time."""
    return [
        f"{name(row.identity)} at {row.service_point} {row.service_class}"
        for row in (tables.rows if truth.county else ())
        if row.kind in ("response", "counters") and row.at_ms is not None
        if (row.service_point, row.service_class) != truth.county.at(row.identity.device_id, row.at_ms)
    ]


def mistimed(truth: Truth, row: Stored) -> str:
    """Return what is wrong with a row's time: it lies outside of what it says of itself, or of what the device said."""
    pressed_ms = truth.moments.get(row.identity)
    journal = (row.identity.device_id, row.identity.epoch)
    if pressed_ms is None or row.at_ms is None or not truth.trusts_clocks or journal in truth.cloned:
        return ""
    earliest_ms, latest_ms = row.earliest_ms or 0, row.latest_ms or 0
    if row.identity in truth.dated:
        earliest_ms, latest_ms = row.at_ms, row.at_ms
    is_true = earliest_ms - CERTAIN_MS <= pressed_ms <= latest_ms + CERTAIN_MS
    return "" if is_true else f"{name(row.identity)} {row.quality} {row.at_ms} not {pressed_ms}"


# For devices whose every record is known beforehand


class Account(NamedTuple):
    """What a database lacks, and what it has too often."""

    lost: int
    doubled: int

    def __add__(self, other: "Account") -> "Account":  # type: ignore[override]
        return Account(self.lost + other.lost, self.doubled + other.doubled)


def account(connection: Connection, acknowledged: dict[str, int], devices: Iterable[Journal]) -> Account:
    """Compare a database with how far each device was told that its journal is stored."""
    found = verdict_of(connection, acknowledged, devices)
    return Account(len(found.lost), len(found.doubled))


def verdict_of(connection: Connection, acknowledged: dict[str, int], devices: Iterable[Journal]) -> Verdict:
    """Return the verdict by name: what a device was told is stored was promised, the rest was only pressed."""
    truth = Truth(restored=True)  # the devices are still sending: what they have not sent yet is a gap
    for journal in devices:
        truth.said.pressed[journal.device_id] = len(journal.values)
        for seq in range(1, acknowledged.get(journal.device_id, 0) + 1):
            identity = Identity(journal.device_id, journal.epoch, seq)
            truth.said.thanked[identity] = content_hash({k: v for k, v in journal.record(seq).items() if k != "seq"})
        for said in journal.said():
            truth.values[Identity(said.device_id, journal.epoch, said.seq)] = said.value
    return check(connection, truth)
