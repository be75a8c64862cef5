"""A simulated box in a terminal: keys are its buttons, one screen shows its lamps, its outbox and its link."""

import asyncio
import sys

from device.settings import BUTTONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from device.app import App
    from device.settings import Settings
    from device.simulated_hal import SimulatedHal

GREEN, RED, YELLOW, DIM, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
CLEAR = "\x1b[2J\x1b[H"
REDRAWN_S = 0.5  # while something counts down


class Terminal:
    """Whoever starts it sets the terminal raw, and back afterwards."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._keys = "0123456789-" if settings.model == "button-11" else "12345"[: BUTTONS[settings.model]]
        self._events: dict[str, dict[str, Any]] = {}
        self._light = DIM + "off" + PLAIN
        self._app: App | None = None

    def show(self, event: "dict[str, Any]") -> None:
        """Take an event of the box and draw the screen anew."""
        self._events[event["event"]] = event
        if event["event"] == "thanked":
            did = "undone" if "undoes" in event["content"] else "thank you"
            self._light = f"{GREEN}{did}{PLAIN}  (response {event['seq']} is in flash)"
        elif event["event"] == "refused":
            self._light = f"{RED}out of service{PLAIN}  ({event['reason']})"
        self.draw()

    def draw(self) -> None:
        """Write the screen."""
        sys.stdout.write(CLEAR + "\r\n".join(self.screen()) + "\r\n")

    def screen(self) -> "list[str]":
        """Return the lines of the screen."""
        outbox = self._events.get("outbox", {})
        waiting = outbox.get("next_seq", 1) - 1 - outbox.get("acked_seq", 0)
        return [
            f"Hymio {self._settings.model}  {self._settings.device_id}  {self._settings.host}:{self._settings.port}",
            "",
            "  light   " + self._light,
            f"  outbox  {waiting} waiting, {outbox.get('acked_seq', 0)} acknowledged by the bridge",
            "  link    " + self._link(),
            "  box     " + self._condition(),
            "",
            "  " + "  ".join([self._button(number) for number in range(len(self._keys))]),
            DIM + "  worst on the left, best on the right; c holds both outer buttons, q quits" + PLAIN,
        ]

    def _button(self, number: int) -> str:
        lit = self._events.get("light", {"lamps": 0})["lamps"] >> number & 1
        return f"{GREEN if lit else ''}[{self._keys[number]}]{PLAIN if lit else ''}"

    def _link(self) -> str:
        link = self._events.get("link", {"state": "not started"})
        colour = GREEN if link["state"] == "answered" else YELLOW
        told = link.get("reason") or link.get("trouble")
        shown: str = colour + link["state"] + PLAIN + (f"  ({told})" if told else "")
        return shown

    def _condition(self) -> str:
        """Return what goes on in the box: cleaning, a press that can be undone, sleep, what the staff should know."""
        said = [self._events.get("power", {"state": "awake"})["state"]]
        if self._app:
            path, now_ms = self._app.path, self._app.clock.uptime_ms()
            cleaning_ms = path.gestures.cleaning_left_ms(now_ms)
            undo_ms = path.gestures.undo_left_ms(now_ms, path.surveys.limits)
            said += [f"cleaning, {cleaning_ms // 1000} s left"] if cleaning_ms else []
            said += [f"undo for {undo_ms // 1000 + 1} s by the same button"] if undo_ms else []
            said += sorted(self._app.link.alarms)
        return ", ".join(said)

    async def watch(self, app: "App") -> None:
        """Draw again and again while a time runs out."""
        self._app = app
        drawn = ""
        while True:
            condition = self._condition()
            if condition != drawn:
                drawn = condition
                self.draw()
            await asyncio.sleep(REDRAWN_S)

    async def keys(self, hal: "SimulatedHal") -> None:
        """Push buttons as keys are struck, until q, Ctrl-C, Ctrl-D or the end of input."""
        reader = asyncio.StreamReader(sys.stdin.buffer)  # type: ignore[arg-type]  # MicroPython's takes a stream
        while True:
            key = await reader.read(1)
            if key in (b"", b"q", b"\x03", b"\x04"):
                return
            button = self._keys.find(key.decode()) + 1 if key < b"\x80" else 0
            if button:
                hal.push(button)
            elif key == b"c" and self._app:
                hal.hold((1, len(self._keys)), self._app.path.surveys.limits.hold_ms + 500)
