"""A board made of files: virtual buttons and lights, flash in a file, everything that happens told as JSON lines."""

import asyncio
import os
import time

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

    def __init__(self, directory: str, device_id: str, tell: "Callable[[dict[str, Any]], None]") -> None:
        self.directory = directory
        self.flash = FileFlash(directory + "/outbox.flash")
        self._device_id = device_id
        self._tell = tell
        self._log = open(directory + "/log.jsonl", "a")  # noqa: SIM115  # open as long as the box runs
        self._started_ns = time.time_ns()
        self._pressed: list[int] = []
        self._is_pressed = asyncio.Event()

    # What the firmware asks of a board

    def ticks_ms(self) -> int:
        return (time.time_ns() - self._started_ns) // 1000000 % TICKS_PERIOD

    def ticks_diff(self, end: int, start: int) -> int:
        half = TICKS_PERIOD // 2
        return (end - start + half) % TICKS_PERIOD - half

    def urandom(self, size: int) -> bytes:
        return os.urandom(size)

    def identity(self) -> "dict[str, Any]":
        return {"board": "simulator", "firmware": "0.1.0", "reset_cause": "power on"}

    def thank(self, epoch: str, record: "dict[str, Any]") -> None:
        content = {name: record[name] for name in record if name != "seq"}
        fields = {"device_id": self._device_id, "epoch": epoch, "seq": record["seq"], "content": content}
        self.report("thanked", fields)

    def refuse(self, reason: str) -> None:
        self.report("refused", {"reason": reason})

    def report(self, event: str, fields: "dict[str, Any]") -> None:
        """Tell an event; one that a visitor sees is in the log, synced, before anyone hears of it."""
        told = fields | {"event": event}
        if event in LOGGED:
            self._log.write(canonical.dumps(told) + "\n")
            self._log.flush()
        self._tell(told)

    async def join_network(self) -> None:
        """The machine that simulates is already on a network."""

    async def next_press(self) -> int:
        while not self._pressed:
            self._is_pressed.clear()
            await self._is_pressed.wait()
        return self._pressed.pop(0)

    # What a person does to it

    def push(self, button: int) -> None:
        """Push a button, counted from 1."""
        uptime_s = (time.time_ns() - self._started_ns) // 1000000000
        self.report("pressed", {"button": button, "uptime_s": uptime_s})
        self._pressed.append(button)
        self._is_pressed.set()
