"""Opening hours: weeks from a day on, exceptions, a point's own before its unit's, and nothing said is not closed."""

from datetime import date

import pytest

from broker_bridge.database import opening_hours
from broker_bridge.database.invalid import Invalid, Unknown

UNIT, POINT = ("unit", "keskus"), ("service_point", "aula")
OFFICE = {day: ["08:00-12:00", "13:00-16:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def told_on(connection):
    opening_hours.set_week(connection, UNIT, "2026-01-01", OFFICE)

    def told_on(day):
        point, unit = (opening_hours.hours_of(connection, owner) for owner in (POINT, UNIT))
        return opening_hours.told_on(point, unit, date.fromisoformat(day))

    return told_on


@pytest.mark.parametrize(
    ("day", "spans"), [("2026-11-20", [(480, 720), (780, 960)]), ("2026-11-22", []), ("2025-12-31", None)]
)
def test_a_week_holds_from_its_day_on(told_on, day, spans):
    assert told_on(day) == spans


def test_a_later_week_takes_over_on_its_day(connection, told_on):
    opening_hours.set_week(connection, UNIT, "2026-12-01", {"tue": ["10:00-24:00"]})

    assert told_on("2026-12-01") == [(600, 1440)]
    assert told_on("2026-11-30") == [(480, 720), (780, 960)]


def test_a_day_may_differ_from_its_week(connection, told_on):
    opening_hours.set_exception(connection, UNIT, "2026-12-24", [], "jouluaatto")

    assert told_on("2026-12-24") == []
    assert opening_hours.listed(connection, UNIT)["exceptions"] == [
        {"day": "2026-12-24", "hours": [], "note": "jouluaatto"}
    ]


def test_a_points_own_hours_go_before_its_units(connection, told_on):
    opening_hours.set_week(connection, POINT, "2026-06-01", {"sun": ["10:00-12:00"]})

    assert told_on("2026-11-22") == [(600, 720)]
    assert told_on("2026-11-20") == []
    assert told_on("2026-05-29") == [(480, 720), (780, 960)]


def test_the_same_day_said_again_replaces_what_was_said(connection, told_on):
    opening_hours.set_week(connection, UNIT, "2026-01-01", {"fri": ["09:00-10:00"]})
    for hours in (["08:00-09:00"], ["11:00-12:00"]):
        opening_hours.set_exception(connection, UNIT, "2026-11-20", hours)

    assert told_on("2026-11-20") == [(660, 720)]
    assert told_on("2026-11-27") == [(540, 600)]


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
