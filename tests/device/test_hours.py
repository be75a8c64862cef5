"""Opening hours."""

from device import hours
from device.limits import DEFAULT_SCHEDULE, Schedule

MONDAY = 1795996800  # 2026-11-30T00:00:00Z
HOUR = 3600


def schedule(open_hours, utc_offset_s=0):
    return Schedule(open_hours, 3600, 100, utc_offset_s)


WEEKDAYS_8_TO_16 = schedule(((480, 960),) * 5 + (None, None))


def test_it_opens_and_closes_to_the_second():
    seen = [hours.is_open(WEEKDAYS_8_TO_16, MONDAY + second) for second in (8 * HOUR - 1, 8 * HOUR, 16 * HOUR)]

    assert seen == [False, True, False]


def test_local_time_is_what_counts():
    assert hours.is_open(schedule(WEEKDAYS_8_TO_16.open, 2 * HOUR), MONDAY + 6 * HOUR)


def test_the_next_opening_skips_the_weekend():
    friday_evening = MONDAY + 4 * 86400 + 20 * HOUR

    assert hours.opens_at(WEEKDAYS_8_TO_16, friday_evening) == MONDAY + 7 * 86400 + 8 * HOUR
    assert hours.opens_at(WEEKDAYS_8_TO_16, MONDAY + 9 * HOUR) == MONDAY + 9 * HOUR
    assert hours.opens_at(WEEKDAYS_8_TO_16, MONDAY + 7 * HOUR) == MONDAY + 8 * HOUR


def test_a_point_that_is_open_over_midnight_closes_the_next_day():
    night = schedule(((1200, 1440), (0, 360)) + (None,) * 5)

    assert hours.closes_at(night, MONDAY + 21 * HOUR) == MONDAY + 30 * HOUR
    assert hours.closes_at(WEEKDAYS_8_TO_16, MONDAY + 9 * HOUR) == MONDAY + 16 * HOUR


def test_what_is_always_open_never_closes_and_what_never_opens_never_does():
    assert hours.closes_at(DEFAULT_SCHEDULE, MONDAY) is None
    assert hours.opens_at(schedule((None,) * 7), MONDAY) is None
