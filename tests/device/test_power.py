"""When a box on batteries connects, moment by moment."""

from device.power import CONNECT, HOUR_MS, SLEEP, Power
from tests.device.test_hours import HOUR, MONDAY, WEEKDAYS_8_TO_16

MINUTE_MS = 60000


def urandom(_size):
    return b"\0"


def connected(at):
    """A box that has just said all at this time; its uptime is 0 on Monday at midnight."""
    power = Power(urandom)
    power.drained(uptime(at), at, WEEKDAYS_8_TO_16)
    return power


def uptime(at):
    return (at - MONDAY) * 1000


def press(power, at, waiting=1):
    power.pressed(uptime(at), at, WEEKDAYS_8_TO_16, waiting)


def due_at(power):
    return MONDAY + power.plan(0, 0, 5, set()).until_ms // 1000


def test_a_cold_start_connects_at_once():
    assert Power(urandom).plan(0, 0, 5, set()).action == CONNECT


def test_a_press_is_sent_an_hour_after_the_last_connection():
    power = connected(MONDAY + 9 * HOUR)
    press(power, MONDAY + 9 * HOUR + 60)
    press(power, MONDAY + 9 * HOUR + 1800)

    assert due_at(power) == MONDAY + 10 * HOUR


def test_a_press_after_a_long_silence_is_sent_at_once():
    power = connected(MONDAY + 9 * HOUR)
    press(power, MONDAY + 13 * HOUR)

    assert power.plan(uptime(MONDAY + 13 * HOUR), 0, 5, set()).action == CONNECT


def test_many_that_wait_are_sent_earlier():
    power = connected(MONDAY + 9 * HOUR)
    press(power, MONDAY + 9 * HOUR + 60, waiting=100)

    assert due_at(power) == MONDAY + 9 * HOUR + 60


def test_what_waits_at_closing_is_sent_then_and_nothing_at_night():
    power = connected(MONDAY + 15 * HOUR + 1800)
    press(power, MONDAY + 15 * HOUR + 2400)
    flush = due_at(power)
    power.drained(uptime(flush), flush, WEEKDAYS_8_TO_16)
    press(power, MONDAY + 20 * HOUR, waiting=100)

    assert flush == MONDAY + 16 * HOUR
    assert due_at(power) == MONDAY + 32 * HOUR


def test_a_silent_day_ends_with_a_word_at_the_next_opening():
    assert due_at(connected(MONDAY + 9 * HOUR)) == MONDAY + 32 * HOUR


def test_failures_wait_1_2_4_and_8_hours():
    power, waits, now_ms = Power(urandom), [], 0
    for _ in range(6):
        power.failed(now_ms, None, WEEKDAYS_8_TO_16)
        until_ms = power.plan(now_ms, 0, 5, set()).until_ms
        waits.append((until_ms - now_ms) // HOUR_MS)
        now_ms = until_ms

    assert waits == [1, 2, 4, 8, 8, 8]


def test_a_press_does_not_shorten_the_wait_after_a_failure():
    power = connected(MONDAY + 9 * HOUR)
    power.failed(uptime(MONDAY + 10 * HOUR), MONDAY + 10 * HOUR, WEEKDAYS_8_TO_16)
    press(power, MONDAY + 10 * HOUR + 60, waiting=100)

    assert due_at(power) == MONDAY + 11 * HOUR


def test_chance_shortens_the_wait_by_up_to_a_quarter_and_spreads_boxes_over_five_minutes():
    power = Power(lambda size: b"\xff")
    power.failed(0, None, WEEKDAYS_8_TO_16)
    failed_ms = power.plan(0, 0, 5, set()).until_ms
    power.drained(uptime(MONDAY + 15 * HOUR), MONDAY + 15 * HOUR, WEEKDAYS_8_TO_16)
    press(power, MONDAY + 15 * HOUR + 1)

    assert failed_ms == HOUR_MS * 3 // 4
    assert due_at(power) == MONDAY + 16 * HOUR + 300


def test_without_a_clock_hours_do_not_matter():
    power = Power(urandom)
    power.drained(0, None, WEEKDAYS_8_TO_16)
    power.pressed(MINUTE_MS, None, WEEKDAYS_8_TO_16, 1)

    assert power.plan(MINUTE_MS, 0, 5, set()).until_ms == HOUR_MS


def test_a_stuck_button_does_not_wake_the_box():
    plan = connected(MONDAY + 9 * HOUR).plan(0, 0, 5, {2})

    assert (plan.action, plan.wake_buttons) == (SLEEP, (1, 3, 4, 5))


def test_safe_mode_connects_no_earlier_than_it_ends():
    assert Power(urandom).plan(0, 5 * HOUR_MS, 5, set()) == (SLEEP, 5 * HOUR_MS, (1, 2, 3, 4, 5))


def test_the_machine_goes_on_after_a_deep_sleep():
    power = connected(MONDAY + 9 * HOUR)
    press(power, MONDAY + 9 * HOUR + 60)
    woken = Power(urandom, list(power.retained))

    assert woken.plan(0, 0, 5, set()) == power.plan(0, 0, 5, set())
