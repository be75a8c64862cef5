"""Simulated visitors are the same for the same seed, come in waves, and press every button sooner or later."""

import random
from collections import Counter

import pytest

from server.trial.visitors import Visitors, mood


def presses(seed: int, brisk: bool = True, buttons: int = 5, seconds: int = 60) -> list[tuple[float, int]]:
    visitors = Visitors(buttons, random.Random(seed), brisk)
    moments = [tick / 20 for tick in range(20 * seconds)]
    return [(now_s, button) for now_s in moments if (button := visitors.button(now_s))]


def test_the_same_seed_gives_the_same_visitors():
    assert presses(1) == presses(1)
    assert presses(1) != presses(2)


@pytest.mark.parametrize("seed", range(5))
def test_brisk_visitors_press_about_once_a_second(seed):
    assert 35 <= len(presses(seed)) <= 100


def test_calm_visitors_take_their_time():
    assert len(presses(1, brisk=False)) < len(presses(1)) / 2


@pytest.mark.parametrize("buttons", [4, 5, 11])
def test_every_button_is_pressed_and_none_beside_them(buttons):
    pressed = Counter(button for _, button in presses(1, buttons=buttons, seconds=3000))

    assert set(pressed) == set(range(1, buttons + 1))


def test_most_are_content():
    weights = mood(5, contentment=0.8)

    assert sum(weights[3:]) > sum(weights[:3])
    assert weights[0] > weights[1]
