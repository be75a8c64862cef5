"""Seconds since the cold start from ticks that wrap, and the time of day once somebody told it."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Ticks(Protocol):
        """The chip's tick counter."""

        def ticks_ms(self) -> int: ...
        def ticks_diff(self, end: int, start: int) -> int: ...


EARLIEST_AT = 1735689600  # 2025-01-01: an earlier time is some chip's idea of its own birth


class Clock:
    """Must be read once in six days: MicroPython's ticks wrap after 12.4, and a difference reaches half of that."""

    def __init__(self, hal: "Ticks") -> None:
        self._hal = hal
        self._last = hal.ticks_ms()
        self._elapsed_ms = 0
        self._started_at: int | None = None

    def uptime_ms(self) -> int:
        """Return milliseconds since the start; never wraps."""
        ticks = self._hal.ticks_ms()
        self._elapsed_ms += self._hal.ticks_diff(ticks, self._last)
        self._last = ticks
        return self._elapsed_ms

    def uptime_s(self) -> int:
        return self.uptime_ms() // 1000

    def set(self, now_at: int) -> None:
        """Take the time of day from somebody who knows it; an impossible one is left."""
        if now_at >= EARLIEST_AT:
            self._started_at = now_at - self.uptime_s()

    def at(self) -> "int | None":
        """Return Unix seconds, or None while nobody has told."""
        return None if self._started_at is None else self._started_at + self.uptime_s()
