"""What the lamps and the buzzer do: patterns as data, and a player that is asked what comes now."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

PATTERNS = {
    "thanks": ((True, False, 880, 80), (True, False, 0, 1420)),
    "refused": ((False, True, 220, 200), (False, True, 0, 1300)),
    "undo": ((True, False, 660, 80), (False, False, 0, 120), (True, False, 440, 80), (False, False, 0, 120)),
    "cleaning": ((True, True, 0, 100),),
    "cleaning ends": ((True, True, 0, 60), (False, False, 0, 60), (True, True, 440, 60)),
    "service": ((False, True, 0, 60), (False, False, 0, 200), (False, True, 0, 60)),
}
"""Steps: the chosen buttons' lamps, the service lamp, the buzzer in Hz, milliseconds. All is dark afterwards.

`service` is for the staff, after what the visitor was shown: somebody should look at the box. That it is offline is
nothing to show: what it stores is delivered later.
"""


class Lamps:
    """Plays one pattern at a time; a new one ends the one before. A broken lamp is counted and never stops anything.

    `light` takes the buttons' lamps as bits, the lowest for button 1, then the service lamp and the buzzer.
    """

    def __init__(self, light: "Callable[[int, bool, int], None]") -> None:
        self._light = light
        self._lamps = 0
        self._steps: list[tuple[bool, bool, int, int]] = []  # still to come
        self._until_ms: int | None = None  # when the present one ends
        self.failures = 0

    @property
    def is_playing(self) -> bool:
        return self._until_ms is not None

    def show(self, now_ms: int, lamps: int, *names: str) -> None:
        """Light the first step now; the others follow from `go_on`."""
        self._lamps = lamps
        self._steps = [step for name in names for step in PATTERNS[name]]
        self._next(now_ms)

    def go_on(self, now_ms: int) -> None:
        """Light what is due by now."""
        while self._until_ms is not None and now_ms >= self._until_ms:
            self._next(self._until_ms)

    def wait_ms(self, now_ms: int) -> "int | None":
        """Return how long the present step lasts, or None when all is dark."""
        return None if self._until_ms is None else max(0, self._until_ms - now_ms)

    def left_ms(self, now_ms: int) -> int:
        """Return how long the whole pattern still lasts."""
        return (self.wait_ms(now_ms) or 0) + sum([step[3] for step in self._steps])

    def _next(self, began_ms: int) -> None:
        lamps, service, hertz, self._until_ms = 0, False, 0, None
        if self._steps:
            is_lit, service, hertz, duration_ms = self._steps.pop(0)
            lamps, self._until_ms = self._lamps if is_lit else 0, began_ms + duration_ms
        try:
            self._light(lamps, service, hertz)
        except Exception:  # noqa: BLE001  # the press is in flash already, whatever the lamp does
            self.failures += 1
