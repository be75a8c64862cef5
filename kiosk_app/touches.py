"""Fingers on the glass: which touch counts. Two fingers are one vote, a resting hand stops nobody."""

COOL_MS = 350  # after a touch that counted; the next page has other answers in the same place
STUCK_MS = 10_000  # a finger that lies there longer is a drop of water, or a bag on the frame
MOST_FINGERS = 32

CORNERS = ("corner.cleaning", "corner.staff")


class Touches:
    """Knows the fingers that lie on something, and when a touch last counted."""

    def __init__(self) -> None:
        self._down: dict[int, tuple[str, int]] = {}
        self._counted_ms = -COOL_MS

    def counts(self, target: str, finger: int, now_ms: int) -> bool:
        """Note a finger that came down; tell whether its touch counts.

        Letters and digits count always: who types with two thumbs has the next one down before the last is up.
        """
        others = [down for other, down in self._down.items() if other != finger]
        self._down[finger] = (target, now_ms)
        while len(self._down) > MOST_FINGERS:  # a panel that forgets to say that fingers were lifted
            del self._down[next(iter(self._down))]
        if target.startswith(("key.", "digit.")):
            return True
        locked = any(now_ms - since_ms < STUCK_MS for other, since_ms in others if other)
        if locked or now_ms - self._counted_ms < COOL_MS:
            return False
        if target and target not in CORNERS:
            self._counted_ms = now_ms
        return True

    def changed_page(self, now_ms: int) -> None:
        """Let nothing count for a moment: what lay under the finger is now another thing."""
        self._counted_ms = now_ms

    def lifted(self, finger: int) -> None:
        """Note that a finger is gone."""
        self._down.pop(finger, None)

    def held(self, hold_ms: int, now_ms: int) -> str:
        """Return the corner that a finger has held for so long, once; else nothing."""
        for finger, (target, since_ms) in self._down.items():
            if target in CORNERS and now_ms - since_ms >= hold_ms:
                del self._down[finger]
                return target
        return ""
