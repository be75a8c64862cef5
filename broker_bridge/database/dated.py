"""Writes rows that hold from one moment to another, and lets the responses of that time follow."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import OF_POINT, OF_UNIT, ONE_DEVICE, Because, note, reattach
from broker_bridge.database.ranges import Range, next_id, refuse_overlap, shown_moment
from broker_bridge.database.rows import Written, existing, find, insert

# By table: the columns that may own a range, and what the audit calls a row.
OWNERS = {"placements": ("device_id",), "service_class_links": ("unit", "service_point")}
CALLED = {"placements": "placement", "service_class_links": "service_class_link"}
CONCERNED = {"device_id": ONE_DEVICE, "unit": OF_UNIT, "service_point": OF_POINT}


@dataclass(frozen=True)
class Ranges:
    """The ranges of one owner in a table: those of the rows whose `column` says `value`."""

    table: str
    column: str
    value: str

    @property
    def owner(self) -> dict[str, str]:
        """Return the owner as columns."""
        return {self.column: self.value}


def add(connection: Connection, ranges: Ranges, target: Mapping[str, Any], valid: Range, because: Because) -> Written:
    """Insert a range that leads to `target`, unless it is stored already; responses of that time follow.

    Raises Conflict when another range of the owner is in the way. Runs in the caller's transaction.
    """
    row = {**ranges.owner, **target, "valid_from_ms": valid.from_ms, "valid_to_ms": valid.to_ms}
    stored = find(connection, ranges.table, row)
    if stored:
        return Written(new=False, id=stored["id"])
    refuse_overlap(connection, ranges.table, ranges.owner, valid)
    row_id = next_id(connection, ranges.table)
    insert(connection, ranges.table, row | {"id": row_id})
    dates = {"valid_from": shown_moment(valid.from_ms), "valid_to": shown_moment(valid.to_ms)}
    follow(connection, ranges, valid, {"id": row_id, **target, **dates}, because)
    return Written(new=True, id=row_id)


def end(connection: Connection, table: str, row_id: int, to_ms: int | None, because: Because) -> Written:
    """Move the end of a range; the responses between its old and its new end follow.

    Raises Unknown when there is no such row, Conflict when another range of its owner is in the way. Runs in the
    caller's transaction.
    """
    row = existing(connection, table, "id", row_id, "id")
    was = Range(row["valid_from_ms"], row["valid_to_ms"])
    wanted = Range(was.from_ms, to_ms)
    ranges = next(Ranges(table, column, row[column]) for column in OWNERS[table] if row[column] is not None)
    refuse_overlap(connection, table, ranges.owner, wanted, but_id=row_id)
    if was == wanted:
        return Written(new=False, id=row_id)
    connection.execute(f"UPDATE {table} SET valid_to_ms = :to_ms WHERE id = :id", {"to_ms": to_ms, "id": row_id})
    told = {"id": row_id, "valid_to": shown_moment(to_ms), "valid_to_before": shown_moment(was.to_ms)}
    follow(connection, ranges, between(was.to_ms, to_ms), told, because)
    return Written(new=True, id=row_id)


def between(one_ms: int | None, other_ms: int | None) -> Range:
    """Return the time between two ends that differ; an open end is later than any."""
    earlier, later = sorted((one_ms, other_ms), key=lambda end_ms: (end_ms is None, end_ms or 0))
    return Range(earlier or 0, later)


def follow(connection: Connection, ranges: Ranges, changed: Range, told: Mapping[str, Any], because: Because) -> None:
    """Let the responses that a changed range concerns follow it, and write that down."""
    count = reattach(connection, CONCERNED[ranges.column], ranges.owner, changed.from_ms, changed.to_ms)
    note(connection, because, CALLED[ranges.table], {**ranges.owner, **told}, count)
