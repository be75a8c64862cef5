"""When a box on batteries connects and how long it sleeps: a pure machine of moments that chip and tests share."""

from collections import namedtuple

from device import hours

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from device.limits import Schedule

HOUR_MS = 3600000
SILENT_MS = 20 * HOUR_MS  # at the latest it says that it is alive, and hears the time
BACK_OFF_MS = (1 * HOUR_MS, 2 * HOUR_MS, 4 * HOUR_MS, 8 * HOUR_MS)
LONGEST_SPREAD_S = 300

CONNECT, SLEEP = "connect", "sleep"
Plan = namedtuple("Plan", ("action", "until_ms", "wake_buttons"))
"""CONNECT now, or SLEEP until an uptime; one of `wake_buttons` ends the sleep earlier."""


class Power:
    """Is told what happens, with the uptime and, where it is roughly known, the time of day; answers with a plan.

    A cold start connects at once, to hear the time. Then: every `batch_s` while the point is open and something waits,
    at once when `earlier_at` responses wait, once more at closing, not at night. A failure is followed by 1, 2, 4, then
    8 hours, each shortened by up to a quarter by chance. Every box adds an amount of its own to all moments that
    boxes have in common, or a whole county would connect in the same second.
    """

    def __init__(self, urandom: "Callable[[int], bytes]", retained: "list[int] | None" = None) -> None:
        self._urandom = urandom
        self._due_ms, self._connected_ms, self._failures, self._spread = retained or [0, 0, 0, urandom(1)[0]]

    @property
    def retained(self) -> "list[int]":
        return [self._due_ms, self._connected_ms, self._failures, self._spread]

    def pressed(self, now_ms: int, at: "int | None", schedule: "Schedule", waiting: int) -> None:
        """Note a response, with how many now wait for the bridge."""
        if self._failures:
            return
        wanted_ms = self._connected_ms + schedule.batch_s * 1000 + self._spread_s(schedule) * 1000
        if waiting >= schedule.earlier_at:
            wanted_ms = now_ms
        self._due_ms = min(self._due_ms, self._within_hours(max(now_ms, wanted_ms), now_ms, at, schedule, True))

    def drained(self, now_ms: int, at: "int | None", schedule: "Schedule") -> None:
        """Note a connection over which everything was acknowledged."""
        self._failures = 0
        self._connected_ms = now_ms
        self._due_ms = self._within_hours(now_ms + SILENT_MS, now_ms, at, schedule, False)

    def failed(self, now_ms: int, at: "int | None", schedule: "Schedule") -> None:
        """Note a connection that did not come about, or did not get everything through."""
        pause_ms = BACK_OFF_MS[min(self._failures, len(BACK_OFF_MS) - 1)]
        self._failures += 1
        pause_ms -= pause_ms // 4 * self._urandom(1)[0] // 255
        self._due_ms = self._within_hours(now_ms + pause_ms, now_ms, at, schedule, False)

    def plan(self, now_ms: int, not_before_ms: int, button_count: int, stuck: "set[int]") -> Plan:
        """Return what to do now; a stuck button must not wake the box, or it would never sleep."""
        due_ms = max(self._due_ms, not_before_ms)
        buttons = tuple([button for button in range(1, button_count + 1) if button not in stuck])
        return Plan(CONNECT if now_ms >= due_ms else SLEEP, due_ms, buttons)

    def _spread_s(self, schedule: "Schedule") -> int:
        longest_s: int = min(LONGEST_SPREAD_S, schedule.batch_s // 10)
        return longest_s * self._spread // 255

    def _within_hours(self, wanted_ms: int, now_ms: int, at: "int | None", schedule: "Schedule", flushes: bool) -> int:
        """Return the moment, moved to closing time or to the next opening when it is at night."""
        if at is None:
            return wanted_ms
        wanted_at = at + (wanted_ms - now_ms) // 1000
        closes_at = hours.closes_at(schedule, at) if hours.is_open(schedule, at) else at
        if closes_at is None or wanted_at < closes_at:
            return wanted_ms
        moved_at = closes_at if flushes and closes_at > at else hours.opens_at(schedule, wanted_at)
        if moved_at is None or moved_at == wanted_at:
            return wanted_ms
        return now_ms + (moved_at - at + self._spread_s(schedule)) * 1000
