"""Reads the moments that people and programs give: a local day, a moment with its offset, or Unix seconds."""

import re
from datetime import datetime

from broker_bridge.database.invalid import Invalid
from broker_bridge.database.ranges import SINCE_EVER_MS, Range, day_start_ms

DAY = r"\d{4}-\d{2}-\d{2}"
CLOCK = r"[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?"
SECONDS = r"\d{9,12}"  # from 1973 on, so that 20260101 is no number of seconds
OFFSET = r"(Z|[+-]\d{2}:\d{2})"
EARLIEST_MS = -2_208_988_800_000  # 1900 in UTC
LAST_SECOND = 253370764799  # of the year 9998: in any time zone there is a day after it
ALLOWED = "a day such as 2026-01-01, a moment such as 2026-01-01T08:00:00+02:00, or Unix seconds"


def moment_ms(value: str | int, time_zone: str, where: str) -> int:
    """Return UTC milliseconds; a day begins at midnight in the time zone. Raises Invalid."""
    try:
        at_ms = read(value, time_zone, where)
    except (ValueError, OverflowError) as mistake:
        if isinstance(mistake, Invalid):
            raise
        raise Invalid(where, value, f"{ALLOWED}; {mistake}") from mistake
    if not EARLIEST_MS <= at_ms <= LAST_SECOND * 1000:
        raise Invalid(where, value, "a moment from 1900 to 9998")
    return at_ms


def read(value: str | int, time_zone: str, where: str) -> int:
    """Return UTC milliseconds; raise ValueError for a day or an hour that no calendar has."""
    if isinstance(value, int) or re.fullmatch(SECONDS, value, re.ASCII):
        return seconds_ms(int(value), where)
    if re.fullmatch(DAY, value, re.ASCII):
        return day_start_ms(value, time_zone)
    if re.fullmatch(DAY + CLOCK, value, re.ASCII):
        raise Invalid(
            where, value, "a moment with its offset, such as 2026-01-01T08:00:00+02:00 or ...Z, or a day alone"
        )
    if not re.fullmatch(DAY + CLOCK + OFFSET, value, re.ASCII):
        raise Invalid(where, value, ALLOWED)
    return round(datetime.fromisoformat(value).timestamp() * 1000)


def seconds_ms(seconds: int, where: str) -> int:
    """Return milliseconds; raise Invalid for seconds that are milliseconds by mistake, or before 1970."""
    if not 0 <= seconds <= LAST_SECOND:
        raise Invalid(where, seconds, "Unix seconds (not milliseconds) from 1970 on")
    return seconds * 1000


def valid_range(valid_from: str | int | None, valid_to: str | int | None, time_zone: str) -> Range:
    """Return the half-open range of a placement or link; without a beginning it has been so since ever."""
    from_ms = SINCE_EVER_MS if valid_from is None else moment_ms(valid_from, time_zone, "valid_from")
    return Range(from_ms, None if valid_to is None else moment_ms(valid_to, time_zone, "valid_to"))
