"""How long a page waits for somebody, and when it asks whether anybody is there."""

WARNING_MS = 20_000  # as long as WCAG 2.2.1 asks for, to say that one is still there


class Waiting:
    """One page's patience; a page without a time waits for ever."""

    def __init__(self) -> None:
        self.is_warning = False
        self._lasts_ms = 0
        self._ends_ms = 0

    def begin(self, lasts_ms: int, now_ms: int) -> None:
        """Wait for so long from now on; 0 for ever."""
        self._lasts_ms = lasts_ms
        self.again(now_ms)

    def again(self, now_ms: int) -> None:
        """Somebody is there: wait as long once more."""
        self.is_warning = False
        self._ends_ms = now_ms + self._lasts_ms if self._lasts_ms else 0

    def forget(self) -> None:
        """Wait for ever, until somebody is there."""
        self._ends_ms = 0

    def left_ms(self, now_ms: int) -> int:
        """Return what is left of the time."""
        return max(0, self._ends_ms - now_ms) if self._ends_ms else 0

    def is_over(self, now_ms: int) -> bool:
        """Tell whether nobody came in time."""
        return self._ends_ms > 0 and now_ms >= self._ends_ms

    def warns(self, now_ms: int) -> bool:
        """Tell, once, that it is time to ask whether somebody is there."""
        begins = not self.is_warning and self._ends_ms > 0 and self.left_ms(now_ms) <= WARNING_MS
        self.is_warning = self.is_warning or begins
        return begins
