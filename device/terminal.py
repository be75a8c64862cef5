"""A simulated box in a terminal: keys are its buttons, one screen shows its light, its outbox and its link."""

import asyncio
import sys

from device.settings import BUTTONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from device.settings import Settings
    from device.simulated_hal import SimulatedHal

GREEN, RED, YELLOW, DIM, PLAIN = "\x1b[32m", "\x1b[31m", "\x1b[33m", "\x1b[2m", "\x1b[0m"
CLEAR = "\x1b[2J\x1b[H"


class Terminal:
    """Whoever starts it sets the terminal raw, and back afterwards."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._keys = "0123456789-" if settings.model == "button-11" else "12345"[: BUTTONS[settings.model]]
        self._events: dict[str, dict[str, Any]] = {}
        self._light = DIM + "off" + PLAIN

    def show(self, event: "dict[str, Any]") -> None:
        """Take an event of the box and draw the screen anew."""
        self._events[event["event"]] = event
        if event["event"] == "thanked":
            self._light = f"{GREEN}thank you{PLAIN}  (response {event['seq']} is in flash)"
        elif event["event"] == "refused":
            self._light = f"{RED}out of service{PLAIN}  ({event['reason']})"
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
            "",
            "  " + "  ".join([f"[{key}]" for key in self._keys]),
            DIM + "  worst on the left, best on the right; q quits" + PLAIN,
        ]

    def _link(self) -> str:
        link = self._events.get("link", {"state": "not started"})
        colour = GREEN if link["state"] == "answered" else YELLOW
        told = link.get("reason") or link.get("trouble")
        shown: str = colour + link["state"] + PLAIN + (f"  ({told})" if told else "")
        return shown

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
