"""Lists journals and alarms as the routes show them."""

from typing import Any

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection
from broker_bridge.database.ranges import shown_moment
from server.reporting.filters import Filters
from server.reporting.queries import devices_concerned

ALARMS = "SELECT * FROM alarms ORDER BY last_ms DESC, device_id, kind"


def journals(connection: Connection, asked: Filters) -> list[dict[str, Any]]:
    """Return what is accounted for in each journal, and what is `missing`: what may have been made in the period."""
    devices = devices_concerned(connection, asked)
    journals = completeness.journals(connection, devices)
    missing = completeness.missing(connection, journals, asked.period.from_ms, asked.period.to_ms)
    return [
        with_moments(journal) | {"missing": [with_moments(lack) for lack in missing[completeness.key_of(journal)]]}
        for journal in journals
    ]


def alarms(connection: Connection) -> list[dict[str, Any]]:
    """Return the alarms, the latest first."""
    return [with_moments(dict(row)) for row in connection.execute(ALARMS)]


def points_of(connection: Connection, asked: Filters) -> set[str] | None:
    """Return the points that are asked about, None for all of them."""
    if "service_point" in asked.equal:
        return {asked.equal["service_point"]}
    units = {name: value for name, value in asked.equal.items() if name == "unit"}
    tests = [*(f"{name} = :{name}" for name in units), *asked.of_units("unit")]
    if not tests:
        return None
    stood = f"SELECT service_point FROM service_point_units WHERE {' AND '.join(tests)}"
    return {row["service_point"] for row in connection.execute(stood, units | asked.unit_values)}


def with_moments(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with moments in UTC (`..._at`) in place of milliseconds (`..._ms`)."""
    moments = {name: value for name, value in row.items() if name.endswith("_ms")}
    others = {name: value for name, value in row.items() if name not in moments}
    return others | {
        name.removesuffix("_ms") + "_at": None if value is None else shown_moment(value)
        for name, value in moments.items()
    }
