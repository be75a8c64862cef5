"""Local time as rows of SQL: the stretches of a time zone in which neither its offset nor the month changes.

SQL that both engines understand knows no time zones. Joined with these rows, whole numbers are enough: the local time
in milliseconds is `at_ms + offset_ms`, and days, hours and weekdays follow by division.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from broker_bridge.database.local_times import month_number

DEFAULT_TIME_ZONE = "Europe/Helsinki"  # of what belongs to no unit
DAY_MS = 86_400_000
HOUR_MS = 3_600_000
COLUMNS = "time_zone, from_ms, to_ms, offset_ms, month, first_day"

# Columns of a row of `responses` joined with its stretch; 1970-01-01 was a Thursday, and Monday is 0.
LOCAL_DAY = f"(stretches.month * 100 + 1 + (responses.at_ms + stretches.offset_ms) / {DAY_MS} - stretches.first_day)"
LOCAL_WEEKDAY = f"(((responses.at_ms + stretches.offset_ms) / {DAY_MS} + 3) % 7)"
LOCAL_HOUR = f"(((responses.at_ms + stretches.offset_ms) / {HOUR_MS}) % 24)"


@dataclass(frozen=True)
class Stretch:
    """From `from_ms` up to `to_ms` (UTC) the zone is `offset_ms` ahead of UTC and `month` (202611) lasts, whose first
    day is the `first_day`th since 1970-01-01."""

    time_zone: str
    from_ms: int
    to_ms: int
    offset_ms: int
    month: int
    first_day: int


def stretches_sql(zones: Iterable[str], from_ms: int, to_ms: int) -> str:
    """Return `stretches (...) AS (VALUES ...)`, to stand behind WITH: the zones' stretches from `from_ms` to `to_ms`.

    The names of zones are IANA's, which hold no quote; the registry takes no others.
    """
    rows = [row for zone in sorted(set(zones)) for row in stretches(zone, from_ms, max(to_ms, from_ms + 1))]
    values = ", ".join(
        f"('{row.time_zone}', {row.from_ms}, {row.to_ms}, {row.offset_ms}, {row.month}, {row.first_day})"
        for row in rows
    )
    return f"stretches ({COLUMNS}) AS (VALUES {values})"


@lru_cache(maxsize=64)
def stretches(time_zone: str, from_ms: int, to_ms: int) -> tuple[Stretch, ...]:
    """Return the stretches of a zone that cover [from_ms, to_ms), in order, without a hole."""
    zone = ZoneInfo(time_zone)
    ends = sorted({*month_starts(zone, from_ms, to_ms), *offset_changes(zone, from_ms, to_ms), to_ms})
    starts = [from_ms, *ends]
    return tuple(stretch(time_zone, zone, start, end) for start, end in zip(starts, ends, strict=False) if start < end)


def stretch(time_zone: str, zone: ZoneInfo, from_ms: int, to_ms: int) -> Stretch:
    """Return a stretch whose beginning and end are known."""
    local = local_time(zone, from_ms)
    first_day = (datetime(local.year, local.month, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days
    return Stretch(time_zone, from_ms, to_ms, offset_ms(zone, from_ms), month_number(local), first_day)


def month_starts(zone: ZoneInfo, from_ms: int, to_ms: int) -> Iterator[int]:
    """Yield when a local month begins between the two."""
    local = local_time(zone, from_ms)
    year, month = local.year, local.month
    while True:
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        start_ms = int(datetime(year, month, 1, tzinfo=zone).timestamp()) * 1000
        if start_ms >= to_ms:
            return
        yield start_ms


def offset_changes(zone: ZoneInfo, from_ms: int, to_ms: int) -> Iterator[int]:
    """Yield when the clocks are changed between the two; no zone changes them twice within a day."""
    for start_ms in range(from_ms, to_ms, DAY_MS):
        low, high = start_ms, min(start_ms + DAY_MS, to_ms)
        before = offset_ms(zone, low)
        if offset_ms(zone, high) == before:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset_ms(zone, middle) == before else (low, middle)
        yield high


def local_time(zone: ZoneInfo, at_ms: int) -> datetime:
    """Return a moment as the zone's clocks show it."""
    return datetime.fromtimestamp(at_ms // 1000, zone)


def offset_ms(zone: ZoneInfo, at_ms: int) -> int:
    """Return how far a zone is ahead of UTC at a moment."""
    offset = local_time(zone, at_ms).utcoffset() or timedelta()
    return int(offset.total_seconds()) * 1000
