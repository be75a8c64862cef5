"""Marks responses that are taken back. An undo may come before what it undoes: they can travel in different batches."""

from collections.abc import Iterable, Mapping, Sequence

from broker_bridge.database.attachment import numbers
from broker_bridge.database.connect import Connection
from broker_bridge.database.journals import Journal, Key
from broker_bridge.database.moving import moving
from broker_bridge.database.responses import Response
from broker_bridge.database.rows import find_many

Identity = tuple[str, str, int]  # device_id, epoch, seq


def undo(connection: Connection, journals: Mapping[Key, Journal], rows: Sequence[Response]) -> None:
    """Mark what new rows undo, and what of them is undone; `journals` are as they were before these rows.

    Only what has a lower number can be undone.
    """
    undone = {(row.device_id, row.epoch, row.undoes) for row in rows if row.undoes is not None and row.undoes < row.seq}
    late = [identity(row) for row in rows if row.seq <= journals[row.device_id, row.epoch].highest_seq]
    if not undone and not late:
        return
    marked = undone | undone_before(connection, late)
    for row in rows:
        row.undone = int(identity(row) in marked)
    undo_stored(connection, undone - {identity(row) for row in rows})


def undone_before(connection: Connection, late: Iterable[Identity]) -> set[Identity]:
    """Return those of the identities that a stored undo names; it had to wait for what it undoes."""
    columns = ("device_id", "epoch", "undoes")
    rows = find_many(connection, "device_id, epoch, undoes, seq", "responses", columns, late)
    return {(row[0], row[1], row[2]) for row in rows if row["undoes"] < row["seq"]}


def identity(row: Response) -> Identity:
    """Return the identity of a row."""
    return row.device_id, row.epoch, row.seq


def undo_stored(connection: Connection, targets: Iterable[Identity]) -> None:
    """Mark stored rows as undone, and move them in the rollups."""
    found = find_many(connection, "id, undone", "responses", ("device_id", "epoch", "seq"), targets)
    ids = numbers({row["id"] for row in found if not row["undone"]})
    if ids:
        with moving(connection, f"responses.id IN ({ids})", {}):
            connection.execute(f"UPDATE responses SET undone = 1 WHERE id IN ({ids})")
