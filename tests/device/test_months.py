"""Some weeks of the two years of `make months`, and boxes that are wrong on purpose; on MicroPython's asyncio only."""

import os
import sys

from tests.device.place import FOLDER

DIRECTORY = FOLDER + "/months"
IS_MICROPYTHON = sys.implementation.name == "micropython"  # the other Python's asyncio has no clock to turn


def weeks(presses_a_day, days, wrong=""):
    """Return the figures of a short life in a fresh folder."""
    from tests.device.months.checker import figures
    from tests.device.months.world import World, lead
    from tests.device.months.wrong import led_wrongly

    for name in ("survey.json", "starts.json"):
        try:
            os.remove(DIRECTORY + "/" + name)
        except OSError:
            pass
    try:
        os.mkdir(DIRECTORY)
    except OSError:
        pass
    world = World(7, presses_a_day, days)
    led_wrongly(wrong, lambda box_class: lead(world, DIRECTORY, box_class))
    return figures(world)


def is_right(found):
    stored = found["stored"] == found["pressed"] - found["refused"]
    return stored and not (found["lost"] or found["doubled"] or found["outside_stated"])


def test_six_weeks_at_36_presses_a_day():
    if IS_MICROPYTHON:
        found = weeks(36, 42)

        assert is_right(found), found
        assert found["pressed"] > 1000
        assert found["boots"] > 1
        assert found["outages"] > 1
        assert found["wraps"] > 1


def test_days_at_1000_presses_a_day():
    if IS_MICROPYTHON:
        found = weeks(1000, 4)

        assert is_right(found), found
        assert found["pressed"] > 3500


def test_a_box_whose_uptime_restarts_after_a_deep_sleep_is_caught():
    assert not IS_MICROPYTHON or not is_right(weeks(36, 21, "uptime restarts"))


def test_a_box_that_takes_every_jump_for_the_time_is_caught():
    assert not IS_MICROPYTHON or not is_right(weeks(36, 42, "jumps are taken"))


def test_a_box_that_does_not_count_its_boots_is_caught():
    assert not IS_MICROPYTHON or not is_right(weeks(36, 84, "boots are not counted"))


def test_a_box_that_forgets_the_press_that_woke_it_is_caught():
    assert not IS_MICROPYTHON or not is_right(weeks(36, 3, "the waking press is lost"))
