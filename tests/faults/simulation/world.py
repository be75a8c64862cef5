"""A simulated world: moments in order, what happens at each, and what is found when everything has healed."""

import heapq
import random
import shutil
import tempfile
from collections import Counter
from contextlib import closing, contextmanager, nullcontext
from functools import cache
from typing import NamedTuple

from device import seldom
from device.app import App
from kiosk_app.outbox import Outbox
from tests.faults.checker import Verdict, check
from tests.faults.cuts import fastest
from tests.faults.simulation import county
from tests.faults.simulation.box import Box
from tests.faults.simulation.bridge import Bridge
from tests.faults.simulation.broker import Broker
from tests.faults.simulation.crash_points import CrashPoints
from tests.faults.simulation.disk import in_force
from tests.faults.simulation.faults import HAPPEN
from tests.faults.simulation.kiosk import Kiosk
from tests.faults.simulation.truth import Witness

HOUR_MS = 3_600_000
PATIENCE_MS = 3 * HOUR_MS  # the bounded time in which every outbox has to empty
# After a restore: a device that stays connected says hello once a day, and here looks at its clock once a day.
RESTORED_MS = 49 * HOUR_MS
LOOK_MS = 60_000
CUT_SHORT = 0.5
SETTINGS = {"v": 1, "settings": county.SURVEY["survey"], "survey": county.SURVEY, "languages": ["fi"]}
template = cache(county.template)


class Outcome(NamedTuple):
    """What became of a seed."""

    acknowledged: int
    faults: int
    verdict: Verdict
    happened: Counter
    ingests: int


class World:
    """Everything outside of the product. `app_class` runs on its boxes, `outbox_class` is that of its kiosks."""

    hears_pubacks = False
    app_class = App
    outbox_class = Outbox
    bridge_class = Bridge
    patience_ms = PATIENCE_MS
    settings = SETTINGS

    def __init__(self, plan, directory, chance, database):
        self.plan = plan
        self.directory = directory
        self.chance = chance
        self.now_ms = 0
        self.moments = []
        self.order = 0
        self.happened = Counter()
        self.has_network = True
        self.truth = Witness(self)
        self.io = CrashPoints()
        self.broker = Broker(self)
        self.bridge = self.bridge_class(self, database)
        self.devices = []
        self.twins = []
        self.trace = []
        for number in range(plan.devices):
            is_box = number < plan.devices - plan.kiosks
            made, name = (Box, county.device_id(number)) if is_box else (Kiosk, county.device_id(number, "kiosk"))
            self.add(made(self, number, name))

    # Time

    def true_ms(self):
        """Return the true time of day."""
        return self.plan.began_ms + self.now_ms

    def at(self, moment_ms, act):
        """Let something happen at a moment; of two at once the one that was planned first comes first."""
        self.order += 1
        heapq.heappush(self.moments, (moment_ms, self.order, act))

    def after(self, wait_ms, act):
        self.at(self.now_ms + wait_ms, act)

    def run_until(self, moment_ms):
        """Let happen what happens up to a moment."""
        moments = self.moments
        while moments and moments[0][0] <= moment_ms:
            self.now_ms, _, act = heapq.heappop(moments)
            act()
        self.now_ms = moment_ms

    # What happens

    def add(self, device):
        """Have one more device, whose very first start may be cut short."""
        self.devices.append(device)
        if "power cut while it starts" in self.plan.kinds and self.chance.random() < CUT_SHORT:
            device.cut_at_write(self.chance.randrange(1 << 30))
        device.boot()

    def fault(self, kind):
        """Count something that went wrong by itself."""
        self.happened[kind] += 1
        self.trace.append((self.now_ms, kind, ""))

    def happen(self, event):
        """Let an event of the plan happen."""
        device = self.devices[event.device]
        if event.kind != "press":
            self.happened[event.kind] += 1
        self.trace.append((self.now_ms, event.kind, device.device_id))
        HAPPEN[event.kind](self, device, event.value)

    def give_network(self):
        self.has_network = True

    def lift_limit(self):
        self.broker.limit = None

    def correct_clock(self):
        self.bridge.lies_ms = 0

    def heal(self):
        """End every fault. Of two with one identity one is put away until the other has said all."""
        self.give_network()
        self.lift_limit()
        self.correct_clock()
        self.broker.start()
        self.bridge.dies_before_acks = self.bridge.connection.loses_answer = False
        self.bridge.connection.waiting.clear()
        self.bridge.start()
        self.plan = self.plan._replace(cut_chance=0.0)
        for device in self.devices:
            device.heal()
            if device not in self.twins:
                device.boot()

    @property
    def is_calm(self):
        """Tell whether nothing waits for anything any more."""
        return not self.broker.queue and not self.stuck()

    def stuck(self):
        """Return who still holds something; of two with one journal nobody can say what the other has sent."""
        cloned = {device_id for device_id, _ in self.truth.account.cloned}
        waited_for = [device for device in self.devices if not device.is_put_away]
        done = [
            device
            for device in waited_for
            if device.is_drained or (device.device_id in cloned and device.is_contradicted)
        ]
        waiting = [device.device_id for device in waited_for if device not in done]
        return waiting or (self.unasked() if self.bridge.restored else [])

    def unasked(self):
        """Return the devices of which a restored database still lacks something."""
        rows = self.bridge.connection.raw.execute("SELECT device_id, epoch, contiguous_seq FROM journals").fetchall()
        known = {(row[0], row[1]): row[2] for row in rows}
        on = [device for device in self.devices if device.is_on]
        return [
            device.device_id
            for device in on
            if known.get((device.device_id, device.outbox.epoch), 0) < device.outbox.next_seq - 1
        ]

    def account(self):
        """Return what really happened here, and what may excuse a difference."""
        account = self.truth.account
        account.county = self.bridge.county
        account.restored = self.bridge.restored
        account.held |= {identity for twin in self.twins if account.cloned for identity in twin.held()}
        account.taken = self.bridge.records_taken()
        kiosks = [device for device in self.devices if isinstance(device, Kiosk)]
        account.keeps = set() if self.plan.is_tight else {kiosk.device_id for kiosk in kiosks}
        return account

    def drain(self):
        """Let everything go on until all is said, for as long as that may take."""
        deadline_ms = self.now_ms + self.patience_ms
        while self.now_ms < deadline_ms and not self.is_calm:
            self.run_until(self.now_ms + LOOK_MS)
        if self.truth.account.cloned:
            self.run_until(self.now_ms + 10 * LOOK_MS)

    def swap(self):
        """Take out the devices that were put away, and put away those whose identity they have."""
        for twin in self.twins:
            for device in self.devices:
                if device.device_id == twin.device_id and device not in self.twins:
                    device.put_away()
            twin.take_out()


