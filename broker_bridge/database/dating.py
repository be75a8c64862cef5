"""Dates records, and dates anew those stored ones that a new record or a better anchor tells more of."""

from collections.abc import Iterable, Mapping, Sequence

from msgspec.structs import asdict

from broker_bridge.database import anchors
from broker_bridge.database.anchors import Boot
from broker_bridge.database.attachment import attach, numbers
from broker_bridge.database.connect import Connection
from broker_bridge.database.journals import Journal, Key
from broker_bridge.database.memory import Memory
from broker_bridge.database.moments import BOUNDED, Anchor, Point, date_by_boot, date_by_clock
from broker_bridge.database.moving import moving
from broker_bridge.database.neighbours import settle
from broker_bridge.database.responses import Response
from broker_bridge.database.timelines import Timeline

REDATE = """
UPDATE responses SET at_ms = :at_ms, earliest_ms = :earliest_ms, latest_ms = :latest_ms, time_quality = :time_quality
WHERE id = :id
"""
MOVED_AT_ONCE = 5_000


def date_all(
    connection: Connection, memory: Memory, journals: Mapping[Key, Journal], heard: Mapping[Boot, Anchor]
) -> None:
    """Give the new records of journals their times and places, `heard` being the clocks that came with them; move
    stored ones."""
    clockless = [row for journal in journals.values() for row in journal.new if not date_by_clock(row, row.device_at)]
    known = anchors.anchors(connection, {boot_of(row) for row in clockless if row.boot is not None} | heard.keys())
    better = {boot: anchor for boot, anchor in heard.items() if boot not in known or anchor < known[boot]}
    anchors.save(connection, better)
    known |= better
    for row in clockless:
        if row.uptime_s is not None:
            date_by_boot(row, row.uptime_s, known.get(boot_of(row)))
    move(connection, resettled(connection, journals, better))
    for journal in journals.values():
        place(memory.timeline(connection, journal.device_id), journal.new)


def boot_of(row: Response) -> Boot:
    """Return the boot in which a record was made."""
    return row.device_id, row.epoch, row.boot or 0


def resettled(connection: Connection, journals: Mapping[Key, Journal], better: Mapping[Boot, Anchor]) -> list[Point]:
    """Bound new records by their neighbours; return the stored ones that have another time now."""
    redated: dict[Key, list[Point]] = {}
    for (device_id, epoch, boot), anchor in better.items():
        if journals[device_id, epoch].highest_seq:
            points = anchors.dated_anew(connection, (device_id, epoch, boot), anchor)
            redated.setdefault((device_id, epoch), []).extend(points)
    moved: list[Point] = []
    for key, journal in journals.items():
        points = redated.get(key, [])
        if points or journal.has_bounded or any(row.time_quality == BOUNDED for row in journal.new):
            points += [row for row in journal.new if row.at_ms is not None]
            moved += settle(connection, key, points) if points else []
    return moved


def move(connection: Connection, points: Sequence[Point]) -> None:
    """Write the new times of stored records, attach them anew, and move their rollups."""
    for start in range(0, len(points), MOVED_AT_ONCE):
        moved = points[start : start + MOVED_AT_ONCE]
        ids = [point.id for point in moved]
        with moving(connection, f"responses.id IN ({numbers(ids)})", {}):
            connection.executemany(REDATE, [asdict(point) for point in moved])
            attach(connection, ids)


def place(timeline: Timeline, rows: Iterable[Response]) -> None:
    """Attach new records to what their device stood for at their time."""
    for row in rows:
        if row.at_ms is not None:
            row.place = timeline.at(row.at_ms)
            row.service_point, row.unit, row.scheme, row.service_class, _ = row.place
