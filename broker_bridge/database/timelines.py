"""What a device is attached to at any time, read once and kept: the rule of `attachment.py`, asked at every change."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from broker_bridge.database.attachment import ATTACHED_TO, CHAIN, PLACED
from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection

# The moments at which anything begins or ends that the device could be attached to.
CHANGES = """
WITH ranges AS (
    SELECT valid_from_ms, valid_to_ms FROM placements WHERE device_id = :device_id
    UNION SELECT at_unit.valid_from_ms, at_unit.valid_to_ms
    FROM placements JOIN service_point_units AS at_unit ON at_unit.service_point = placements.service_point
    WHERE device_id = :device_id
    UNION SELECT links.valid_from_ms, links.valid_to_ms
    FROM placements JOIN service_class_links AS links ON links.service_point = placements.service_point
    WHERE device_id = :device_id
    UNION SELECT links.valid_from_ms, links.valid_to_ms
    FROM placements JOIN service_point_units AS at_unit ON at_unit.service_point = placements.service_point
    JOIN service_class_links AS links ON links.unit = at_unit.unit
    WHERE device_id = :device_id
), moments AS (
    SELECT valid_from_ms AS at_ms FROM ranges UNION SELECT valid_to_ms FROM ranges WHERE valid_to_ms IS NOT NULL
), responses AS (SELECT CAST(:device_id AS TEXT) AS device_id, at_ms FROM moments)
"""
PLACES = f"""
{CHANGES} SELECT responses.at_ms, {ATTACHED_TO}, coalesce(units.time_zone, '{DEFAULT_TIME_ZONE}')
FROM responses LEFT JOIN placements ON {PLACED} {CHAIN} LEFT JOIN units ON units.code = at_unit.unit
ORDER BY responses.at_ms
"""


class Place(NamedTuple):
    """What a response is attached to, and the time zone in which its day begins."""

    service_point: str | None = None
    unit: str | None = None
    scheme: str | None = None
    service_class: str | None = None
    time_zone: str = DEFAULT_TIME_ZONE


NOWHERE = Place()


class Timeline:
    """The places of one device from moment to moment."""

    def __init__(self, starts: Sequence[int], places: Sequence[Place]) -> None:
        self.starts = starts
        self.places = (NOWHERE, *places)

    def at(self, at_ms: int) -> Place:
        """Return the place at a moment; nothing is valid before the first."""
        return self.places[bisect_right(self.starts, at_ms)]


def timeline(connection: Connection, device_id: str) -> Timeline:
    """Read the timeline of a device."""
    rows = connection.execute(PLACES, {"device_id": device_id}).fetchall()
    return Timeline([row[0] for row in rows], [Place(*tuple(row)[1:]) for row in rows])
