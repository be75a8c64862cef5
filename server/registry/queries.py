"""Lists what the registry holds, as its routes show it."""

import json
from typing import Any

from broker_bridge.database import corrections
from broker_bridge.database.connect import Connection
from broker_bridge.database.ranges import SINCE_EVER_MS, shown_moment

UNITS = "SELECT code, names, time_zone, oid, provider, parent FROM units ORDER BY code"

SERVICE_POINTS = """
SELECT code, names, (
    SELECT unit FROM service_point_units WHERE service_point = code ORDER BY valid_from_ms DESC LIMIT 1) AS unit
FROM service_points ORDER BY code
"""

DEVICES = "SELECT * FROM devices ORDER BY device_id"
PLACEMENTS = "SELECT * FROM placements ORDER BY device_id, valid_from_ms"
SERVICE_POINT_UNITS = """
SELECT * FROM service_point_units WHERE CAST(:service_point AS TEXT) IS NULL OR service_point = :service_point
ORDER BY service_point, valid_from_ms
"""
LINKS = "SELECT * FROM service_class_links ORDER BY unit, service_point, valid_from_ms"
SURVEYS = "SELECT definition FROM surveys ORDER BY survey"


def units(connection: Connection) -> list[dict[str, Any]]:
    return [named(dict(row)) for row in connection.execute(UNITS)]


def service_points(connection: Connection) -> list[dict[str, Any]]:
    return [named(dict(row)) for row in connection.execute(SERVICE_POINTS)]


def devices(connection: Connection) -> list[dict[str, Any]]:
    return [device(dict(row)) for row in connection.execute(DEVICES)]


def placements(connection: Connection) -> list[dict[str, Any]]:
    return [dated(dict(row)) for row in connection.execute(PLACEMENTS)]


def service_class_links(connection: Connection) -> list[dict[str, Any]]:
    return [dated(dict(row)) for row in connection.execute(LINKS)]


def service_point_units(connection: Connection, service_point: str | None) -> list[dict[str, Any]]:
    rows = connection.execute(SERVICE_POINT_UNITS, {"service_point": service_point})
    return [dated(dict(row)) for row in rows]


def audit(connection: Connection, limit: int, before_id: int | None) -> list[dict[str, Any]]:
    rows = corrections.audited(connection, limit, before_id)
    return [{"at": shown_moment(row.pop("at_ms"))} | row for row in rows]


def surveys(connection: Connection) -> list[dict[str, Any]]:
    return [json.loads(row["definition"]) for row in connection.execute(SURVEYS)]


def named(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its names as `name`, by language."""
    return renamed(row | {"names": json.loads(row["names"])})


def renamed(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with `name` for `names`."""
    return {("name" if column == "names" else column): value for column, value in row.items()}


def device(row: dict[str, Any]) -> dict[str, Any]:
    """Return a device with its languages as a list, and the moment of its registration in UTC."""
    registered_at = shown_moment(row.pop("registered_ms"))
    return row | {"languages": json.loads(row["languages"]), "registered_at": registered_at}


def dated(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its range as moments in UTC; null is an open end, or since ever."""
    from_ms, to_ms = row.pop("valid_from_ms"), row.pop("valid_to_ms")
    return row | {
        "valid_from": None if from_ms == SINCE_EVER_MS else shown_moment(from_ms),
        "valid_to": None if to_ms is None else shown_moment(to_ms),
    }
