"""The one checker of every fault: what was acknowledged is stored once, with its content, time and class.

It is told what really happened, reads the tables, and asks nobody what was meant. What is missing has to be excused by
a fault that really happened, and has to be in the report by name.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection
from broker_bridge.database.rollup_accounts import verify
from server.trial.reckoning import Identity, Row, Said, content_hash, name, reckon
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
KEPT_ASIDE = "SELECT device_id, epoch, seq, hash FROM quarantine"


@dataclass
class Truth:
    """What really happened, as those saw it who pressed, and what excuses a difference."""

    said: Said = field(default_factory=Said)
    contested: list[tuple[Identity, str]] = field(default_factory=list)  # thanks under a number that another has
    counted: Counter[str] = field(default_factory=Counter)  # thanks without a number
    interrupted: Counter[str] = field(default_factory=Counter)  # presses that showed nothing
    moments: dict[Identity, int] = field(default_factory=dict)
    values: dict[Identity, int] = field(default_factory=dict)
    county: Any = None  # knows the service point and class of a device at a moment
    trusts_clocks: bool = True
    damaged: Counter[str] = field(default_factory=Counter)  # records that rotted in flash
    cloned: set[tuple[str, str]] = field(default_factory=set)  # journals that two devices wrote
    held: set[Identity] = field(default_factory=set)  # in devices that were put away before they could send it
    restored: bool = False
    taken: list[tuple[Identity, str]] = field(default_factory=list)  # what a committed ingest was given


class Verdict(NamedTuple):
    """What is wrong, by name; `reported` is what is missing, excused, and listed as missing."""

    lost: list[str]
    doubled: list[str]
    misattached: list[str]
    stuck: list[str]
    reported: int = 0

    @property
    def holds(self) -> bool:
        """Tell whether nothing is wrong."""
        return not (self.lost or self.doubled or self.misattached or self.stuck)

    def __str__(self) -> str:
        named = {"lost": self.lost, "doubled": self.doubled, "misattached": self.misattached, "stuck": self.stuck}
        return (
            "; ".join(f"{what}: {', '.join(map(str, found))}" for what, found in named.items() if found) or "all well"
        )


def check(connection: Connection, truth: Truth, stuck: Iterable[str] = ()) -> Verdict:
    """Compare what is stored with what happened."""
    tables = Tables(connection)
    reckoned = reckon(truth.said, [Row(row.identity, row.hash, row.kind, row.service_class) for row in tables.rows])
    promised = [(identity, truth.said.thanked[identity]) for identity in reckoned.lost]
    missing = promised + [each for each in truth.contested if not tables.keeps(*each)]
    excuses = Excuses(truth, tables)
    lost = [name(identity) for identity, hashed in missing if not excuses.cover(identity, hashed)]
    lost += [
        f"{name(identity)} was taken and dropped"
        for identity, hashed in truth.taken
        if not tables.keeps(identity, hashed)
    ]
    unanswered, otherwise = otherwise_answered(connection, truth)
    lost += excuses.unlisted() + fewer_counted(truth, tables) + unanswered
    doubled = [name(identity) for identity in reckoned.doubled + reckoned.unpressed]
    doubled += otherwise + more_counted(truth, tables) + miscounted(connection)
    return Verdict(lost, doubled, list(misattached(truth, tables)), list(stuck), excuses.used)


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
            or (self.truth.restored and self.tables.lists(identity))
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
        if self.truth.restored:
            return []
        return [f"gap {device} {gap}" for (device, _), gaps in self.tables.gaps.items() for gap in gaps]


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


def otherwise_answered(connection: Connection, truth: Truth) -> tuple[list[str], list[str]]:
    """Return what is stored without its answer, and what is stored with another answer than was given, or several."""
    found: dict[Identity, list[tuple[int, int]]] = {}
    for row in map(tuple, connection.execute(ANSWERS) if truth.values else ()):
        found.setdefault(Identity(*row[:3]), []).append(row[3:])
    stored = [Identity(*row[:3]) for row in map(tuple, connection.execute(ROWS) if truth.values else ())]
    silent = [f"{name(each)} has no answer" for each in stored if each not in found]
    wrong = [each for each in stored if each in found and found[each] != [(truth.values.get(each), 1)]]
    return silent, [f"{name(each)} says {found[each]}" for each in wrong]


def miscounted(connection: Connection) -> list[str]:
    """Return the rollups that are not what the stored rows add up to."""
    if connection.engine == "postgresql":
        connection.execute("ANALYZE")  # it joins what it knows nothing about in the slowest way
    return [f"{rollup['table']} row" for rollup in verify(connection) for _ in range(rollup["different"])]


def misattached(truth: Truth, tables: Tables) -> Iterator[str]:
    """Yield what does not stand at its time, or not at the place and class of its time."""
    for row in tables.rows if truth.county else ():
        if row.kind not in ("response", "counters") or row.at_ms is None:
            continue
        if (row.service_point, row.service_class) != truth.county.at(row.identity.device_id, row.at_ms):
            yield f"{name(row.identity)} at {row.service_point} {row.service_class}"
        elif is_mistimed(truth, row):
            yield f"{name(row.identity)} {row.quality} {row.at_ms} not {truth.moments[row.identity]}"


def is_mistimed(truth: Truth, row: Stored) -> bool:
    """Tell whether a row lies outside of what it says of its own time."""
    pressed_ms = truth.moments.get(row.identity)
    journal = (row.identity.device_id, row.identity.epoch)
    if pressed_ms is None or not truth.trusts_clocks or journal in truth.cloned:
        return False
    earliest_ms, latest_ms = row.earliest_ms or 0, row.latest_ms or 0
    return not earliest_ms - CERTAIN_MS <= pressed_ms <= latest_ms + CERTAIN_MS


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
