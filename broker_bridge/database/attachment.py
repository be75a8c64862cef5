"""Attaches responses to the service point, unit and service class that were valid at their own time.

One rule in SQL: for a correction of the past as it stands, for what comes in through the timelines that are read by it.
"""

from collections.abc import Iterable

from broker_bridge.database.connect import Connection

RANGE = "{0}.valid_from_ms <= responses.at_ms AND ({0}.valid_to_ms IS NULL OR responses.at_ms < {0}.valid_to_ms)"

PLACED = f"placements.device_id = responses.device_id AND {RANGE.format('placements')}"

# A service point's own link decides; the unit's is the default. A coarser answer than none is still an answer, so each
# step of the chain may be missing without the ones before it.
CHAIN = f"""
LEFT JOIN service_point_units AS at_unit
       ON at_unit.service_point = placements.service_point AND {RANGE.format("at_unit")}
LEFT JOIN service_class_links AS of_point
       ON of_point.service_point = placements.service_point AND {RANGE.format("of_point")}
LEFT JOIN service_class_links AS of_unit
       ON of_unit.unit = at_unit.unit AND {RANGE.format("of_unit")}
"""
ATTACHED_TO = """placements.service_point, at_unit.unit,
       CASE WHEN of_point.id IS NOT NULL THEN of_point.scheme ELSE of_unit.scheme END,
       CASE WHEN of_point.id IS NOT NULL THEN of_point.code ELSE of_unit.code END"""

ATTACH = f"""
UPDATE responses SET (service_point, unit, scheme, service_class) = (
    SELECT {ATTACHED_TO} FROM placements {CHAIN} WHERE {PLACED})
WHERE at_ms IS NOT NULL
"""


def attach(connection: Connection, ids: Iterable[int]) -> None:
    """Attach the responses with these ids anew, after their times were improved; the caller moves their rollups."""
    connection.execute(f"{ATTACH} AND id IN ({numbers(ids)})")


def numbers(ids: Iterable[int]) -> str:
    """Return ids of our own making as they stand in SQL."""
    return ", ".join(str(int(each)) for each in ids)
