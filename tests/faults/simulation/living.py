"""A box whose real tasks run in virtual time, and whose power can go at any of their awaits.

The simulation drives a device step by step, which thousands of worlds need to be quick. Here the same world has one box
with everything that runs on a board: `App.presses` and `App.stay_connected` on an event loop whose time is the
world's, and `device/connection.py` over a stream that ends in the simulated broker.
"""

import asyncio
import random
import selectors
import tempfile
import types
from contextlib import closing, suppress
from math import ceil
from pathlib import Path
from typing import NamedTuple

from broker_bridge.packets import packet
from device import mqtt, seldom
from device.app import ANSWER_S, App
from device.connection import Connection
from tests.faults.checker import Verdict, check
from tests.faults.cuts import fastest
from tests.faults.simulation import county
from tests.faults.simulation.box import Box, Hal
from tests.faults.simulation.broker import Wire
from tests.faults.simulation.disk import in_force
from tests.faults.simulation.plan import plan
from tests.faults.simulation.world import World, nothing, template

QUIET = {"cut_chance": 0.0, "twice_chance": 0.0, "slow_ms": 50, "drain_ms": 200, "ack_timeout_ms": 10_000}
NOBODY = {"devices": 0, "kiosks": 0, "events": (), "kinds": (), "blocks": 8, "is_tight": False}
PRESSES_MS = (300, 1_500, 2_500, 2_700, 4_000)  # before, while and after the box connects
LOSES_WIRE_MS = 3_200
AWAY_MS = 500
LONGEST_MS = 120_000
HELD_MS = 60
DEVICE = str(Path(__file__).parents[3] / "device")
CONNECT, SUBSCRIBE = 1, 8  # kinds of packets that only a broker reads
CONNACK, SUBACK = b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x01"


class Leaping(selectors.DefaultSelector):
    """Waits for nothing: it lets the world's time pass instead."""

    world = None

    def select(self, timeout=None):
        moments = self.world.moments
        if timeout is None or timeout > 0:
            now_ms = self.world.now_ms
            until_ms = [now_ms + max(1, ceil(timeout * 1000))] if timeout is not None else []
            self.world.run_until(min([*until_ms, *[max(now_ms, moment) for moment, *_ in moments[:1]]]))
        return []


class Loop(asyncio.SelectorEventLoop):
    """An event loop in the time of a world."""

    def __init__(self, world):
        self.world = world
        selector = Leaping()
        selector.world = world
        super().__init__(selector)

    def time(self):
        return self.world.now_ms / 1000


class Stream:
    """The box's end of a connection: bytes to the broker, and bytes that came."""

    def __init__(self, box):
        self.box = box
        self.world = box.world
        self.reader = asyncio.StreamReader()
        self.wire = Wire(self.world, self)
        self.device_id = box.device_id
        self.packet_id = 0

    def write(self, data):
        if self.box.is_dark:
            return
        while data:
            content, end = packet(data, 0)
            self.packet(data[0], data[content:end])
            data = data[end:]

    def packet(self, first, rest):
        """Act on a packet as a broker does; PUBLISH goes to the bridge, and is confirmed."""
        kind = first >> 4
        if kind == CONNECT:
            self.wire.will = self.box.will()
            self.world.broker.connected(self.wire)
            self.answer(CONNACK)
        elif kind == SUBSCRIBE:
            self.answer(SUBACK)
        elif kind == mqtt.PUBLISH:
            said = mqtt.parse(first, rest)
            self.wire.carry("up", lambda: self.arrive(said))

    def arrive(self, said):
        self.world.broker.publish_up(said.topic, said.payload)
        self.answer(mqtt.puback(said.packet_id))

    def answer(self, data):
        self.wire.carry("down", lambda: self.come(data))

    def come(self, data):
        if not self.box.is_dark and not self.reader.at_eof():
            self.reader.feed_data(data)

    def receive(self, wire, topic, payload):
        """Take a message of the bridge, for `Wire`."""
        self.packet_id += 1
        self.come(mqtt.publish(self.packet_id, topic, payload))

    def on_lost(self, wire):
        self.reader.feed_eof()

    async def drain(self):
        await asyncio.sleep(0)

    async def wait_closed(self):
        await asyncio.sleep(0)

    def close(self):
        if not self.box.is_dark:
            self.wire.cut()


class LivingHal(Hal):
    """A board whose buttons are pushed."""

    def __init__(self, box):
        super().__init__(box)
        self.edges = []
        self.has_edge = asyncio.Event()

    def measured(self):
        return {}

    async def join_network(self, hint):
        await asyncio.sleep(0.05)
        return b""

    async def next_edge(self, timeout_ms):
        if not self.edges:
            self.has_edge.clear()
            try:
                await asyncio.wait_for(self.has_edge.wait(), timeout_ms / 1000)
            except TimeoutError:
                return None
        return self.edges.pop(0)

    def edge(self, button, is_down):
        self.edges.append((button, is_down, self.ticks_ms()))
        self.has_edge.set()


