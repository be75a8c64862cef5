"""What is known of each device's journal: how far it is accounted for, and the device's last word on it.

An ingest reads the journals that it heard of, changes them in memory, and writes them back; on PostgreSQL it holds them
locked meanwhile, so that several bridges can share a device's messages.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from broker_bridge.database import final_gaps
from broker_bridge.database.connect import Connection
from broker_bridge.database.responses import Response
from broker_bridge.database.rows import find_many
from device.protocol import canonical

Key = tuple[str, str]  # device_id, epoch


class Journal(Struct):
    """A row of `journals`; whether any of its records is dated by its neighbours alone; and what is new of it."""

    device_id: str
    epoch: str
    contiguous_seq: int = 0
    highest_seq: int = 0
    oldest_seq: int | None = None
    next_seq: int = 1
    duplicates: int = 0
    quarantined: int = 0
    hello: str | None = None
    bye: str | None = None
    heard_ms: int = 0
    has_bounded: bool = False
    new: list[Response] = field(default_factory=list)

    @property
    def key(self) -> Key:
        """Return which journal this is."""
        return self.device_id, self.epoch

    def heard(self, next_seq: int, received_ms: int) -> None:
        """Note that its device spoke of it, and that its next record will have `next_seq` or more."""
        self.next_seq = max(self.next_seq, next_seq)
        self.heard_ms = received_ms
        self.bye = None

    def note_hello(self, hello: dict[str, Any]) -> None:
        """Keep a device's last hello, and from which number on it still holds its records: what it once gave up is
        gone, also when an older hello comes late."""
        self.hello = canonical.dumps(hello)
        oldest_seq = hello.get("oldest_seq")
        if oldest_seq is not None:
            self.oldest_seq = max(self.oldest_seq or 0, min(oldest_seq, hello["next_seq"]))


COLUMNS = Journal.__struct_fields__[:-2]
KEY = ("device_id", "epoch")

READ = f"""{", ".join("journals." + column for column in COLUMNS)}, EXISTS (
    SELECT 1 FROM responses WHERE responses.device_id = journals.device_id AND responses.epoch = journals.epoch
       AND responses.time_quality = 'bounded')"""

# In a fixed order: two who wait for each other would wait for ever.
LOCK = {"sqlite": "", "postgresql": "ORDER BY journals.device_id, journals.epoch FOR UPDATE OF journals"}

BEGIN = f"""
INSERT INTO journals ({", ".join(COLUMNS)}) VALUES ({", ".join(":" + column for column in COLUMNS)})
ON CONFLICT DO NOTHING
"""

SAVE = f"""
UPDATE journals SET {", ".join(f"{column} = :{column}" for column in COLUMNS if column not in KEY)}
WHERE device_id = :device_id AND epoch = :epoch
"""


def journals(connection: Connection, keys: Iterable[Key]) -> dict[Key, Journal]:
    """Return the journals of the keys, begun where there was none; they are ours until the transaction ends."""
    wanted = sorted(set(keys))
    found = read(connection, wanted)
    new = [key for key in wanted if key not in found]
    if new:
        connection.executemany(BEGIN, [columns(Journal(*key)) for key in new])
        found |= read(connection, new)
    return found


def read(connection: Connection, keys: Iterable[Key]) -> dict[Key, Journal]:
    """Return those of the journals that are stored, and lock them."""
    rows = find_many(connection, READ, "journals", KEY, keys, more=LOCK[connection.engine])
    return {(row[0], row[1]): Journal(*row) for row in rows}


def save(connection: Connection, changed: Iterable[Journal]) -> None:
    """Write journals back."""
    connection.executemany(SAVE, [columns(journal) for journal in changed])


def columns(journal: Journal) -> dict[str, Any]:
    """Return a journal's row by the names of its columns."""
    return {name: getattr(journal, name) for name in COLUMNS}


def advance(connection: Connection, journal: Journal) -> None:
    """Move a journal's contiguous seq as far as its records allow, once the new ones are stored.

    Numbers below `oldest_seq` that never came will never come: they do not hold the rest up, and are noted as a final
    gap, out of which a number is taken that comes after all.
    """
    new = {row.seq for row in journal.new}
    was_highest, was_contiguous = journal.highest_seq, journal.contiguous_seq
    journal.highest_seq = max(was_highest, *new, 0)
    late = [seq for seq in new if seq <= was_contiguous]
    if late:
        final_gaps.fill(connection, journal.device_id, journal.epoch, late)
    if journal.oldest_seq is not None and journal.oldest_seq - 1 > was_contiguous:
        given_up(connection, journal)
    while journal.contiguous_seq + 1 in new:
        journal.contiguous_seq += 1
    if journal.contiguous_seq < journal.highest_seq:
        journal.contiguous_seq = end_of_run(connection, journal)


def given_up(connection: Connection, journal: Journal) -> None:
    """Pass the numbers that the device no longer holds, noting those that are missing."""
    oldest_seq = journal.oldest_seq or 1
    final_gaps.give_up(connection, journal.device_id, journal.epoch, journal.contiguous_seq, oldest_seq)
    journal.contiguous_seq = oldest_seq - 1


def end_of_run(connection: Connection, journal: Journal) -> int:
    """Return the last number of the run of records right above the contiguous seq, or that when none begins there."""
    end = connection.execute(
        """SELECT seq FROM responses AS this
           WHERE device_id = :device_id AND epoch = :epoch AND seq > :start
             AND EXISTS (SELECT 1 FROM responses WHERE device_id = :device_id AND epoch = :epoch AND seq = :start + 1)
             AND NOT EXISTS (SELECT 1 FROM responses AS next
                             WHERE next.device_id = :device_id AND next.epoch = :epoch AND next.seq = this.seq + 1)
           ORDER BY seq LIMIT 1""",
        {"device_id": journal.device_id, "epoch": journal.epoch, "start": journal.contiguous_seq},
    ).fetchone()
    return int(end["seq"]) if end else journal.contiguous_seq


def note_bye(connection: Connection, device_id: str, epoch: str, reason: str) -> None:
    """Note that a device went offline, and why; a journal that was never heard of stays unknown."""
    connection.execute(
        "UPDATE journals SET bye = :reason WHERE device_id = :device_id AND epoch = :epoch",
        {"device_id": device_id, "epoch": epoch, "reason": reason},
    )
