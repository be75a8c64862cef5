"""Where a report gets its counts: from the smallest rollup that can answer it, else from the responses themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection
from broker_bridge.database.contributions import ASKED, ATTACHED
from server.reporting.filters import Filters, Period

RESPONSES = "responses"

MONTH, DAY = "month", "day"


@dataclass(frozen=True)
class Source:
    """A rollup: its table, the SQL of the columns that it has besides place and question, and how fine its time is."""

    table: str
    columns: dict[str, str]
    grain: str


def columns(*names: str) -> dict[str, str]:
    """Return columns by their own names."""
    return {name: f"counts.{name}" for name in names}


ROLLUPS = (
    Source("rollup_months", columns("month", "language", "channel"), MONTH),
    Source("rollup_days", columns("day") | {"month": "counts.day / 100"}, DAY),
    Source("rollup_hours", columns("month", "weekday", "hour"), MONTH),
)


def source_of(connection: Connection, filters: Filters, by: Sequence[str]) -> str:
    """Return the table that answers: a rollup, or `responses`."""
    needed = {*filters.equal, *by}
    for rollup in ROLLUPS:
        if needed <= {*ATTACHED, *ASKED, *rollup.columns} and fits(connection, filters, rollup.grain):
            return rollup.table
    return RESPONSES


def fits(connection: Connection, filters: Filters, grain: str) -> bool:
    """Tell whether the period is made of whole local days or months, for all units that the filters let through."""
    period = filters.period
    if not period.ends_ms:
        return True
    if "unit" not in filters.equal and not one_time_zone(connection, period.time_zone):
        return False
    return all(begins(period, end_ms, grain) for end_ms in period.ends_ms)


def one_time_zone(connection: Connection, time_zone: str) -> bool:
    """Tell whether all units, and what belongs to none, have this time zone."""
    if time_zone != DEFAULT_TIME_ZONE:
        return False
    other = "SELECT 1 FROM units WHERE time_zone <> :time_zone LIMIT 1"
    return connection.execute(other, {"time_zone": time_zone}).fetchone() is None


def begins(period: Period, at_ms: int, grain: str) -> bool:
    """Tell whether a local day, or month, begins at a moment."""
    local = datetime.fromtimestamp(at_ms / 1000, ZoneInfo(period.time_zone))
    midnight = (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
    return midnight and (grain == DAY or local.day == 1)
