"""The press path: an edge of a button becomes a response in flash, and only then earns its thanks."""

from device import slots
from device.buttons import HOLD, Buttons
from device.gestures import Gestures
from device.lamps import Lamps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    from device.clock import Clock
    from device.outbox import Outbox
    from device.survey import SurveyFile

    class Panel(Protocol):
        """What a visitor touches and sees, and who hears of it."""

        def report(self, event: str, fields: "dict[str, Any]") -> None: ...
        def light(self, lamps: int, service: bool, hertz: int) -> None: ...
        def feed(self) -> None: ...
        async def next_edge(self, timeout_ms: int) -> "tuple[int, bool | None, int] | None": ...


FEEDS_MS = 1000  # the watchdog hears of a healthy press path at least so often
COUNTDOWN_MS = 1000
LAST_MS = 10000  # of the cleaning; the lamps then blink faster


class NotCounted(Exception):
    """A press that means nothing here; the text says why."""


class PressPath:
    """Waits for no network, and ends only with the watchdog: whatever fails in it is counted, and the next press taken.

    `changed` is called after every response; `is_wanted` tells whether the staff should look at the box.
    """

    def __init__(  # noqa: PLR0917  # six parts that are one thing each
        self,
        panel: "Panel",
        outbox: "Outbox",
        clock: "Clock",
        surveys: "SurveyFile",
        gestures: Gestures,
        buttons: Buttons,
    ) -> None:
        self.panel = panel
        self.outbox = outbox
        self.clock = clock
        self.surveys = surveys
        self.gestures = gestures
        self.buttons = buttons
        self.lamps = Lamps(panel.light)
        self.changed: Callable[[], None] = nothing
        self.held_both: Callable[[], None] = nothing
        self.is_wanted: Callable[[], bool] = is_not
        self.failures = 0
        self._counted_ms = 0

    async def run(self) -> None:
        """Take presses for as long as the box runs. Without a healthy step the watchdog is not fed."""
        while True:
            try:
                await self.step()
                self.panel.feed()
            except Exception:  # noqa: BLE001  # also out of memory: the next press may find some
                self.failures += 1

    async def step(self) -> None:
        """Wait for an edge, or until an earlier one becomes sure, and do what follows."""
        now_ms = self.clock.uptime_ms()
        self.buttons.hold_ms = self.surveys.limits.hold_ms
        waits_ms = (FEEDS_MS, self.buttons.wait_ms(now_ms), self.lamps.wait_ms(now_ms))
        edge = await self.panel.next_edge(min([wait_ms for wait_ms in waits_ms if wait_ms is not None]))
        if edge:
            self._on_edge(edge[0], edge[1], self.clock.uptime_of(edge[2]))
        now_ms = self.clock.uptime_ms()
        for found in self.buttons.take(now_ms):
            if found.kind == HOLD:
                self.hold(found.at_ms)
            else:
                self.press(found.button, found.at_ms)
        self._count_down(now_ms)
        self.lamps.go_on(now_ms)

    def _on_edge(self, button: int, is_down: "bool | None", at_ms: int) -> None:
        if is_down is None:
            self.press(button, at_ms)
        else:
            self.buttons.edge(button, is_down, at_ms)

    def press(self, button: int, at_ms: "int | None" = None) -> None:
        """Store the press of a button, counted from 1, and thank; or refuse so that the visitor sees it."""
        pressed_ms = self.clock.uptime_ms() if at_ms is None else at_ms
        try:
            record, pattern = self._store(button, pressed_ms)
        except Exception as error:  # noqa: BLE001  # also out of memory: the visitor must see that it does not count
            self.refuse(reason(error))
            return
        self._tell(record)
        self.lamps.show(self.clock.uptime_ms(), 1 << (button - 1), pattern, *(("service",) if self.is_wanted() else ()))
        self._guarded(self.changed)

    def _store(self, button: int, at_ms: int) -> "tuple[dict[str, Any], str]":
        """Return the record that flash now holds, and the pattern that tells the visitor."""
        survey = self.surveys.current
        if survey is None or not 1 <= button <= self.buttons.count:
            raise NotCounted("no survey yet" if survey is None else "no such button")
        meaning = self.gestures.meaning(button, at_ms, survey.limits)
        moment = (at_ms // 1000, self.clock.at(at_ms))
        if meaning.undoes:
            slot = slots.undo(meaning.undoes, *moment)
        else:
            slot = slots.press(survey.lowest + button - 1, survey.language, *moment, meaning.flags)
        record = self.outbox.put(slot, survey.version, survey.question)
        self.gestures.stored(button, at_ms, record["seq"] or 0, meaning)  # a counted press has none
        return record, "undo" if meaning.undoes else "cleaning" if "cleaning" in meaning.flags else "thanks"

    def hold(self, at_ms: int) -> None:
        """Begin or end the cleaning; the press with which the hold began is taken back."""
        began = self.gestures.hold(at_ms, self.surveys.limits, (1, self.buttons.count))
        self._counted_ms = 0
        if not self.gestures.cleaning_left_ms(at_ms):
            self.lamps.show(at_ms, self._all_lamps, "cleaning ends")
        self._guarded(self.held_both)
        if began:
            self._take_back(began, at_ms)

    def _take_back(self, seq: int, at_ms: int) -> None:
        try:
            record = self.outbox.put(slots.undo(seq, at_ms // 1000, self.clock.at(at_ms)))
        except Exception:  # noqa: BLE001  # the press that began the hold then stays, as one among many
            self.failures += 1
            return
        self._tell(record)
        self._guarded(self.changed)

    def refuse(self, why: str) -> None:
        """Show a visitor that the press does not count."""
        self._report("refused", {"reason": why})
        self.lamps.show(self.clock.uptime_ms(), 0, "refused")

    def _tell(self, record: "dict[str, Any]") -> None:
        content = {name: record[name] for name in record if name != "seq"}
        self._report("thanked", {"epoch": self.outbox.epoch, "seq": record["seq"], "content": content})

    def _report(self, event: str, fields: "dict[str, Any]") -> None:
        self._guarded(lambda: self.panel.report(event, fields))

    def _guarded(self, tell: "Callable[[], None]") -> None:
        """Let others know; what they trip over is counted, because flash has the press already."""
        try:
            tell()
        except Exception:  # noqa: BLE001
            self.failures += 1

    @property
    def _all_lamps(self) -> int:
        return (1 << self.buttons.count) - 1

    def _count_down(self, now_ms: int) -> None:
        """Blink while somebody cleans: with ever fewer lamps, faster when it is about to end, and once at the end."""
        left_ms = self.gestures.cleaning_left_ms(now_ms)
        if left_ms and now_ms - self._counted_ms >= (COUNTDOWN_MS if left_ms > LAST_MS else COUNTDOWN_MS // 4):
            self._counted_ms = now_ms
            lit = 1 + (self.buttons.count - 1) * left_ms // (self.surveys.limits.cleaning_s * 1000)
            self.lamps.show(now_ms, (1 << lit) - 1, "cleaning")
        elif self._counted_ms and not left_ms:
            self._counted_ms = 0
            self.lamps.show(now_ms, self._all_lamps, "cleaning ends")

    @property
    def is_quiet(self) -> bool:
        """True while no push, no lamp and no cleaning goes on: a box on batteries may then sleep."""
        now_ms = self.clock.uptime_ms()
        is_shown = self.lamps.is_playing or self.gestures.cleaning_left_ms(now_ms) > 0
        return self.buttons.is_idle(now_ms) and not is_shown


def reason(error: Exception) -> str:
    """Return an error in words; some of MicroPython's have none."""
    return str(error).strip() or type(error).__name__


def nothing() -> None:
    """Nobody listens."""


def is_not() -> bool:
    """Nobody is wanted."""
    return False


async def out_of_service(panel: "Panel", error: Exception) -> None:
    """Refuse every press for as long as the box runs: its flash may hold responses, and nobody may format it."""
    panel.report("out_of_service", {"reason": reason(error)})
    while True:
        edge = await panel.next_edge(FEEDS_MS)
        panel.feed()
        if edge is None:
            panel.light(0, False, 0)
        elif edge[1] is not False:
            panel.light(0, True, 0)
            panel.report("refused", {"reason": "out of service: " + reason(error)})
