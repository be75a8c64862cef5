"""Opening hours: weeks from a day on, exceptions, a point's own before its unit's, and nothing said is not closed."""

from datetime import date, datetime

import pytest

from broker_bridge.database import opening_hours
from broker_bridge.database.invalid import Invalid, Unknown

UNIT, POINT = ("unit", "keskus"), ("service_point", "aula")
OFFICE = {day: ["08:00-12:00", "13:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def is_open(connection):
    opening_hours.set_week(connection, UNIT, "2026-01-01", OFFICE)

    def is_open(at):
        point, unit = (opening_hours.hours_of(connection, owner) for owner in (POINT, UNIT))
        return opening_hours.is_open(point, unit, datetime.fromisoformat(at))

    return is_open


@pytest.mark.parametrize(
    ("at", "told"),
    [
        ("2026-11-20T08:00", True),
        ("2026-11-20T07:59", False),
        ("2026-11-20T12:00", False),
        ("2026-11-20T15:59", True),
        ("2026-11-20T16:00", False),
        ("2026-11-22T10:00", False),
        ("2025-12-31T10:00", None),
    ],
)
def test_a_week_holds_from_its_day_on(is_open, at, told):
    assert is_open(at) is told


def test_a_later_week_takes_over_on_its_day(connection, is_open):
    opening_hours.set_week(connection, UNIT, "2026-12-01", {"tue": ["10:00-24:00"]})

    assert [is_open(f"2026-12-01T{hour}") for hour in ("09:00", "10:00", "23:59")] == [False, True, True]
    assert is_open("2026-11-30T09:00") is True


def test_a_day_may_differ_from_its_week(connection, is_open):
    opening_hours.set_exception(connection, UNIT, "2026-12-24", [], "jouluaatto")

    assert is_open("2026-12-24T09:00") is False
    assert opening_hours.listed(connection, UNIT)["exceptions"] == [
        {"day": "2026-12-24", "hours": [], "note": "jouluaatto"}
    ]


def test_a_points_own_hours_go_before_its_units(connection, is_open):
    opening_hours.set_week(connection, POINT, "2026-06-01", {"sun": ["10:00-12:00"]})

    assert is_open("2026-11-22T10:00") is True
    assert is_open("2026-11-20T10:00") is False
    assert is_open("2026-05-29T10:00") is True


def test_the_same_day_said_again_replaces_what_was_said(connection, is_open):
    opening_hours.set_week(connection, UNIT, "2026-01-01", {"fri": ["09:00-10:00"]})
    for hours in (["08:00-09:00"], ["11:00-12:00"]):
        opening_hours.set_exception(connection, UNIT, "2026-11-20", hours)

    assert opening_hours.hours_of(connection, UNIT).of(date(2026, 11, 20)) == [(660, 720)]
    assert opening_hours.hours_of(connection, UNIT).of(date(2026, 11, 27)) == [(540, 600)]


@pytest.mark.parametrize(
    ("week", "where"),
    [
        ({"monday": []}, "week"),
        ({"mon": "08:00-16:00"}, "week.mon"),
        ({"mon": ["8-16"]}, "week.mon"),
        ({"mon": ["16:00-08:00"]}, "week.mon"),
        ({"mon": ["08:00-24:30"]}, "week.mon"),
        ({"mon": ["08:00-12:00", "11:00-13:00"]}, "week.mon"),
        ({"mon": [8]}, "week.mon"),
    ],
)
def test_hours_that_are_none_are_refused(connection, week, where):
    with pytest.raises(Invalid) as refusal:
        opening_hours.set_week(connection, UNIT, "2026-01-01", week)

    assert refusal.value.where == where


def test_the_owner_and_the_day_must_be_there(connection):
    with pytest.raises(Unknown, match="unit"):
        opening_hours.set_week(connection, ("unit", "nowhere"), "2026-01-01", {})
    with pytest.raises(Invalid, match="valid_from"):
        opening_hours.set_week(connection, UNIT, "1 January", {})
    with pytest.raises(Invalid, match="note"):
        opening_hours.set_exception(connection, UNIT, "2026-12-24", [], "a\nb")
