"""A board made of files: virtual buttons and lights, flash in a file, everything that happens told as JSON lines."""

import asyncio
import os
import time

from device import VERSION
from device.flash import FileFlash
from device.protocol import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

TICKS_PERIOD = 1 << 30  # of MicroPython's ticks_ms
LOGGED = ("pressed", "thanked", "refused")


class SimulatedHal:
    """`tell` is called with every event; presses, thanks and refusals also stand in log.jsonl before it is called."""

    is_cold_start = True
    drift_ppm = 200  # of the machine that simulates, with its clock set from time to time
    built_at = 0
    woken_by = 0
    held: "tuple[int, ...]" = ()

    def __init__(
        self, directory: str, device_id: str, tell: "Callable[[dict[str, Any]], None]", options: "list[str]"
    ) -> None:
        self.directory = directory
        self.sleeps = "--battery" in options
        self._reset_cause = "watchdog" if "--watchdog" in options else "power on"
        self.flash = FileFlash(directory + "/outbox.flash")
        self._device_id = device_id
        self._tell = tell
        self._log = open(directory + "/log.jsonl", "a")  # noqa: SIM115  # open as long as the box runs
        self._started_ns = time.time_ns()
        self._pushes: list[tuple[int, int]] = []  # button, and since the start in ms
        self._edges: list[tuple[int, bool, int]] = []  # button, whether it goes down, and when it will
        self._has_edge = asyncio.Event()

    # What the firmware asks of a board

    def rtc_ms(self) -> int:
        return (time.time_ns() - self._started_ns) // 1000000

    def ticks_ms(self) -> int:
        return self.rtc_ms() % TICKS_PERIOD

    def ticks_diff(self, end: int, start: int) -> int:
        half = TICKS_PERIOD // 2
        return (end - start + half) % TICKS_PERIOD - half

    def urandom(self, size: int) -> bytes:
        return os.urandom(size)

    def identity(self) -> "dict[str, Any]":
        return {"board": "simulator", "firmware": VERSION, "reset_cause": self._reset_cause}

    def measured(self) -> "dict[str, Any]":
        return {}

    def report(self, event: str, fields: "dict[str, Any]") -> None:
        """Tell an event; one that a visitor sees is in the log, synced, before anyone hears of it."""
        told = fields | {"event": event}
        if event == "thanked":
            told["device_id"] = self._device_id
        if event in LOGGED:
            self._log.write(canonical.dumps(told) + "\n")
            self._log.flush()
        self._tell(told)

    def light(self, lamps: int, service: bool, hertz: int) -> None:
        self.report("light", {"lamps": lamps, "service": service, "hertz": hertz})

    def feed(self) -> None:
        """There is no watchdog: whoever runs the simulator sees that it hangs."""

    def retained(self) -> bytes:
        return b""

    def retain(self, _data: bytes) -> None:
        """The process lives on in its sleep, and with it all that it knows."""

    async def join_network(self, _hint: "Any") -> None:
        """The machine that simulates is already on a network."""

    async def next_edge(self, timeout_ms: int) -> "tuple[int, bool | None, int] | None":
        deadline_ms = self.rtc_ms() + timeout_ms
        while True:
            now_ms = self.rtc_ms()
            if self._pushes:
                button, at_ms = self._pushes.pop(0)
                return button, None, at_ms % TICKS_PERIOD
            if self._edges and self._edges[0][2] <= now_ms:
                button, is_down, at_ms = self._edges.pop(0)
                return button, is_down, at_ms % TICKS_PERIOD
            if now_ms >= deadline_ms:
                return None
            await self._wait_until(min(deadline_ms, self._edges[0][2]) if self._edges else deadline_ms)

    async def sleep(self, duration_ms: int, _wake_buttons: "tuple[int, ...]") -> None:
        await self._wait_until(self.rtc_ms() + duration_ms)

    async def _wait_until(self, until_ms: int) -> None:
        """Wait for a moment, or for the next push."""
        self._has_edge.clear()
        try:
            await asyncio.wait_for(self._has_edge.wait(), max(0, until_ms - self.rtc_ms()) / 1000)
        except asyncio.TimeoutError:
            pass

    # What a person does to it

    @property
    def is_touched(self) -> bool:
        """True while a finger is still on its way."""
        return bool(self._pushes or self._edges)

    def push(self, button: int) -> None:
        """Push a button, counted from 1, and let it go: at once, because whoever simulates has thousands of fingers."""
        self.report("pressed", {"button": button, "uptime_s": self.rtc_ms() // 1000})
        self._pushes.append((button, self.rtc_ms()))
        self._has_edge.set()

    def hold(self, buttons: "tuple[int, ...]", hold_ms: int) -> None:
        """Hold buttons together."""
        now_ms = self.rtc_ms()
        self._edges += [(button, True, now_ms) for button in buttons]
        self._edges += [(button, False, now_ms + hold_ms) for button in buttons]
        self._has_edge.set()
