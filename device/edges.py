"""Edges of the buttons: caught by interrupts without memory of their own, and kept until somebody has time for them."""

from array import array

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Ticks(Protocol):
        """The chip's tick counter."""

        def ticks_ms(self) -> int: ...
        def ticks_diff(self, end: int, start: int) -> int: ...


KEPT = 64  # edges: more than a hammering child makes while flash erases
LATE_MS = 5  # within which an interrupt that waited for an erase comes after it


class Edges:
    """Buttons that pull their pins to ground, counted from 1; `wake` is called for every edge, in the interrupt.

    The ring has one writer and one reader, and nothing is allocated to write into it: an interrupt may come in the
    middle of a garbage collection. While flash erases, no interrupt runs; a pin then remembers only that it changed.
    """

    def __init__(self, pins: "list[Any]", ticks: "Ticks", wake: "Callable[[], None]") -> None:
        self._pins = pins
        self._ticks_ms = ticks.ticks_ms
        self._ticks_diff = ticks.ticks_diff
        self._wake = wake
        self._moments = array("i", [0] * KEPT)
        self._edges = bytearray(KEPT)  # the number of the button, and 128 while it is down
        self._written = 0
        self._read = 0
        self._caught = bytearray([is_down(pin) for pin in pins])  # as the newest edge of each in the ring says
        self._told = bytearray(self._caught)  # as the reader was told
        self._busy_from = ticks.ticks_ms()
        self._busy_until = self._busy_from
        self._is_busy = False
        # Made now: a bound method is an object, and an interrupt must not make any.
        self.handlers = [Handler(self, number).caught for number in range(len(pins))]

    @property
    def held(self) -> "tuple[int, ...]":
        """The buttons that are down at this moment."""
        return tuple([number + 1 for number, pin in enumerate(self._pins) if is_down(pin)])

    def caught(self, number: int, is_down_now: bool) -> None:
        """Keep an edge; called in an interrupt."""
        now = self._ticks_ms()
        if self._caught[number] == is_down_now:
            # It went there and back before anybody could look: contacts that bounce, or a whole push during an erase.
            self._keep(number, not is_down_now, self._hidden_since(now))
        self._keep(number, is_down_now, now)
        self._wake()

    def _hidden_since(self, now: int) -> int:
        if self._is_busy or self._ticks_diff(now, self._busy_until) < LATE_MS:
            return self._busy_from
        return now

    def _keep(self, number: int, is_down_now: bool, at: int) -> None:
        if self._written - self._read < KEPT:
            self._moments[self._written % KEPT] = at
            self._edges[self._written % KEPT] = number | (128 if is_down_now else 0)
            self._caught[number] = is_down_now
            self._written += 1

    def take(self) -> "tuple[int, bool, int] | None":
        """Return the oldest edge as button, whether it went down, and ticks; None when there is none."""
        if self._read != self._written:
            edge, at = self._edges[self._read % KEPT], self._moments[self._read % KEPT]
            self._read += 1
            return self._tell(edge & 127, edge >= 128, at)
        for number, pin in enumerate(self._pins):
            # An interrupt got lost: the ring was full, or the interpreter's own queue.
            if is_down(pin) != self._told[number] and self._read == self._written:
                self._caught[number] = is_down(pin)
                return self._tell(number, bool(self._caught[number]), self._ticks_ms())
        return None

    def _tell(self, number: int, is_down_now: bool, at: int) -> "tuple[int, bool, int]":
        self._told[number] = is_down_now
        return number + 1, is_down_now, at

    def busy(self, is_busy: bool) -> None:
        """Note that flash begins or ends an operation during which no interrupt runs."""
        self._is_busy = is_busy
        if is_busy:
            self._busy_from = self._ticks_ms()
        else:
            self._busy_until = self._ticks_ms()


class Handler:
    """What the interrupt of one pin calls."""

    def __init__(self, edges: Edges, number: int) -> None:
        self._edges = edges
        self._number = number

    def caught(self, pin: "Any") -> None:
        self._edges.caught(self._number, not pin.value())


def is_down(pin: "Any") -> bool:
    return not pin.value()
