"""The kiosk's clock: the bridge's word, for as long as it can be trusted."""

import pytest

from kiosk_app.clock import CONFIRM_MS, SURE_MS, Clock

NOW_AT = 1_795_325_000


class Ticks:
    def __init__(self):
        self.now_ms = 5_000_000

    def __call__(self):
        return self.now_ms


@pytest.fixture
def ticks():
    return Ticks()


def test_before_the_bridge_says_it_nobody_knows_the_time(ticks):
    clock = Clock(ticks)
    ticks.now_ms += 61_500

    assert (clock.uptime_ms(), clock.at()) == (61_500, None)


def test_afterwards_it_goes_on_by_itself_until_it_may_be_wrong_by_a_minute(ticks):
    clock = Clock(ticks)
    clock.set(NOW_AT)

    ticks.now_ms += 3_600_000
    assert clock.at() == NOW_AT + 3_600
    ticks.now_ms += SURE_MS

    assert clock.at() is None


def test_a_time_before_there_were_kiosks_is_not_believed(ticks):
    clock = Clock(ticks)

    clock.set(0)

    assert clock.at() is None


def test_a_bridge_that_contradicts_itself_leaves_the_time_in_doubt_until_it_insists(ticks):
    clock = Clock(ticks)
    clock.set(NOW_AT)

    clock.set(NOW_AT + 3_600)
    assert clock.at() is None
    ticks.now_ms += CONFIRM_MS
    clock.set(NOW_AT + 3_600 + CONFIRM_MS // 1000)

    assert clock.at() == NOW_AT + 3_600 + CONFIRM_MS // 1000


def test_one_wrong_word_is_forgotten_when_the_next_is_right(ticks):
    clock = Clock(ticks)
    clock.set(NOW_AT)

    clock.set(NOW_AT + 86_400)
    clock.set(NOW_AT + 1)

    assert clock.at() == NOW_AT + 1
