"""The checker: compares what the boxes thanked their visitors for with what is stored.

It knows nothing of what was meant to happen; it reads the boxes' own logs and the database.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from broker_bridge.database import completeness, responses
from broker_bridge.database.connect import Url, connect
from device.protocol import canonical

COUNTED = "response"
KEPT = ("response", "counters", "undo")


class Identity(NamedTuple):
    """The name of one record: no two presses share it."""

    device_id: str
    epoch: str
    seq: int


class Row(NamedTuple):
    """One stored record, as far as the checker looks at it."""

    identity: Identity
    hash: str
    kind: str
    service_class: str | None


@dataclass
class Said:
    """What the boxes say: how often each was pressed, and the content's hash of every press that it thanked for."""

    pressed: Counter[str] = field(default_factory=Counter)
    thanked: dict[Identity, str] = field(default_factory=dict)


@dataclass
class Reckoning:
    """The outcome, in identities: `lost`, `doubled` and `unpressed` must be empty."""

    pressed: int
    acknowledged: int
    stored: int
    lost: list[Identity]
    doubled: list[Identity]
    unpressed: list[Identity]
    devices: int
    service_classes: int
    duplicates: int = 0
    gaps: int = 0
    faults: int = 0
    drained: bool = True

    def holds(self) -> bool:
        """Tell whether every press that a visitor was thanked for is stored exactly once, and nothing else is."""
        wrong = self.lost or self.doubled or self.unpressed
        return self.acknowledged > 0 and self.drained and not wrong

    def figures(self) -> dict[str, Any]:
        """Return the outcome in numbers, for programs."""
        return {name: len(value) if isinstance(value, list) else value for name, value in vars(self).items()}

    def table(self) -> str:
        """Return the outcome for people."""
        names = ("pressed", "acknowledged", "stored", "lost", "doubled", "duplicates", "gaps")
        rows = [f"  {name:<13}{self.figures()[name]:>6}" for name in names]
        verdict = "Every acknowledged press is stored exactly once." if self.holds() else self.complaint()
        return "\n".join([*rows, verdict])

    def complaint(self) -> str:
        """Return what is wrong, by name."""
        wrong = {"lost": self.lost, "counted twice": self.doubled, "never pressed": self.unpressed}
        named = [f"{what}: {', '.join(map(name, which))}" for what, which in wrong.items() if which]
        if not self.drained:
            named.append("some boxes still hold presses that they could not deliver")
        return "; ".join(named) or "No press was acknowledged."


def name(identity: Identity) -> str:
    """Return an identity as a person may quote it."""
    return f"{identity.device_id} {identity.epoch} {identity.seq}"


def content_hash(content: dict[str, Any]) -> str:
    """Return the hash that the contract gives a content."""
    return hashlib.sha256(canonical.dumps(content).encode()).hexdigest()


def read_logs(logs: Mapping[str, Path]) -> Said:
    """Return what the logs of the boxes say, given by device_id."""
    said = Said()
    for device_id, log in logs.items():
        for event in events(log):
            if event["event"] == "pressed":
                said.pressed[device_id] += 1
            elif event["event"] == "thanked":
                identity = Identity(device_id, event["epoch"], event["seq"])
                said.thanked[identity] = content_hash(event["content"])
    return said


def events(log: Path) -> Iterator[dict[str, Any]]:
    """Yield the events of a log; a box that was killed may have left half a line, which thanked nobody."""
    for line in log.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def read_rows(database: Url) -> list[Row]:
    """Return what is stored."""
    connection = connect(database)
    try:
        return [
            Row(Identity(row["device_id"], row["epoch"], row["seq"]), row["hash"], row["kind"], row["service_class"])
            for row in responses.stored(connection)
        ]
    finally:
        connection.close()


def read_journals(database: Url) -> list[dict[str, Any]]:
    """Return the completeness of every journal."""
    connection = connect(database)
    try:
        return completeness.journals(connection)
    finally:
        connection.close()


def reckon(said: Said, rows: list[Row], journals: Iterable[dict[str, Any]] = ()) -> Reckoning:
    """Compare what the boxes said with the rows of the database."""
    counted = [row for row in rows if row.kind == COUNTED]
    doubled, unpressed = surplus(said, counted)
    listed = list(journals)
    return Reckoning(
        pressed=said.pressed.total(),
        acknowledged=len(said.thanked),
        stored=len(counted),
        lost=lost(said, rows),
        doubled=doubled,
        unpressed=unpressed,
        devices=len({row.identity.device_id for row in counted}),
        service_classes=len({row.service_class for row in counted if row.service_class}),
        duplicates=sum(journal["duplicates"] for journal in listed),
        gaps=sum(last - first + 1 for journal in listed for first, last in journal["gaps"]),
    )


def lost(said: Said, rows: list[Row]) -> list[Identity]:
    """Return what was thanked for and is not stored with the very content that was thanked for."""
    stored = {(row.identity, row.hash) for row in rows if row.kind in KEPT}
    return [identity for identity, hashed in said.thanked.items() if (identity, hashed) not in stored]


def surplus(said: Said, counted: list[Row]) -> tuple[list[Identity], list[Identity]]:
    """Return what is stored beyond the presses, as (doubled, unpressed).

    A press whose box was killed before it could thank may be stored: as many rows may be unthanked as presses are.
    Beyond that, a row with the content of a press that was thanked for is that press again, under another name.
    """
    contents = {(identity.device_id, hashed) for identity, hashed in said.thanked.items()}
    doubled = repeated(counted)
    unpressed: list[Identity] = []
    for row in beyond_the_presses(said, counted, contents):
        (doubled if content_of(row) in contents else unpressed).append(row.identity)
    return doubled, unpressed


def repeated(counted: list[Row]) -> list[Identity]:
    """Return every identity once for each row of it after the first."""
    rows = Counter(row.identity for row in counted)
    return list((rows - Counter(rows.keys())).elements())


def beyond_the_presses(said: Said, counted: list[Row], contents: set[tuple[str, str]]) -> Iterator[Row]:
    """Yield the unthanked rows that no unthanked press of their device explains; copies are explained last."""
    spare = said.pressed - Counter(identity.device_id for identity in said.thanked)
    unthanked = {row.identity: row for row in counted if row.identity not in said.thanked}
    for row in sorted(unthanked.values(), key=lambda row: content_of(row) in contents):
        if spare[row.identity.device_id] > 0:
            spare[row.identity.device_id] -= 1
        else:
            yield row


def content_of(row: Row) -> tuple[str, str]:
    """Return what tells whether two rows of a device say the same."""
    return row.identity.device_id, row.hash
