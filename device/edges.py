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
UP, PUSH, DOWN = 0, 64, 128  # what happened to a button, beside its number


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
        self._edges = bytearray(KEPT)  # the number of the button, and what happened to it
        self._written = 0
        self._read = 0
        self._caught = bytearray([is_down(pin) for pin in pins])  # as the newest edge of each in the ring says
        self._told = bytearray(self._caught)  # as the reader was told
        self._busy_from = ticks.ticks_ms()
        self._busy_until = self._busy_from
        self._is_busy = False
        self._may_hide = bytearray(len(pins))  # 1 until the first interrupt of a pin since flash was busy
        # Made now: a bound method is an object, and an interrupt must not make any.
        self.handlers = [Handler(self, number).caught for number in range(len(pins))]

    @property
    def held(self) -> "tuple[int, ...]":
        """The buttons that are down at this moment."""
        return tuple([number + 1 for number, pin in enumerate(self._pins) if is_down(pin)])

    def caught(self, number: int, is_down_now: bool) -> None:
        """Keep an edge; called in an interrupt."""
        now = self._ticks_ms()
        if self._caught[number] != is_down_now:
            self._keep(number, DOWN if is_down_now else UP, now)
        elif self._may_hide[number] and not is_down_now and self._was_busy(now):
            self._keep(number, PUSH, self._busy_from)
        else:  # there and back before anybody could look: contacts that bounce
            self._keep(number, UP if is_down_now else DOWN, now)
            self._keep(number, DOWN if is_down_now else UP, now)
        # A second interrupt is a bounce of the first, not another push.
        self._may_hide[number] = False
        self._wake()

    def _was_busy(self, now: int) -> bool:
        return self._is_busy or self._ticks_diff(now, self._busy_until) < LATE_MS

    def _keep(self, number: int, what: int, at: int) -> None:
        if self._written - self._read < KEPT:
            self._moments[self._written % KEPT] = at
            self._edges[self._written % KEPT] = number | what
            self._caught[number] = what == DOWN
            self._written += 1

    def take(self) -> "tuple[int, bool | None, int] | None":
        """Return the oldest edge as button, whether it went down, and ticks; None when there is none.

        Whether it went down is None for a whole push that nobody saw but as a change.
        """
        if self._read != self._written:
            edge, at = self._edges[self._read % KEPT], self._moments[self._read % KEPT]
            self._read += 1
            return self._tell(edge & 63, edge & (DOWN | PUSH), at)
        for number, pin in enumerate(self._pins):
            # An interrupt got lost: the ring was full, or the interpreter's own queue.
            if is_down(pin) != self._told[number] and self._read == self._written:
                self._caught[number] = is_down(pin)
                return self._tell(number, DOWN if self._caught[number] else UP, self._ticks_ms())
        return None

    def _tell(self, number: int, what: int, at: int) -> "tuple[int, bool | None, int]":
        self._told[number] = what == DOWN
        return number + 1, None if what == PUSH else what == DOWN, at

    def busy(self, is_busy: bool) -> None:
        """Note that flash begins or ends an operation during which no interrupt runs."""
        self._is_busy = is_busy
        if is_busy:
            self._busy_from = self._ticks_ms()
            for number in range(len(self._pins)):
                self._may_hide[number] = True
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
