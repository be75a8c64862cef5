"""Failed starts, safe mode and the floor of the time."""

import os

from device.starts import FAILED_STARTS, HEALTHY_MS, SAFE_MS, Starts
from tests.device.place import FOLDER

PATH = FOLDER + "/starts.json"


def fresh():
    try:
        os.remove(PATH)
    except OSError:
        pass


def crashed(times):
    fresh()
    for _ in range(times):
        starts = Starts(PATH, "watchdog")
    return starts


def test_a_box_that_crashed_too_often_leaves_the_network_alone_for_a_time():
    assert crashed(FAILED_STARTS).safe_until_ms == 0
    assert crashed(FAILED_STARTS + 1).safe_until_ms == SAFE_MS


def test_pulling_the_plug_is_no_failure_and_ends_safe_mode():
    crashed(FAILED_STARTS)

    assert Starts(PATH, "power on").safe_until_ms == 0
    assert Starts(PATH, "watchdog").failed == 1


def test_a_box_that_was_answered_or_well_for_long_enough_starts_counting_anew():
    crashed(FAILED_STARTS).well(0, True, 0)
    after_answer = Starts(PATH, "watchdog").failed
    crashed(FAILED_STARTS).well(HEALTHY_MS, False, 0)

    assert after_answer == 1
    assert Starts(PATH, "watchdog").failed == 1


def test_a_box_in_safe_mode_is_not_well_before_it_has_tried_the_network():
    starts = crashed(FAILED_STARTS + 1)
    starts.well(SAFE_MS, False, 0)

    assert Starts(PATH, "watchdog").safe_until_ms == SAFE_MS


def test_staff_end_safe_mode():
    starts = crashed(FAILED_STARTS + 1)
    starts.end_safe_mode(1000)

    assert starts.safe_until_ms == 1000


def test_the_floor_of_the_time_outlives_a_power_cut_and_never_falls():
    fresh()
    starts = Starts(PATH, "power on")
    starts.well(0, True, 1795325090)
    starts.well(0, True, 1700000000)

    assert Starts(PATH, "power on").floor_at == 1795325090


def test_a_damaged_file_or_none_stops_no_start():
    with open(PATH, "w") as file:
        file.write('{"failed": "many"')
    damaged = Starts(PATH, "watchdog").failed

    assert damaged == 1
    assert Starts("/nowhere/at/all.json", "watchdog").failed == 1


def test_a_start_after_deep_sleep_is_the_same_start():
    starts = crashed(3)

    assert Starts(PATH, "deepsleep", list(starts.retained)).failed == 3
