"""Seconds since the cold start, over wrapping ticks and deep sleep, and the time of day with a bound on its error.

Integers only: the floats of a chip have 24 bits, and a time of day has 31.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Ticks(Protocol):
        """The chip's counters: `ticks_ms` wraps and restarts with the chip, `rtc_ms` runs on in deep sleep."""

        @property
        def drift_ppm(self) -> int: ...
        def ticks_ms(self) -> int: ...
        def ticks_diff(self, end: int, start: int) -> int: ...
        def rtc_ms(self) -> int: ...


EARLIEST_AT = 1735689600  # 2025-01-01: an earlier time is some chip's idea of its own birth
TELLS_MS = 60000  # the clock is silent once it may be wrong by more
READING_MS = 2000  # whole seconds, and the way from the server
SLACK_MS = 3000
LEARN_MS = 1800000  # over less the reading would weigh more than the drift
STEADIEST_PPM = 2000
CONFIRM_MS = 600000
FLOOR_STEP_S = 86400


class Clock:
    """Must be read once in six days: MicroPython's ticks wrap after 12.4, and a difference reaches half of that.

    The oscillator's rate is learnt between two readings of the server; how far it strayed from what was learnt bounds
    the error until the next. A reading that contradicts the clock is taken once a later connection repeats it; until
    then nobody knows the time. `retained` continues the clock of before a deep sleep, `floor_at` is the latest time
    that was ever certain.
    """

    def __init__(self, hal: "Ticks", retained: "list[int | None] | None" = None, floor_at: int = 0) -> None:
        self._hal = hal
        self._last = hal.ticks_ms()
        self._elapsed_ms = 0
        self._synced_ms: int | None = None  # uptime of the newest reading
        self._synced_at_ms = 0  # and the Unix time that it told
        self._learnt_ms = 0  # the same of the reading from which the rate is learnt
        self._learnt_at_ms = 0
        self._rate_ppm = 0  # what real time gains on the oscillator
        self._steady_ppm = hal.drift_ppm
        self._doubted_ms: int | None = None
        self._doubted_at_ms = 0
        self.floor_at = max(EARLIEST_AT, floor_at)
        if retained:
            self._resume(retained)

    @property
    def retained(self) -> "list[int | None]":
        """All that goes on in deep sleep, for the next start."""
        synced = (self._synced_ms, self._synced_at_ms, self._learnt_ms, self._learnt_at_ms)
        rate = (self._rate_ppm, self._steady_ppm, self._doubted_ms, self._doubted_at_ms, self.floor_at)
        return list((self._hal.rtc_ms(), self.uptime_ms()) + synced + rate)

    def _resume(self, retained: "list[int | None]") -> None:
        (rtc_ms, elapsed_ms, self._synced_ms, synced_at_ms, learnt_ms, learnt_at_ms) = retained[:6]
        (rate_ppm, steady_ppm, self._doubted_ms, doubted_at_ms, floor_at) = retained[6:]
        self._elapsed_ms = (elapsed_ms or 0) + max(0, self._hal.rtc_ms() - (rtc_ms or 0))
        self._synced_at_ms, self._learnt_ms, self._learnt_at_ms = synced_at_ms or 0, learnt_ms or 0, learnt_at_ms or 0
        self._rate_ppm, self._steady_ppm, self._doubted_at_ms = rate_ppm or 0, steady_ppm or 0, doubted_at_ms or 0
        self.floor_at = max(self.floor_at, floor_at or 0)

    # Since the cold start

    def uptime_ms(self) -> int:
        """Return milliseconds since the start; never wraps."""
        ticks = self._hal.ticks_ms()
        self._elapsed_ms += self._hal.ticks_diff(ticks, self._last)
        self._last = ticks
        return self._elapsed_ms

    def uptime_s(self) -> int:
        return self.uptime_ms() // 1000

    def uptime_of(self, ticks: int) -> int:
        """Return the uptime of a moment that an interrupt noted in ticks."""
        return self.uptime_ms() + self._hal.ticks_diff(ticks, self._last)

    # The time of day

    def at(self, uptime_ms: "int | None" = None) -> "int | None":
        """Return Unix seconds, now or at an uptime; None while nobody can say it to within a minute."""
        asked_ms = self.uptime_ms() if uptime_ms is None else uptime_ms
        if self._doubted_ms is not None or self.error_ms(asked_ms) > TELLS_MS:
            return None
        return self._guess_ms(asked_ms) // 1000

    def rough_at(self) -> "int | None":
        """Return Unix seconds however old the last reading is, for opening hours; None before the first."""
        return None if self._synced_ms is None else self._guess_ms(self.uptime_ms()) // 1000

    def error_ms(self, uptime_ms: int) -> int:
        """Return by how much the clock may be wrong at an uptime."""
        if self._synced_ms is None:
            return 1 << 60
        return READING_MS + abs(uptime_ms - self._synced_ms) * self._steady_ppm // 1000000

    def _guess_ms(self, uptime_ms: int) -> int:
        elapsed_ms = uptime_ms - (self._synced_ms or 0)
        return self._synced_at_ms + elapsed_ms + elapsed_ms * self._rate_ppm // 1000000

    def set(self, now_at: int) -> None:
        """Take the time of day from a server that was verified; one before the floor is not taken."""
        now_ms, uptime_ms = now_at * 1000 + 500, self.uptime_ms()
        if now_at < self.floor_at:
            return
        if self._synced_ms is None or self._is_near(now_ms, uptime_ms):
            self._learn(now_ms, uptime_ms)
        elif not self._is_confirmed(now_ms, uptime_ms):
            return
        self._doubted_ms = None
        self._synced_ms, self._synced_at_ms = uptime_ms, now_ms
        if now_at - self.floor_at >= FLOOR_STEP_S:
            self.floor_at = now_at

    def _is_near(self, now_ms: int, uptime_ms: int) -> bool:
        """Tell whether a reading is within what the oscillator may have strayed since the last one."""
        strayed_ms = abs(uptime_ms - (self._synced_ms or 0)) * self._hal.drift_ppm // 1000000
        return abs(now_ms - self._guess_ms(uptime_ms)) <= strayed_ms + READING_MS + SLACK_MS

    def _learn(self, now_ms: int, uptime_ms: int) -> None:
        elapsed_ms = uptime_ms - self._learnt_ms
        # A crystal strays so little that a late reading would long be taken for more of it.
        shortest_ms = max(LEARN_MS, READING_MS * 1000000 // self._hal.drift_ppm)
        if self._synced_ms is not None and elapsed_ms >= shortest_ms:
            measured_ppm = (now_ms - self._learnt_at_ms - elapsed_ms) * 1000000 // elapsed_ms
            strayed_ppm = 2 * abs(measured_ppm - self._rate_ppm) + READING_MS * 1000000 // elapsed_ms
            widest_ppm = max(strayed_ppm, self._steady_ppm * 3 // 4, STEADIEST_PPM)
            self._rate_ppm, self._steady_ppm = measured_ppm, min(self._hal.drift_ppm, widest_ppm)
        elif self._synced_ms is not None:
            return
        self._learnt_ms, self._learnt_at_ms = uptime_ms, now_ms

    def _is_confirmed(self, now_ms: int, uptime_ms: int) -> bool:
        """Tell whether a contradicting reading repeats that of an earlier connection; else doubt the clock from now."""
        if self._doubted_ms is not None:
            since_ms = uptime_ms - self._doubted_ms
            strayed_ms = since_ms * self._hal.drift_ppm // 1000000 + READING_MS + SLACK_MS
            if abs(now_ms - self._doubted_at_ms - since_ms) <= strayed_ms:
                if since_ms >= CONFIRM_MS:
                    self._learnt_ms, self._learnt_at_ms = uptime_ms, now_ms
                return since_ms >= CONFIRM_MS
        self._doubted_ms, self._doubted_at_ms = uptime_ms, now_ms
        return False
