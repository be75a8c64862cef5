"""Time from ticks that wrap, oscillators that stray, and servers that may lie."""

from device.clock import FLOOR_STEP_S, TELLS_MS, Clock

PERIOD = 1 << 30
NOW_AT = 1795325090
HOUR_MS = 3600000


class Ticks:
    """`now` is real milliseconds; the chip counts `gains_ppm` more of them."""

    drift_ppm = 20000

    def __init__(self, now, gains_ppm=0):
        self.now = now
        self.gains_ppm = gains_ppm
        self._seen = 0
        self._counted = 0  # millionths of a millisecond

    def rtc_ms(self):
        self._counted += (self.now - self._seen) * (1000000 + self.gains_ppm)
        self._seen = self.now
        return self._counted // 1000000

    def ticks_ms(self):
        return self.rtc_ms() % PERIOD

    def ticks_diff(self, end, start):
        return (end - start + PERIOD // 2) % PERIOD - PERIOD // 2


def real_at(ticks):
    return NOW_AT + ticks.now // 1000


def synced(gains_ppm=0, hours=0):
    """Return ticks and a clock that was set every hour."""
    ticks = Ticks(0, gains_ppm)
    clock = Clock(ticks)
    clock.set(NOW_AT)
    for _ in range(hours):
        ticks.now += HOUR_MS
        clock.set(real_at(ticks))
    return ticks, clock


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


def test_an_edge_noted_before_a_wrap_has_its_uptime():
    ticks = Ticks(PERIOD - 500)
    clock = Clock(ticks)
    ticks.now += 400
    noted = ticks.ticks_ms()
    ticks.now += 1100

    assert clock.uptime_of(noted) == 400


def test_nobody_knows_the_time_until_it_is_told():
    ticks = Ticks(0)
    clock = Clock(ticks)
    unknown = clock.at()
    ticks.now += 10000
    clock.set(1795325090)
    ticks.now += 7000

    assert unknown is None
    assert clock.rough_at() is not None
    assert clock.at() == 1795325097


def test_a_time_before_2025_is_not_taken():
    clock = Clock(Ticks(0))
    clock.set(0)
    clock.set(946684800)

    assert clock.at() is None


def test_a_time_before_the_floor_is_not_taken():
    clock = Clock(Ticks(0), floor_at=NOW_AT)
    clock.set(NOW_AT - 1)

    assert clock.at() is None

    clock.set(NOW_AT)

    assert clock.at() == NOW_AT


def test_the_floor_rises_by_whole_days_only():
    ticks, clock = synced()
    floor_at = clock.floor_at
    ticks.now += HOUR_MS
    clock.set(real_at(ticks))

    assert floor_at == clock.floor_at == NOW_AT

    ticks.now += FLOOR_STEP_S * 1000
    clock.set(real_at(ticks))

    assert clock.floor_at == real_at(ticks)


def test_the_clock_is_silent_once_it_may_be_wrong_by_a_minute():
    ticks, clock = synced()
    ticks.now += 2850000

    assert clock.error_ms(clock.uptime_ms()) < TELLS_MS
    assert clock.at() is not None

    ticks.now += 100000

    assert clock.at() is None
    assert clock.rough_at() is not None


def test_what_an_oscillator_strays_is_learnt():
    ticks, clock = synced(gains_ppm=10000, hours=12)
    ticks.now += 4 * HOUR_MS

    assert abs(clock.rough_at() - real_at(ticks)) <= clock.error_ms(clock.uptime_ms()) // 1000 + 1
    assert clock.at() is not None
    assert abs(clock.at() - real_at(ticks)) <= 60


def test_the_bound_holds_for_an_oscillator_that_changes_its_mind():
    ticks, clock = synced(gains_ppm=10000, hours=12)
    for step in range(200):
        ticks.gains_ppm = 10000 + (step * 37) % 500
        ticks.now += HOUR_MS
        at = clock.rough_at()

        assert abs(at - real_at(ticks)) * 1000 <= clock.error_ms(clock.uptime_ms()) + 1000

        clock.set(real_at(ticks))


def test_a_jump_is_doubted_and_forgotten_when_it_was_a_lie():
    ticks, clock = synced(hours=1)
    ticks.now += HOUR_MS
    clock.set(real_at(ticks) + HOUR_MS // 1000)

    assert clock.at() is None

    ticks.now += 600000
    clock.set(real_at(ticks))

    assert clock.at() == real_at(ticks)


def test_a_jump_that_a_later_connection_repeats_is_taken():
    ticks, clock = synced(hours=1)
    for _ in range(2):
        ticks.now += HOUR_MS
        clock.set(real_at(ticks) + 86400)

    assert clock.at() == real_at(ticks) + 86400


def test_a_jump_repeated_within_one_connection_is_not_taken():
    ticks, clock = synced(hours=1)
    ticks.now += HOUR_MS
    for _ in range(5):
        ticks.now += 1000
        clock.set(real_at(ticks) + 86400)

    assert clock.at() is None

    ticks.now += HOUR_MS
    clock.set(real_at(ticks))
    ticks.now += HOUR_MS

    assert abs(clock.rough_at() - real_at(ticks)) <= clock.error_ms(clock.uptime_ms()) // 1000


def test_a_deep_sleep_is_the_same_uptime_and_the_same_clock():
    ticks, clock = synced(hours=3)
    uptime_ms, retained = clock.uptime_ms(), list(clock.retained)
    ticks.now += 1800000
    woken = Clock(ticks, retained)

    assert woken.uptime_ms() == uptime_ms + 1800000
    assert woken.at() == real_at(ticks)


def test_a_late_reading_is_not_taken_for_the_drift_of_a_crystal():
    ticks = Ticks(0)
    ticks.drift_ppm = 200
    clock = Clock(ticks)
    clock.set(NOW_AT)
    ticks.now += HOUR_MS // 2
    clock.set(real_at(ticks) + 1)  # as whole seconds and the way from the server may have it
    wrong_by = 0
    for _ in range(100):
        ticks.now += HOUR_MS
        told = clock.at()
        wrong_by = max(wrong_by, abs(told - real_at(ticks)) if told else 0)

    assert wrong_by * 1000 <= TELLS_MS
