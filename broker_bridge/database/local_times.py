"""The day, month, weekday and hour of a moment in a time zone, as rollups tell them apart."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

QUARTER_MS = 900_000  # no zone's offset is finer than a quarter of an hour, so one answer serves all of it


class LocalTime(NamedTuple):
    """Day (20261122), month (202611), weekday (0 is Monday) and hour, as clocks on the wall show them."""

    day: int
    month: int
    weekday: int
    hour: int


def local_time(time_zone: str, at_ms: int) -> LocalTime:
    """Return the local time of a moment."""
    return of_quarter(time_zone, at_ms // QUARTER_MS)


@lru_cache(maxsize=100_000)
def of_quarter(time_zone: str, quarter: int) -> LocalTime:
    """Return the local time of the quarter of an hour that begins so many quarters after 1970."""
    local = datetime.fromtimestamp(quarter * QUARTER_MS // 1000, ZoneInfo(time_zone))
    month = local.year * 100 + local.month
    return LocalTime(month * 100 + local.day, month, local.weekday(), local.hour)