def live(plan, directory, chance, design=None):
    """Return the world after all events of a plan, healed."""
    world_class, database = World, template()
    if design:
        world_class, database = design.world_class, design.template()
    world = world_class(plan, directory, chance, database)
    for event in plan.events:
        world.at(event.at_ms, lambda event=event: world.happen(event))
    world.run_until(plan.lasts_ms)
    world.heal()
    if world.bridge.restored:
        world.patience_ms = RESTORED_MS
    world.drain()
    if world.twins and not world.truth.account.cloned and not world.stuck():
        world.swap()
        world.drain()
    return world


def told(plan, design=None):
    """Return what the checker says of a plan; an error that ended its world fails it as well."""
    try:
        return outcome(plan, design)[0].verdict
    except Exception as error:  # noqa: BLE001 - whatever it is, its seed has to be known
        return ended(error)


def ended(error):
    """Return the verdict of a world that an error ended."""
    return Verdict([], [], [], [f"all: the world ended with {error!r}"], by=(type(error).__name__,))


def outcome(plan, design=None):
    """Let a plan happen, and compare."""
    with design.in_force() if design else nullcontext(), lived(plan, design) as world:
        verdict = check(world.bridge.connection, world.account(), world.stuck())
        acknowledged, faults = world.truth.acknowledged, world.happened.total()
        return Outcome(acknowledged, faults, verdict, world.happened, world.bridge.ingests), world


@contextmanager
def lived(plan, design=None):
    """Give the world that a plan made, until its files are removed."""
    seldom.forget = nothing
    directory = tempfile.mkdtemp(prefix="hymio-world-", dir=fastest())
    chance = random.Random(plan.seed)
    try:
        with in_force(chance):
            world = live(plan, directory, chance, design)
        with closing(world.bridge.connection):
            yield world
    finally:
        shutil.rmtree(directory)


def nothing():
    """Forget no module: CPython has room for all of them, and looking for garbage takes a fifth of the time."""
