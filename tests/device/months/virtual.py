"""MicroPython's asyncio on a clock that jumps to whatever comes next."""

import asyncio
from asyncio import core

AHEAD = 1 << 40  # of the machine's own ticks, which asyncio gives to a task that may run at once


class PowerCut(BaseException):
    """The plug is out; whatever ran does not go on."""


class Time:
    """Real milliseconds since the trial began. A wait costs nothing; one that reaches `cut_ms` ends in a power cut."""

    def __init__(self):
        self.now_ms = 0
        self.cut_ms = 1 << 60

    def wait_io_event(self, wait_ms):
        """Go on to the next task; asyncio asks this where it would wait for sockets."""
        if wait_ms < 0:
            raise RuntimeError("everybody waits for somebody else")
        self.now_ms += wait_ms
        if self.now_ms >= self.cut_ms:
            self.now_ms = self.cut_ms
            raise PowerCut

    def run(self, coroutine):
        """Run a coroutine from a fresh start to its end."""
        asyncio.new_event_loop()
        core._io_queue = self
        core.ticks = self.ticks
        return asyncio.run(coroutine)

    def ticks(self):
        return AHEAD + self.now_ms
