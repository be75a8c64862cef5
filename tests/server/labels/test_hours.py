"""Opening hours on the wall clock, on days of 23 and 25 hours too."""

from datetime import UTC, date, datetime

from server.labels.hours import Hours

HELSINKI = Hours("Europe/Helsinki", lambda _day: [(480, 960)])


def at_ms(*moment):
    return round(datetime(*moment, tzinfo=UTC).timestamp() * 1000)


def test_the_wall_clock_decides_in_summer_and_winter():
    assert HELSINKI.moments(date(2026, 7, 1), (480, 960)) == (at_ms(2026, 7, 1, 5), at_ms(2026, 7, 1, 13))
    assert HELSINKI.moments(date(2026, 12, 1), (480, 960)) == (at_ms(2026, 12, 1, 6), at_ms(2026, 12, 1, 14))


def test_days_of_23_and_25_hours_open_at_eight_all_the_same():
    assert HELSINKI.moments(date(2026, 3, 29), (480, 960))[0] == at_ms(2026, 3, 29, 5)
    assert HELSINKI.moments(date(2026, 10, 25), (480, 960))[0] == at_ms(2026, 10, 25, 6)
    assert HELSINKI.moments(date(2026, 10, 25), (0, 1440)) == (at_ms(2026, 10, 24, 21), at_ms(2026, 10, 25, 22))


def test_the_end_of_a_span_is_not_part_of_it():
    assert HELSINKI.is_open(at_ms(2026, 12, 1, 6), at_ms(2026, 12, 1, 6), 0)
    assert not HELSINKI.is_open(at_ms(2026, 12, 1, 14), at_ms(2026, 12, 1, 14), 0)
    assert not HELSINKI.is_open(at_ms(2026, 12, 1, 5, 59), at_ms(2026, 12, 1, 5, 59), 0)


def test_a_night_that_is_open_all_along_has_no_gap_at_midnight():
    emergency = Hours("Europe/Helsinki", lambda _day: [(0, 1440)])

    assert emergency.is_open(at_ms(2026, 12, 1, 22), at_ms(2026, 12, 1, 22), 0)
