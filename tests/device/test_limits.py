"""Gestures and hours, as the bridge may set them."""

from device import checks, limits
from device.protocol.kinds import Refused
from tests.device.raising import raised


def test_what_is_not_said_has_a_default():
    assert checks.limits({}) == limits.Limits(0, 0, 5000, 120)
    assert checks.schedule({}) == limits.Schedule(((0, 1440),) * 7, 3600, 100, 0)


def test_every_limit_can_be_set():
    given = {"repeat_ms": 3000, "undo_ms": 5000, "hold_ms": 8000, "cleaning_s": 60}

    assert checks.limits(given) == limits.Limits(3000, 5000, 8000, 60)


def test_a_schedule_has_the_hours_of_each_weekday_and_the_others_are_closed():
    given = {"open": {"mon": [480, 960], "sun": [0, 1440]}, "batch_s": 900, "earlier_at": 16, "utc_offset_s": 7200}

    assert checks.schedule(given) == limits.Schedule(((480, 960),) + (None,) * 5 + ((0, 1440),), 900, 16, 7200)
    assert checks.schedule({"open": {}}).open == (None,) * 7


def test_what_is_not_known_is_ignored():
    assert checks.limits({"brightness": "high"}) == limits.DEFAULT_LIMITS
    assert checks.schedule({"monday": ["08:00", "16:00"]}) == limits.DEFAULT_SCHEDULE


def test_a_refusal_names_the_field():
    refused = [
        (checks.limits, {"repeat_ms": 600001}, "limits.repeat_ms must be from 0 to 600000"),
        (checks.limits, {"undo_ms": True}, "limits.undo_ms must be an integer"),
        (checks.limits, {"hold_ms": "5"}, "limits.hold_ms must be an integer"),
        (checks.limits, {"cleaning_s": 0}, "limits.cleaning_s must be from 1 to 3600"),
        (checks.schedule, {"batch_s": 59}, "schedule.batch_s must be from 60 to 86400"),
        (checks.schedule, {"earlier_at": 0}, "schedule.earlier_at must be from 1 to 10000"),
        (checks.schedule, {"utc_offset_s": 50401}, "schedule.utc_offset_s must be from -50400 to 50400"),
        (checks.schedule, {"open": []}, "schedule.open must be an object"),
        (checks.schedule, {"open": {"mon": 480}}, "schedule.open.mon must be a list"),
        (checks.schedule, {"open": {"mon": [480, 960, 1]}}, "schedule.open.mon must have at most 2 entries"),
        (checks.schedule, {"open": {"mon": [480, 1441]}}, "schedule.open.mon[1] must be from 0 to 1440"),
        (
            checks.schedule,
            {"open": {"fri": [480]}},
            "schedule.open.fri must be two minutes of the day, the earlier first",
        ),
    ]
    for read, given, reason in refused:
        assert raised(Refused, read, given).reason == reason
    for minutes in ([960, 480], [480, 480], []):
        raised(Refused, checks.schedule, {"open": {"mon": minutes}})
