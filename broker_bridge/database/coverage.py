"""Whether devices were able to answer: a quiet day is told from a day on which the device was off, or unheard of.

A device covers what lies between the start of a boot and the last second of it that anything vouches for. A boot that
is still going on covers no more than has been heard of; the next message of it fills what was open.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.ranges import Range

BOOTS = """
SELECT device_id, booted_ms, booted_ms + seen_uptime_s * 1000 AS seen_ms FROM boots
WHERE booted_ms < :to_ms AND booted_ms + seen_uptime_s * 1000 > :from_ms
ORDER BY device_id, booted_ms
"""

PLACEMENTS = """
SELECT device_id, service_point, valid_from_ms, valid_to_ms FROM placements
WHERE valid_from_ms < :to_ms AND (valid_to_ms IS NULL OR valid_to_ms > :from_ms)
ORDER BY service_point, device_id, valid_from_ms
"""

Stretch = tuple[int, int]  # from, and up to, in UTC milliseconds


@dataclass(frozen=True)
class Placed:
    """When a device stood at a service point, and when of that time it was running."""

    device_id: str
    service_point: str
    stood: tuple[Stretch, ...]
    ran: tuple[Stretch, ...]


def coverage(connection: Connection, from_ms: int, to_ms: int) -> list[Placed]:
    """Return for each point and device when it stood there and when it ran, within [from_ms, to_ms)."""
    period = {"from_ms": from_ms, "to_ms": to_ms}
    running = running_stretches(connection, period)
    stood: dict[tuple[str, str], list[Stretch]] = {}
    for row in connection.execute(PLACEMENTS, period):
        ends_ms = to_ms if row["valid_to_ms"] is None else row["valid_to_ms"]
        stretch = (max(row["valid_from_ms"], from_ms), min(ends_ms, to_ms))
        stood.setdefault((row["service_point"], row["device_id"]), []).append(stretch)
    return [
        Placed(device_id, point, tuple(there), tuple(common(there, running.get(device_id, []))))
        for (point, device_id), there in stood.items()
    ]


def running_stretches(connection: Connection, period: Mapping[str, Any]) -> dict[str, list[Stretch]]:
    """Return when each device was running, in order, without overlaps: a restored device may tell of a boot twice."""
    found: dict[str, list[Stretch]] = {}
    for row in connection.execute(BOOTS, period):
        found.setdefault(row["device_id"], []).append((row["booted_ms"], row["seen_ms"]))
    return {device_id: joined(stretches) for device_id, stretches in found.items()}


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order, those that touch or overlap as one."""
    whole: list[Stretch] = []
    for begins, ends in sorted(stretches):
        if whole and begins <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], ends))
        else:
            whole.append((begins, ends))
    return whole


def common(one: Iterable[Stretch], other: Iterable[Stretch]) -> list[Stretch]:
    """Return what both have in common."""
    others = list(other)
    found = [
        (max(begins, other_begins), min(ends, other_ends))
        for begins, ends in one
        for other_begins, other_ends in others
        if begins < other_ends and other_begins < ends
    ]
    return joined(found)


def length(stretches: Iterable[Stretch], within: Range) -> int:
    """Return how long stretches are within a range that has an end, in milliseconds."""
    bounds = [(within.from_ms, within.to_ms or 0)]
    return sum(ends - begins for begins, ends in common(stretches, bounds))
