"""What a press means after those before it: a response, a repeated one, one while cleaning, or an undo."""

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from device.limits import Limits

BESIDE_MS = 1000  # how much earlier than the other the first of two buttons that are to be held may go down

Meaning = namedtuple("Meaning", ("undoes", "flags"))
"""`undoes` is the seq that the press takes back, 0 when it is a response with these `flags`."""


class Gestures:
    """Knows the last response and whether somebody is cleaning; `retained` goes to the next one after a sleep."""

    def __init__(self, retained: "list[int] | None" = None) -> None:
        self._button, self._seq, self._pressed_ms, self._cleaning_until_ms = retained or (0, 0, -1, 0)

    @property
    def retained(self) -> "list[int]":
        return [self._button, self._seq, self._pressed_ms, self._cleaning_until_ms]

    def meaning(self, button: int, at_ms: int, limits: "Limits") -> Meaning:
        """Return what a press of a button at this moment means."""
        if self.cleaning_left_ms(at_ms):
            return Meaning(0, ("cleaning",))
        since_ms = at_ms - self._pressed_ms if self._pressed_ms >= 0 else None
        if since_ms is None:
            return Meaning(0, ())
        if self._seq and button == self._button and since_ms < limits.undo_ms:
            return Meaning(self._seq, ())
        return Meaning(0, ("repeat",) if since_ms < limits.repeat_ms else ())

    def stored(self, button: int, at_ms: int, seq: int, meaning: Meaning) -> None:
        """Note that flash holds the response or the undo; an undo cannot be undone."""
        if "cleaning" not in meaning.flags:
            self._button, self._pressed_ms = button, at_ms
            self._seq = 0 if meaning.undoes else seq

    def hold(self, at_ms: int, limits: "Limits", outer: "tuple[int, int]") -> int:
        """Begin or end the cleaning; return the seq of the press of an outer button that the hold began with, or 0."""
        if self.cleaning_left_ms(at_ms):
            self._cleaning_until_ms = 0
            return 0
        self._cleaning_until_ms = at_ms + limits.cleaning_s * 1000
        is_of_hold = self._button in outer and at_ms - self._pressed_ms <= limits.hold_ms + BESIDE_MS
        began = self._seq if is_of_hold else 0  # else a visitor's: the hold's own press was refused
        self._seq = 0
        return began

    def cleaning_left_ms(self, now_ms: int) -> int:
        """Return how long somebody is still cleaning; it ends by itself."""
        return max(0, self._cleaning_until_ms - now_ms)

    def undo_left_ms(self, now_ms: int, limits: "Limits") -> int:
        """Return how long the last response can still be taken back."""
        return max(0, self._pressed_ms + limits.undo_ms - now_ms) if self._seq else 0
