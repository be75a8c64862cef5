"""Lists journals and alarms as the routes show them."""

from typing import Any

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection
from broker_bridge.database.ranges import shown_moment
from broker_bridge.database.rows import existing
from server.reporting.queries import devices_of_unit

ALARMS = "SELECT * FROM alarms ORDER BY last_ms DESC, device_id, kind"


def journals(connection: Connection, device_id: str | None, unit: str | None) -> list[dict[str, Any]]:
    """Return what is accounted for in each journal, of one device or of those that ever stood in a unit."""
    rows = [with_moments(row) for row in completeness.journals(connection)]
    if device_id is not None:
        rows = [row for row in rows if row["device_id"] == device_id]
        if not rows:
            existing(connection, "devices", "device_id", device_id, "device_id")
    if unit is not None:
        existing(connection, "units", "code", unit, "unit")
        devices = devices_of_unit(connection, unit)
        rows = [row for row in rows if row["device_id"] in devices]
    return rows


def alarms(connection: Connection) -> list[dict[str, Any]]:
    """Return the alarms, the latest first."""
    return [with_moments(dict(row)) for row in connection.execute(ALARMS)]


def with_moments(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with moments in UTC (`..._at`) in place of milliseconds (`..._ms`)."""
    moments = {name: value for name, value in row.items() if name.endswith("_ms")}
    others = {name: value for name, value in row.items() if name not in moments}
    return others | {
        name.removesuffix("_ms") + "_at": None if value is None else shown_moment(value)
        for name, value in moments.items()
    }
