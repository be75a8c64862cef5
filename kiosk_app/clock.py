"""Time without a clock of one's own: seconds since the start, and the time of day as the bridge last told it."""

from collections.abc import Callable

EARLIEST_AT = 1_735_689_600  # 2025-01-01: before it nobody had this program
SURE_MS = 10 * 86_400_000  # a crystal of 50 millionths strays by most of a minute in it
APART_MS = 60_000
CONFIRM_MS = 600_000


class Clock:
    """A Raspberry Pi's own clock may be years off after a power cut, so only the bridge is believed.

    A reading that contradicts the one before leaves everybody in doubt, until a third comes that agrees with it ten
    minutes later or more: the wrong one of the two may have been either.
    """

    def __init__(self, monotonic_ms: Callable[[], int]) -> None:
        self._monotonic_ms = monotonic_ms
        self._started_ms = monotonic_ms()
        self._known: tuple[int, int] | None = None  # Unix milliseconds at uptime 0, and the uptime of the reading
        self._doubt: tuple[int, int] | None = None

    def uptime_ms(self) -> int:
        """Return milliseconds since this boot began."""
        return self._monotonic_ms() - self._started_ms

    def at(self) -> int | None:
        """Return Unix seconds; None while nobody can say them to within a minute."""
        known, now_ms = self._known, self.uptime_ms()
        if known is None or self._doubt or now_ms - known[1] > SURE_MS:
            return None
        return (known[0] + now_ms) // 1000

    def set(self, now_at: int) -> None:
        """Take the time of day from a bridge that was verified."""
        now_ms = self.uptime_ms()
        zero_ms = now_at * 1000 + 500 - now_ms
        if now_at < EARLIEST_AT:
            return
        if self._known is None or abs(zero_ms - self._known[0]) <= APART_MS:
            self._known, self._doubt = (zero_ms, now_ms), None
        elif self._doubt is None or abs(zero_ms - self._doubt[0]) > APART_MS:
            self._doubt = (zero_ms, now_ms)
        elif now_ms - self._doubt[1] >= CONFIRM_MS:
            self._known, self._doubt = (zero_ms, now_ms), None