class LivingBox(Box):
    """A box that lives by itself. `cuts` are the awaits, counted from 1, at which its power goes."""

    def __init__(self, world, cuts, app_class):
        super().__init__(world, 0, county.device_id(0))
        self.cuts = cuts
        self.app_class = app_class
        self.awaits = 0
        self.places = set()
        self.tasks = []
        self.unseen = []  # presses that have shown nothing yet

    def boot(self):
        """Start the tasks that a board starts."""
        self.use(self.flash.restarted())
        self.fuse.is_dark = False
        self.lives += 1
        self.app = self.app_class(LivingHal(self), self.settings, self.directory)
        if self.app.surveys.current is None:
            self.app.surveys.take(self.world.settings)
        self.app.connect = self.open
        self.is_on = True
        for run in (self.app.presses, self.app.stay_connected):
            asyncio.get_running_loop().create_task(run())

    async def open(self):
        await asyncio.sleep(0.01)
        self.stream = Stream(self)
        return Connection(self.stream.reader, self.stream, self.app.clock.uptime_ms, ANSWER_S)

    def pass_by(self, coroutine):
        """Note an await, and let the power go when it is the one."""
        if not self.is_on:
            return
        self.awaits += 1
        self.places |= set(awaited(coroutine))
        if self.awaits in self.cuts:
            self.power_off()

    def power_off(self, returns=True):
        """Let nothing that the program still does have an effect; then let it end."""
        self.flash.is_off = self.fuse.is_dark = True
        self.is_on = False
        self.world.io.awaited["awaits"] += 1
        for pressing in self.unseen:
            pressing.end()
        self.unseen = []
        for wire in list(self.world.broker.wires.values()):
            wire.go_silent()
        self.end_tasks()
        self.world.after(AWAY_MS, self.boot)

    def end_tasks(self):
        """Wake all that waits, so that it finds out that there is no power."""
        tasks, self.tasks = self.tasks, []
        for task in tasks:
            asyncio.get_running_loop().call_soon(task.cancel)
        return tasks

    # Visitors

    def push(self, button):
        """Push a button and let it go."""
        if self.is_on:
            self.unseen.append(self.world.truth.pressing(self, button))
            hal = self.app.hal
            hal.edge(button, True)
            self.world.after(HELD_MS, lambda: hal.edge(button, False))

    def hear(self, event, fields):
        if event in ("thanked", "refused") and not self.is_dark:
            self.world.truth.current = self.unseen.pop(0)
            self.world.truth.shown(event, fields)


@types.coroutine
def counted(coroutine, box):
    """Run a coroutine, and let the box know of its every await; without power nothing of it goes on."""
    life, thrown = box.lives, None
    while True:
        if not box.is_on or box.lives != life:
            with suppress(RuntimeError):  # it would wait for something before it ends
                coroutine.close()
            return None
        try:
            waited = coroutine.throw(thrown) if thrown else coroutine.send(None)
        except StopIteration as end:
            return end.value
        box.pass_by(coroutine)
        thrown = None
        try:
            yield waited
        except BaseException as error:  # noqa: BLE001 - who cancels the task means the coroutine
            thrown = error


def awaited(coroutine):
    """Yield the file and line of every await of the product at which a coroutine stands."""
    while coroutine is not None:
        frame = getattr(coroutine, "cr_frame", None)
        folder, _, name = frame.f_code.co_filename.rpartition("/") if frame else ("", "", "")
        if folder == DEVICE:
            yield name, frame.f_lineno
        coroutine = getattr(coroutine, "cr_await", None)


class Life(NamedTuple):
    """What became of a box: what the checker says, how often its tasks waited, and at which lines."""

    verdict: Verdict
    awaits: int
    places: set
    thanked: int


def life(cuts=(), app_class=App):
    """Let a box live for some presses and a lost connection, its power cut at these awaits."""
    seldom.forget = nothing
    chance = random.Random(1)
    with tempfile.TemporaryDirectory(dir=fastest()) as directory, in_force(chance):
        world = World(plan(1)._replace(**QUIET | NOBODY), directory, chance, template())
        box = LivingBox(world, set(cuts), app_class)
        world.devices.append(box)
        with closing(world.bridge.connection), closing(Loop(world)) as loop:
            stuck = live(world, box, loop)
            return Life(
                check(world.bridge.connection, world.account(), stuck),
                box.awaits,
                box.places,
                len(world.truth.account.said.thanked),
            )


def live(world, box, loop):
    """Run the loop until the box has said all, or for as long as it may take; return whether it still holds any."""
    for number, moment_ms in enumerate(PRESSES_MS):
        world.at(moment_ms, lambda button=1 + number: box.push(button))
    world.at(LOSES_WIRE_MS, lambda: [wire.cut() for wire in list(world.broker.wires.values())])

    async def until_calm():
        box.boot()
        while world.now_ms < PRESSES_MS[-1] + 1_000 or (world.stuck() and world.now_ms < LONGEST_MS):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.5)
        stuck = world.stuck()
        box.is_on = False
        await asyncio.gather(*box.end_tasks(), return_exceptions=True)
        return stuck

    main = loop.create_task(until_calm())

    def factory(loop, coroutine, **options):
        async def whole():
            return await counted(coroutine, box)

        task = asyncio.Task(whole(), loop=loop, **options)
        box.tasks.append(task)
        return task

    loop.set_task_factory(factory)
    return loop.run_until_complete(main)
