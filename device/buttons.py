"""Presses out of edges: one press for one push, whatever contacts, hands and springs do."""

from collections import namedtuple

SETTLE_MS = 30  # contacts bounce for 5 to 20 ms, and no finger is as fast as this
STUCK_MS = 30000

PRESS, HOLD = "press", "hold"
Found = namedtuple("Found", ("kind", "button", "at_ms"))
"""PRESS of a button, counted from 1, at the edge that began it; HOLD of both outer buttons, with button 0."""


class Buttons:
    """Takes edges in order, with the moment of each, and tells what they were once that is sure.

    Two at once are one press: of the button that settles first. Until all are up again no other counts, but a button
    that is down for STUCK_MS is stuck: it was one press, and the others go on without it. `held` are the buttons that
    are down at the start: their push began before it and is nobody's press. `hold_ms` is settable; 0: never a HOLD.
    """

    def __init__(self, count: int, now_ms: int = 0, held: "tuple[int, ...]" = ()) -> None:
        self.count = count
        self._outer = (0, count - 1)
        self._is_down = [number + 1 in held for number in range(count)]  # as the pins say
        self._edge_ms = [now_ms] * count
        self._since_ms: list[int | None] = [now_ms if is_down else None for is_down in self._is_down]  # settled down
        self._has_told_hold = False
        self._found: list[Found] = []
        self.hold_ms = 0
        self.stuck: set[int] = set()
        self.ignored = 0

    def edge(self, button: int, is_down: bool, at_ms: int) -> None:
        """Take one edge of a button, counted from 1."""
        self._settle(at_ms)
        if self._is_down[button - 1] != is_down:
            self._is_down[button - 1] = is_down
            self._edge_ms[button - 1] = at_ms

    def take(self, now_ms: int) -> "list[Found]":
        """Return what has become sure by now."""
        self._settle(now_ms)
        found, self._found = self._found, []
        return found

    def wait_ms(self, now_ms: int) -> "int | None":
        """Return how long it takes until something may become sure without another edge; None: nothing will."""
        moments = []
        for number, since_ms in enumerate(self._since_ms):
            if self._is_down[number] != (since_ms is not None):
                moments.append(self._edge_ms[number] + SETTLE_MS)
            elif since_ms is not None and number + 1 not in self.stuck:
                moments.append(since_ms + STUCK_MS)
        held_ms = self._outer_since_ms()
        if held_ms is not None:
            moments.append(held_ms + self.hold_ms)
        return max(0, min(moments) - now_ms) if moments else None

    def is_idle(self, now_ms: int) -> bool:
        """Tell whether all buttons are up, or stuck, and no contact may still be bouncing."""
        for number, is_down in enumerate(self._is_down):
            if number + 1 not in self.stuck and (is_down or now_ms - self._edge_ms[number] < SETTLE_MS):
                return False
        return True

    def _settle(self, now_ms: int) -> None:
        for number in sorted(range(len(self._is_down)), key=lambda number: self._edge_ms[number]):
            was_down = self._since_ms[number] is not None
            if self._is_down[number] != was_down and now_ms - self._edge_ms[number] >= SETTLE_MS:
                if was_down:
                    self._went_up(number)
                else:
                    self._went_down(number)
        self._find_stuck(now_ms)
        self._find_hold(now_ms)

    def _went_down(self, number: int) -> None:
        if any(since_ms is not None and other + 1 not in self.stuck for other, since_ms in enumerate(self._since_ms)):
            self.ignored += 1
        else:
            self._found.append(Found(PRESS, number + 1, self._edge_ms[number]))
        self._since_ms[number] = self._edge_ms[number]

    def _went_up(self, number: int) -> None:
        self._since_ms[number] = None
        self.stuck.discard(number + 1)
        if number in self._outer:
            self._has_told_hold = False

    def _find_stuck(self, now_ms: int) -> None:
        for number, since_ms in enumerate(self._since_ms):
            if since_ms is not None and self._is_down[number] and now_ms - since_ms >= STUCK_MS:
                self.stuck.add(number + 1)

    def _outer_since_ms(self) -> "int | None":
        """Return since when both outer buttons are held, until that was told; a stuck one is not held by anybody."""
        if self._has_told_hold or not self.hold_ms:
            return None
        first, last = self._since_ms[self._outer[0]], self._since_ms[self._outer[1]]
        if first is None or last is None or self._outer[0] + 1 in self.stuck or self._outer[1] + 1 in self.stuck:
            return None
        return max(first, last)

    def _find_hold(self, now_ms: int) -> None:
        since_ms = self._outer_since_ms()
        if since_ms is not None and now_ms - since_ms >= self.hold_ms:
            self._has_told_hold = True
            self._found.append(Found(HOLD, 0, since_ms + self.hold_ms))
