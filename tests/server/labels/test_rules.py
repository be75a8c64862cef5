"""The rules of doubt: what they label, and what they must leave alone."""

import random

import pytest

from server.labels.hours import Hours
from server.labels.presses import Press
from server.labels.rules import BURST, CLOSED, MASH, STAFF, Limits, bursts, mashes, outside, staff, verdicts

NOON_MS = 1_795_341_600_000  # Sunday 2026-11-22 12:00 in Helsinki
LIMITS = Limits()


def presses(*steps, start_ms=NOON_MS):
    """Return presses from (milliseconds since the one before, value)."""
    made, at_ms = [], start_ms
    for number, (after_ms, value) in enumerate(steps):
        at_ms += after_ms
        made.append(Press(number, at_ms, at_ms, value))
    return made


def visitors(n=400, seed=1, happy=0.6):
    """Return a day of visitors who come by chance, about one in a minute."""
    chance = random.Random(seed)
    values = [5 if chance.random() < happy else chance.randint(1, 5) for _ in range(n)]
    return presses(*((round(1000 * (6 + chance.expovariate(1 / 60))), value) for value in values))


def labelled(found):
    return [verdict.response for verdict in found]


def test_a_burst_is_doubted_but_for_its_first_press():
    found = list(bursts(presses((0, 5), *[(800, 5)] * 5, (60_000, 5)), LIMITS))

    assert labelled(found) == [1, 2, 3, 4, 5]
    assert {verdict.rule for verdict in found} == {BURST}
    assert found[0].reason == {"presses": 6, "seconds": 4}


@pytest.mark.parametrize(
    "steps",
    [
        [(0, 5), (800, 5), (800, 5), (800, 5)],  # a family
        [(0, 5), *[(3001, 5)] * 9],  # a queue
    ],
)
def test_a_family_or_a_queue_is_no_burst(steps):
    assert list(bursts(presses(*steps), LIMITS)) == []


def test_a_run_over_several_buttons_is_a_child():
    found = list(mashes(presses((0, 1), (400, 3), (300, 5), (500, 2), (30_000, 5)), LIMITS))

    assert labelled(found) == [0, 1, 2, 3]
    assert found[0].rule == MASH
    assert found[0].reason == {"presses": 4, "seconds": 2, "buttons": 4}


def test_two_buttons_are_a_change_of_mind():
    assert list(mashes(presses((0, 1), (400, 2), (300, 1), (500, 2)), LIMITS)) == []


def test_a_streak_that_visitors_would_hardly_make_is_doubted():
    ordinary = visitors()
    after_ms = ordinary[-1].latest_ms
    streak = [Press(1000 + i, after_ms + 10_000 * i, after_ms + 10_000 * i, 1) for i in range(1, 9)]

    found = list(staff([*ordinary, *streak], LIMITS))

    assert labelled(found) == [press.response for press in streak]
    assert {verdict.rule for verdict in found} == {STAFF}


def test_in_a_happy_place_the_same_streak_of_the_best_face_is_ordinary():
    ordinary = visitors(happy=0.9)
    after_ms = ordinary[-1].latest_ms
    streak = [Press(1000 + i, after_ms + 10_000 * i, after_ms + 10_000 * i, 5) for i in range(1, 9)]

    assert list(staff([*ordinary, *streak], LIMITS)) == []


def test_streaks_of_days_of_ordinary_visitors_are_hardly_ever_doubted():
    days = [visitors(seed=seed, happy=happy) for seed in range(60) for happy in (0.3, 0.6, 0.9)]

    assert sum(bool(list(staff(day, LIMITS))) for day in days) == 0


HELSINKI = Hours("Europe/Helsinki", lambda day: [(480, 960)] if day.weekday() < 5 else [])
HOUR_MS = 3_600_000
MONDAY_NOON_MS = NOON_MS + 24 * HOUR_MS


@pytest.mark.parametrize(
    ("hours_after_noon", "is_doubted"),
    [(0, False), (-4, False), (-4.2, False), (-4.3, True), (4, False), (4.2, False), (4.3, True), (12, True)],
)
def test_what_was_pressed_while_closed_is_doubted(hours_after_noon, is_doubted):
    at_ms = MONDAY_NOON_MS + round(hours_after_noon * HOUR_MS)

    found = list(outside([Press(7, at_ms, at_ms, 5)], LIMITS, HELSINKI))

    assert labelled(found) == ([7] if is_doubted else [])


def test_sunday_is_closed_unless_it_is_an_exception():
    from datetime import date

    sunday = Press(7, NOON_MS, NOON_MS, 5)
    election = Hours(HELSINKI.time_zone, {date(2026, 11, 22): [(540, 1200)]}.__getitem__)

    assert [verdict.rule for verdict in outside([sunday], LIMITS, HELSINKI)] == [CLOSED]
    assert list(outside([sunday], LIMITS, election)) == []


def test_a_press_that_may_have_been_in_time_is_not_doubted():
    night = MONDAY_NOON_MS + 12 * HOUR_MS

    assert labelled(outside([Press(1, night - 9 * HOUR_MS, night, 5)], LIMITS, HELSINKI)) == []
    assert labelled(outside([Press(1, night - HOUR_MS, night, 5)], LIMITS, HELSINKI)) == [1]
    assert labelled(outside([Press(1, NOON_MS - 240 * HOUR_MS, night, 5)], LIMITS, HELSINKI)) == []


def test_presses_whose_moment_is_only_bounded_make_no_run():
    bounded = [Press(i, NOON_MS, NOON_MS + HOUR_MS, i % 5 + 1) for i in range(20)]

    assert verdicts(bounded) == []


def test_of_unknown_opening_hours_nothing_is_said():
    night = presses((0, 5), start_ms=MONDAY_NOON_MS + 12 * HOUR_MS)

    assert verdicts(night) == []
    assert [verdict.rule for verdict in verdicts(night, HELSINKI)] == [CLOSED]


def test_the_order_of_arrival_does_not_matter():
    made = presses((0, 1), (400, 3), (300, 5), (500, 2), (700, 5), (800, 5))

    assert verdicts(made[::-1]) == verdicts(made)
