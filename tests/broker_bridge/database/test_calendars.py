"""Local days, months, weekdays and hours by whole numbers, held against the time zones themselves."""

import sqlite3
from datetime import datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from broker_bridge.database.calendars import LOCAL_DAY, LOCAL_HOUR, LOCAL_WEEKDAY, stretches, stretches_sql

ZONES = ("Europe/Helsinki", "Europe/Stockholm", "America/New_York", "Asia/Kolkata", "Africa/Casablanca", "UTC")
FROM_MS, TO_MS = 1_735_689_600_000, 1_893_456_000_000  # 2025 to 2029


@given(some.integers(FROM_MS, TO_MS - 1), some.sampled_from(ZONES))
def test_whole_numbers_agree_with_the_time_zone(at_ms, time_zone):
    local = datetime.fromtimestamp(at_ms // 1000, ZoneInfo(time_zone))

    assert computed(at_ms, time_zone) == (
        local.year * 10_000 + local.month * 100 + local.day,
        local.year * 100 + local.month,
        local.weekday(),
        local.hour,
    )


@pytest.mark.parametrize("hours", [0, 1, 2, 3, 4, 24])
def test_the_night_of_the_repeated_hour_is_right(hours):
    at_ms = 1_792_875_600_000 + hours * 3_600_000  # from 2026-10-25 00:00 in Helsinki
    local = datetime.fromtimestamp(at_ms // 1000, ZoneInfo("Europe/Helsinki"))

    assert computed(at_ms, "Europe/Helsinki")[3] == local.hour


def test_the_stretches_have_no_hole():
    found = stretches("Europe/Helsinki", FROM_MS, TO_MS)

    assert (found[0].from_ms, found[-1].to_ms, len(found)) == (FROM_MS, TO_MS, 61 + 10)
    assert all(one.to_ms == other.from_ms for one, other in pairwise(found))


def computed(at_ms, time_zone):
    connection = sqlite3.connect(":memory:")
    try:
        return connection.execute(
            f"""WITH {stretches_sql([time_zone], FROM_MS, TO_MS)}, responses (at_ms) AS (VALUES ({at_ms}))
                SELECT {LOCAL_DAY}, stretches.month, {LOCAL_WEEKDAY}, {LOCAL_HOUR} FROM responses
                JOIN stretches ON stretches.from_ms <= at_ms AND at_ms < stretches.to_ms"""
        ).fetchone()
    finally:
        connection.close()
