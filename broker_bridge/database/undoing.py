"""Marks responses that are taken back. An undo may come before what it undoes: they can travel in different batches."""

from collections.abc import Iterable

from broker_bridge.database.attachment import numbers
from broker_bridge.database.connect import Connection
from broker_bridge.database.journals import Journal
from broker_bridge.database.moving import moving
from broker_bridge.database.rows import find_many

Identity = tuple[str, str, int]  # device_id, epoch, seq


def undo(connection: Connection, journals: Iterable[Journal]) -> None:
    """Mark which of the new records of journals are undone, and which stored ones they undo.

    The journals are as they were before those records. Only what has a lower number can be undone.
    """
    for journal in journals:
        named = {row.undoes for row in journal.new if row.undoes is not None and row.undoes < row.seq}
        late = [(*journal.key, row.seq) for row in journal.new if row.seq <= journal.highest_seq]
        if late:
            named |= undone_before(connection, late)
        if named:
            for row in journal.new:
                row.undone = int(row.seq in named)
            undo_stored(connection, [(*journal.key, seq) for seq in named.difference(row.seq for row in journal.new)])


def undone_before(connection: Connection, late: Iterable[Identity]) -> set[int]:
    """Return the numbers of those records that a stored undo names; it had to wait for what it undoes."""
    columns = ("device_id", "epoch", "undoes")
    rows = find_many(connection, "seq, undoes", "responses", columns, late)
    return {row["undoes"] for row in rows if row["undoes"] < row["seq"]}


def undo_stored(connection: Connection, targets: Iterable[Identity]) -> None:
    """Mark stored rows as undone, and move them in the rollups."""
    found = find_many(connection, "id, undone", "responses", ("device_id", "epoch", "seq"), targets)
    ids = numbers({row["id"] for row in found if not row["undone"]})
    if ids:
        with moving(connection, f"responses.id IN ({ids})", {}):
            connection.execute(f"UPDATE responses SET undone = 1 WHERE id IN ({ids})")
