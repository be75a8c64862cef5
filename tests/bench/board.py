"""A board that measures: its buttons are pressed by the thousand before the network is there."""

import asyncio
import gc
import json
import os
import time

from device import seldom
from device.app import App
from device.flash import FileFlash
from device.settings import load


class BenchHal:
    """The least that an app asks of its board."""

    is_cold_start = True
    drift_ppm = 200
    built_at = 0
    woken_by = 0
    held = ()
    sleeps = False

    def __init__(self, directory):
        self.flash = FileFlash(directory + "/outbox.flash")
        self.may_join = asyncio.Event()
        self.events = {}

    def ticks_ms(self):
        return time.ticks_ms()

    def ticks_diff(self, end, start):
        return time.ticks_diff(end, start)

    def rtc_ms(self):
        return time.ticks_ms()

    def urandom(self, size):
        return os.urandom(size)

    def measured(self):
        return {}

    def identity(self):
        return {"board": "bench", "firmware": "0.1.0", "reset_cause": "power on"}

    def light(self, lamps, service, hertz):
        pass

    def feed(self):
        pass

    def retained(self):
        return b""

    def retain(self, data):
        pass

    def report(self, event, fields):
        name = fields.get("reason") or fields.get("state") if event in ("link", "refused") else event
        self.events[name] = self.events.get(name, 0) + 1

    async def join_network(self, hint):
        await self.may_join.wait()

    async def next_edge(self, timeout_ms):
        await asyncio.sleep(timeout_ms / 1000)


async def run(directory, presses):
    settings = load(directory + "/settings.json")
    seldom.forget()
    hal = BenchHal(directory)
    app = App(hal, settings, directory)
    for _ in range(presses):
        app.press(3)
    first_seq = app.outbox.acked_seq
    hal.may_join.set()
    link = asyncio.create_task(app.stay_connected())
    began = time.ticks_ms()
    # The app tells nobody that it has drained.
    while app.surveys.current is None or app.outbox.acked_seq < app.outbox.next_seq - 1:  # noqa: ASYNC110  # as said
        await asyncio.sleep(0.01)
    drained_ms = time.ticks_diff(time.ticks_ms(), began)
    await app.part("reboot")
    link.cancel()
    gc.collect()
    told = {"acknowledged": app.outbox.acked_seq - first_seq, "drained_ms": drained_ms, "events": hal.events}
    print(json.dumps(told | {"resident_bytes": gc.mem_alloc()}))


def main(directory, presses):
    asyncio.run(run(directory, int(presses)))
