"""A simulated box: the product's own app on flash in memory, driven step by step instead of by asyncio."""

import os

from device import slots
from device.failures import OutboxError, OutboxUnreadable
from device.journal import TALLY_BLOCKS
from device.outbox import Outbox
from device.settings import DEFAULTS, Settings
from tests.device.ram_flash import TORN, PowerCut, RamFlash
from tests.faults.simulation.crash_points import Point, place
from tests.faults.simulation.device import Device, longest_retry_ms
from tests.faults.simulation.disk import Fuse, fuses

TICKS_PERIOD = 1 << 30
BLOCK_SIZE = 768
FIRST_SLOT_AT = 256
FILES = 4  # steps of a start beside flash, within which a fuse blows


def settings(device_id, plan):
    """Return the settings of a box."""
    patience = {"ack_timeout_ms": plan.ack_timeout_ms, "longest_retry_ms": longest_retry_ms(plan)}
    return Settings(**(DEFAULTS | patience | {"device_id": device_id, "model": "button-5", "host": "127.0.0.1"}))


class Hal:
    """The board from one start to the next."""

    sleeps = False
    is_cold_start = True
    drift_ppm = 200
    built_at = 0
    woken_by = 0
    held = ()

    def __init__(self, box):
        chance = box.world.chance
        self.box = box
        self.flash = box.flash
        self.began_ms = box.world.now_ms
        # Often shortly before the ticks wrap.
        self.base = TICKS_PERIOD - chance.randint(1, 100_000) if chance.random() < 0.5 else chance.randint(0, 100_000)

    def rtc_ms(self):
        return self.box.world.now_ms - self.began_ms

    def ticks_ms(self):
        return (self.base + self.rtc_ms()) % TICKS_PERIOD

    def ticks_diff(self, end, start):
        return (end - start + TICKS_PERIOD // 2) % TICKS_PERIOD - TICKS_PERIOD // 2

    def urandom(self, size):
        return self.box.world.chance.randbytes(size)

    def identity(self):
        return {"board": "simulator", "firmware": "0.1.0", "reset_cause": "power on"}

    def report(self, event, fields):
        self.box.hear(event, fields)

    def retained(self):
        return b""

    def light(self, lamps, service, hertz):
        pass

    def feed(self):
        pass


class Box(Device):
    """A box with buttons. `app_class` is the product's, or a wrong one."""

    broken = (OutboxError, OutboxUnreadable)

    def __init__(self, world, number, device_id, flash=None):
        super().__init__(world, number, device_id)
        self.settings = settings(device_id, world.plan)
        self.app = self.fuse = None
        self.use(flash or RamFlash(world.plan.blocks, BLOCK_SIZE))

    def use(self, flash):
        """Have the journal in this flash."""
        self.flash = flash
        self.flash.watch = self.watch
        self.fuse = fuses[self.directory] = Fuse("box", self.world.io, self.fuse)

    def watch(self, at, data):
        """See what the flash is about to do."""
        point = Point("box", f"{'erase' if data is None else 'program'} by {place()}")
        self.world.io.pass_by(point, self.flash.operations == self.flash.cut_at)

    def start(self):
        self.app = self.world.app_class(Hal(self), self.settings, self.directory)
        if self.app.surveys.current is None:
            self.app.surveys.take(self.world.settings)

    def stop(self):
        self.app = None
        self.use(self.flash.restarted())

    @property
    def outbox(self):
        return self.app.outbox

    @property
    def is_dark(self):
        """Tell whether the power is gone, which no press is told."""
        return self.flash.is_off or self.fuse.is_dark

    def notice_time(self):
        self.app.clock.uptime_ms()

    def give(self, button):
        self.app.press(button)  # which refuses whatever goes wrong, but a box without power shows nothing

    def hear(self, event, fields):
        """See what the box shows."""
        if event in ("thanked", "refused") and not self.is_dark:
            self.world.truth.shown(event, fields)

    # The link

    def will(self):
        return self.app.link.bye("lost")

    def opened(self):
        self.app.link.opened()

    def wait_ms(self, error):
        self.app._on_failure(error)
        return self.app._retry_ms - self.app.clock.uptime_ms()

    def due(self):
        return self.app.link.due(self.app.clock.uptime_ms())

    def look_after(self):
        self.app.outbox.prepare()
        self.app.look_after()

    @property
    def is_quiet(self):
        return self.app.link.is_drained and not self.outbox.counted

    def heard(self, packet):
        self.app.take(packet)

    # What is done to it

    def heal(self):
        """End what would still go wrong."""
        self.trips = False
        self.flash.cut_at = -1
        self.fuse.waiting = None

    def cut_at_write(self, value):
        """Cut the power at one of the next programs or erases of its flash, whole or torn, or at its next file."""
        if value % 8 == 7:
            self.fuse.set(1 + value // 8 % FILES, PowerCut(), value // 64)
            return
        self.flash.torn = TORN[value % len(TORN)]
        self.flash.cut_at = self.flash.operations + value // 8 % 12

    def decay(self, value):
        """Flip two bits of a response that lies in flash, one would be mended; tell whether there was one."""
        memory = self.flash.memory
        tallies = TALLY_BLOCKS if self.flash.block_count >= TALLY_BLOCKS + 5 else 0  # a rotted tally is a visitor less
        places = [
            at
            for start in range(0, len(memory) - tallies * BLOCK_SIZE, BLOCK_SIZE)
            for at in range(start + FIRST_SLOT_AT, start + BLOCK_SIZE, slots.SLOT_SIZE)
            if memory[at] in slots.RESPONSES
        ]
        if places:
            at = places[value % len(places)]
            memory[at + 3] ^= 1 << value // 64 % 8
            memory[at + 6] ^= 1 << value // 512 % 8
        return bool(places)

    def wipe(self):
        """Begin anew with an empty flash, and without a file."""
        self.power_off()
        for name in os.listdir(self.directory):
            os.remove(f"{self.directory}/{name}")
        self.use(RamFlash(self.world.plan.blocks, BLOCK_SIZE))

    def double(self, with_journal):
        """Return another box that says that it is this one, with a copy of its journal or one of its own."""
        return Box(self.world, len(self.world.devices), self.device_id, self.copy() if with_journal else None)

    def copy(self):
        """Return a flash like the box's own."""
        return RamFlash(self.world.plan.blocks, BLOCK_SIZE, self.flash.memory, self.flash.scars)

    def put_back(self, copied):
        """Go on with a copy."""
        self.power_off()
        self.use(copied)

    def held(self):
        """Return what a box that was put away has not sent."""
        return self.unsent(Outbox(self.flash.restarted(), self.world.chance.randbytes, False))
