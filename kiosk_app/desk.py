"""What the staff do behind their corner: type their PIN, read how the kiosk is, take away what it holds."""

from typing import Protocol

LONGEST_PIN = 12

Rows = tuple[tuple[str, str], ...]


class Staff(Protocol):
    """What the staff may see and do after their PIN."""

    @property
    def has_pin(self) -> bool: ...
    def opens(self, pin: str, now_ms: int) -> bool: ...
    def rows(self, language: str) -> Rows: ...
    def export(self, language: str) -> Rows: ...


class Desk:
    """Remembers the digits typed and the lines shown; `leave` forgets both."""

    def __init__(self, staff: Staff) -> None:
        self.rows: Rows = ()
        self._staff = staff
        self._pin = ""

    @property
    def is_there(self) -> bool:
        """Whether there is anything behind the corner."""
        return self._staff.has_pin

    @property
    def digits(self) -> int:
        """How many digits were typed."""
        return len(self._pin)

    def type(self, digit: str) -> None:
        """Take one more digit."""
        self._pin = (self._pin + digit)[:LONGEST_PIN]

    def erase(self) -> None:
        """Take the last digit back."""
        self._pin = self._pin[:-1]

    def opens(self, language: str, now_ms: int) -> bool:
        """Tell whether the PIN was right, and have the lines ready; the next try begins anew."""
        pin, self._pin = self._pin, ""
        is_open = self._staff.opens(pin, now_ms)
        self.rows = self._staff.rows(language) if is_open else ()
        return is_open

    def export(self, language: str) -> None:
        """Save what is held, and show how that went."""
        self.rows = self._staff.export(language)

    def leave(self) -> None:
        """Forget what was typed and shown."""
        self._pin, self.rows = "", ()
