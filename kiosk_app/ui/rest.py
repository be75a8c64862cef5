"""Spares the panel: moves the picture by some pixels, and goes black when nobody has come for long; no Kivy."""

MOVES_MS = 60_000  # how often the picture moves
TURNS_MS = 12_000  # how long a note is shown
PATH = ((0, 0), (2, 1), (3, 3), (1, 2), (-1, 3), (-3, 2), (-2, 0), (-3, -2), (-1, -3), (1, -2), (3, -3), (2, -1))


class Rest:
    """Told when somebody is there, it says where the picture stands and whether it is dark."""

    def __init__(self, dark_after_ms: int) -> None:
        """Never go dark with 0."""
        self._dark_after_ms = dark_after_ms
        self._since_ms = 0

    def stir(self, now_ms: int) -> bool:
        """Note that somebody touched or pressed something; tell whether that only woke the screen."""
        was_dark = self.is_dark(now_ms)
        self._since_ms = now_ms
        return was_dark

    def is_dark(self, now_ms: int) -> bool:
        """Tell whether nobody has been there for so long."""
        return bool(self._dark_after_ms) and now_ms - self._since_ms >= self._dark_after_ms

    @staticmethod
    def offset(now_ms: int) -> tuple[int, int]:
        """Return by how many pixels the picture stands beside its place."""
        return PATH[now_ms // MOVES_MS % len(PATH)]

    @staticmethod
    def turn(now_ms: int) -> int:
        """Return which turn of the notes it is."""
        return now_ms // TURNS_MS
