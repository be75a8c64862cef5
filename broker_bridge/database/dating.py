"""Dates records, and dates anew those stored ones that a new record or a better anchor tells more of."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import asdict

from broker_bridge.database import anchors
from broker_bridge.database.anchors import Boot
from broker_bridge.database.attachment import attach, numbers
from broker_bridge.database.connect import Connection
from broker_bridge.database.journals import Journal, Key
from broker_bridge.database.memory import Memory
from broker_bridge.database.moments import BOUNDED, Anchor, Point, date, plausible
from broker_bridge.database.moving import moving
from broker_bridge.database.neighbours import settle
from broker_bridge.database.responses import Response

REDATE = """
UPDATE responses SET at_ms = :at_ms, earliest_ms = :earliest_ms, latest_ms = :latest_ms, time_quality = :time_quality
WHERE id = :id
"""
MOVED_AT_ONCE = 5_000


def date_all(
    connection: Connection,
    memory: Memory,
    journals: Mapping[Key, Journal],
    rows: Sequence[Response],
    heard: Mapping[Boot, Anchor],
) -> None:
    """Give new rows their times and places, `heard` being the clocks that came with them; move stored ones."""
    known = anchors.anchors(connection, boots_without_clock(rows) | heard.keys())
    better = {boot: anchor for boot, anchor in heard.items() if boot not in known or anchor < known[boot]}
    anchors.save(connection, better)
    known |= better
    for row in rows:
        if row.boot is not None and row.uptime_s is not None:
            date(row, row.device_at, row.uptime_s, known.get((row.device_id, row.epoch, row.boot)))
    move(connection, resettled(connection, journals, rows, better))
    place(connection, memory, rows)


def boots_without_clock(rows: Iterable[Response]) -> set[Boot]:
    """Return the boots of records that have no time of their own."""
    return {
        (row.device_id, row.epoch, row.boot)
        for row in rows
        if row.boot is not None and not (row.device_at is not None and plausible(row.device_at, row.received_ms))
    }


def resettled(
    connection: Connection, journals: Mapping[Key, Journal], rows: Iterable[Response], better: Mapping[Boot, Anchor]
) -> list[Point]:
    """Bound new rows by their neighbours; return the stored records that have another time now."""
    changed: dict[Key, list[Point]] = {key: [] for key, journal in journals.items() if journal.has_bounded}
    for (device_id, epoch, boot), anchor in better.items():
        if journals[device_id, epoch].highest_seq:
            points = anchors.dated_anew(connection, (device_id, epoch, boot), anchor)
            changed.setdefault((device_id, epoch), []).extend(points)
    dated = [row for row in rows if row.at_ms is not None]
    changed |= {(row.device_id, row.epoch): [] for row in dated if row.time_quality == BOUNDED} | changed
    if not changed:
        return []
    for row in dated:
        if (row.device_id, row.epoch) in changed:
            changed[row.device_id, row.epoch].append(row)
    return [point for key, points in changed.items() if points for point in settle(connection, key, points)]


def move(connection: Connection, points: Sequence[Point]) -> None:
    """Write the new times of stored records, attach them anew, and move their rollups."""
    for start in range(0, len(points), MOVED_AT_ONCE):
        moved = points[start : start + MOVED_AT_ONCE]
        ids = [point.id for point in moved]
        with moving(connection, f"responses.id IN ({numbers(ids)})", {}):
            connection.executemany(REDATE, [asdict(point) for point in moved])
            attach(connection, ids)


def place(connection: Connection, memory: Memory, rows: Iterable[Response]) -> None:
    """Attach new rows to what their device stood for at their time."""
    for row in rows:
        if row.at_ms is not None:
            row.place = memory.timeline(connection, row.device_id).at(row.at_ms)
            row.service_point, row.unit, row.scheme, row.service_class, _ = row.place
