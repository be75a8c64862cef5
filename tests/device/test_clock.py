"""Time from ticks that wrap."""

from device.clock import Clock

PERIOD = 1 << 30


class Ticks:
    def __init__(self, now):
        self.now = now

    def ticks_ms(self):
        return self.now % PERIOD

    def ticks_diff(self, end, start):
        return (end - start + PERIOD // 2) % PERIOD - PERIOD // 2


def test_uptime_starts_at_zero_wherever_the_ticks_are():
    assert Clock(Ticks(123456)).uptime_ms() == 0


def test_uptime_runs_on_when_the_ticks_wrap():
    ticks = Ticks(PERIOD - 500)
    clock = Clock(ticks)
    ticks.now += 1500

    assert clock.uptime_ms() == 1500
    assert clock.uptime_s() == 1


def test_uptime_runs_on_over_a_year_of_wraps():
    ticks = Ticks(PERIOD - 1)
    clock = Clock(ticks)
    day_ms = 86400000
    for day in range(1, 366):
        ticks.now += day_ms

        assert clock.uptime_ms() == day * day_ms


def test_nobody_knows_the_time_until_it_is_told():
    ticks = Ticks(0)
    clock = Clock(ticks)
    unknown = clock.at()
    ticks.now += 10000
    clock.set(1795325090)
    ticks.now += 7000

    assert unknown is None
    assert clock.at() == 1795325097


def test_a_time_before_2025_is_not_taken():
    clock = Clock(Ticks(0))
    clock.set(0)
    clock.set(946684800)

    assert clock.at() is None
