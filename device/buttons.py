"""Presses out of bouncing contacts: one press for one push, whatever hands and springs do."""

SAMPLE_MS = 10
SETTLED = 3  # samples in a row: contacts bounce for 5 to 20 ms


class Buttons:
    """Takes what the pins read every SAMPLE_MS.

    While any button is down no other counts, so two at once are one press, and a stuck one is a single press.
    """

    def __init__(self, count: int) -> None:
        self._down = [0] * count  # samples in a row
        self._released = 0
        self._is_armed = False  # a button that is held while the box starts is not a press

    def sample(self, levels: "list[bool]") -> int:
        """Return the number of the button that is newly pressed, counted from 1, or 0; a level is True while down."""
        self._released = 0 if any(levels) else self._released + 1
        if self._released >= SETTLED:
            self._is_armed = True
        self._down = [held + 1 if level else 0 for held, level in zip(self._down, levels)]
        if self._is_armed and max(self._down) >= SETTLED:
            self._is_armed = False
            return self._down.index(max(self._down)) + 1
        return 0
