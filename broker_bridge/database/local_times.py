"""Local days, months, weekdays and hours: as the numbers by which rollups tell them apart, and as people write them."""

import re
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from broker_bridge.database.invalid import Invalid

QUARTER_MS = 900_000  # no zone's offset is finer than a quarter of an hour, so one answer serves all of it
MONTH = re.compile("(20[0-9]{2})-(0[1-9]|1[0-2])")


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
    return LocalTime(day_number(local), month_number(local), local.weekday(), local.hour)


def month_number(day: date) -> int:
    """Return the month of a day (202611)."""
    return day.year * 100 + day.month


def day_number(day: date) -> int:
    """Return a day (20261122)."""
    return month_number(day) * 100 + day.day


def day_of(number: int) -> date:
    """Return the day of a number."""
    return date(number // 10_000, number // 100 % 100, number % 100)


def shown_day(number: int) -> str:
    """Return a day as people write it (2026-11-22)."""
    return day_of(number).isoformat()


def shown_month(number: int) -> str:
    """Return a month as people write it (2026-11)."""
    return f"{number // 100}-{number % 100:02}"


def read_month(where: str, month: str) -> int:
    """Return the number of a month as people write it; raise Invalid for what is none of this century."""
    match = MONTH.fullmatch(month)
    if match is None:
        raise Invalid(where, month, "a month such as 2026-10")
    return int(match[1] + match[2])
