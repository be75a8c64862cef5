"""A simulated box: the product's own app on flash in memory, driven step by step instead of by asyncio."""

import os

from device import mqtt
from device.failures import OutboxError, OutboxUnreadable
from device.outbox import Outbox
from device.settings import DEFAULTS, Settings
from tests.device.ram_flash import PowerCut, RamFlash
from tests.faults.checker import Identity
from tests.faults.simulation.broker import Wire

TICKS_PERIOD = 1 << 30
BLOCK_SIZE = 768
SOON_MS = 200
MOST_HELD = 1000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
PUBACK = mqtt.Packet(mqtt.PUBACK, 1, 0, "", b"", False)


def settings(device_id, plan):
    """Return the settings of a box; one in a long world tries less often, or it would do little else in an outage."""
    patience = {"ack_timeout_ms": plan.ack_timeout_ms, "longest_retry_ms": min(HOUR_MS, plan.lasts_ms // 100)}
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


class Box:
    """A device: pressed, cut off, and never asked how it feels. `app_class` is the product's, or a wrong one."""

    def __init__(self, world, number, device_id, flash=None):
        self.world = world
        self.number = number
        self.device_id = device_id
        self.flash = flash or RamFlash(world.plan.blocks, BLOCK_SIZE)
        self.directory = f"{world.directory}/{number}"
        os.mkdir(self.directory)
        self.settings = settings(device_id, world.plan)
        self.app = None
        self.wire = None
        self.is_step_due = self.is_look_due = False
        self.trips = False
        self.is_put_away = False
        self.lives = 0

    # Power

    def boot(self):
        """Start on what the flash holds; a cut while it starts is followed by another start."""
        if self.app or self.is_put_away:
            return
        self.lives += 1
        try:
            self.app = self.world.app_class(Hal(self), self.settings, self.directory)
        except PowerCut:
            self.power_off()
            return
        except (OutboxError, OutboxUnreadable) as error:
            self.world.truth.out_of_service.append(f"{self.device_id}: {error}")
            return
        if self.app.surveys.current is None:
            self.app.surveys.take(self.world.settings)
        self.world.after(self.world.chance.randint(0, 2_000), self.connector())
        self.feed(self.lives)

    def feed(self, life):
        """Let the press path run on its own: it reads the clock every second, and once a day is enough for that."""
        if self.app and self.lives == life:
            self.app.clock.uptime_ms()
            self.step_soon()
            self.world.after(DAY_MS, lambda: self.feed(life))

    def connector(self):
        """Return what connects, unless the box was restarted meanwhile."""
        life = self.lives
        return lambda: self.connect() if self.app and self.lives == life and not self.wire else None

    def power_off(self, returns=True):
        """Pull the plug, and put it in again after a while."""
        self.lives += 1
        self.app = None
        self.flash = self.flash.restarted()
        if self.wire:
            wire, self.wire = self.wire, None
            wire.go_silent()
        if returns:
            self.world.after(self.world.chance.choice((500, 60_000, 3_600_000)), self.boot)

    def put_away(self):
        """Switch the box off until somebody takes it out again."""
        self.is_put_away = True
        self.power_off(returns=False)

    def held(self):
        """Return what a box that was put away has not sent."""
        outbox = Outbox(self.flash.restarted(), self.world.chance.randbytes, False)
        return [Identity(self.device_id, outbox.epoch, record["seq"]) for record in outbox.peek(MOST_HELD)]

    def take_out(self):
        self.is_put_away = False
        self.boot()

    # Visitors

    def press(self, button):
        """Press a button of a box that is on, and see what it says."""
        if not self.app:
            return
        pressing = self.world.truth.pressing(self, button)
        self.app.press(button)  # which refuses whatever goes wrong, but a box without power shows nothing
        pressing.end()
        if self.flash.is_off:
            self.power_off()
        if self.wire:
            self.step_soon()

    def hear(self, event, fields):
        """See what the box shows."""
        if event in ("thanked", "refused") and not self.flash.is_off:
            self.world.truth.shown(event, fields)

    # The link

    def connect(self):
        """Open a connection if there is a way to the broker."""
        if not (self.world.has_network and self.world.broker.is_up):
            self.fail(OSError("no way to the broker"))
            return
        self.wire = Wire(self.world, self)
        self.wire.will = self.app.link.bye("lost")
        self.world.broker.connected(self.wire)
        if self.wire:
            self.app.link.opened()
            self.step()

    def fail(self, error):
        """Back off as the app does."""
        self.app._on_failure(error)
        self.world.after(max(1, self.app._retry_ms - self.app.clock.uptime_ms()), self.connector())

    def on_lost(self, wire):
        """Notice that the connection ended."""
        if self.wire is wire:
            self.wire = None
            if self.app:
                self.fail(OSError("the connection is gone"))

    def step_soon(self):
        if not self.is_step_due:
            self.is_step_due = True
            self.world.after(SOON_MS, self.step)

    def step(self):
        """Do once what the app does while it is connected."""
        self.is_step_due = False
        if not (self.app and self.wire):
            return
        try:
            self.converse(self.app.link.due(self.app.clock.uptime_ms()))
            self.app.outbox.prepare()
            self.app.look_after()
        except PowerCut:
            self.power_off()
            return
        except MemoryError:
            self.wire.cut()
            return
        if self.wire and not self.app.link.is_drained and not self.is_look_due:
            self.is_look_due = True
            self.world.after(self.settings.ack_timeout_ms + 1, self.look_again)

    def look_again(self):
        """Look whether an answer was waited for in vain."""
        self.is_look_due = False
        self.step_soon()

    def converse(self, due):
        """Publish what is due."""
        for topic, payload in due:
            if self.trips:
                self.trips = False
                raise MemoryError
            if not self.wire:
                return
            self.world.truth.said.append((topic, payload))
            self.wire.carry("up", self.arrival(self.wire, topic, payload))

    def arrival(self, wire, topic, payload):
        """Return what happens when a message reaches the broker, which confirms that it has it and no more."""

        def arrive():
            self.world.broker.publish_up(topic, payload)
            if self.world.hears_pubacks:
                wire.carry("down", lambda: self.take(wire, PUBACK))

        return arrive

    def receive(self, wire, topic, payload):
        """Take a message of the bridge."""
        self.take(wire, mqtt.Packet(mqtt.PUBLISH, 1, 0, topic, payload, False))

    def take(self, wire, packet):
        if self.app and self.wire is wire:
            try:
                self.app.take(packet)
            except PowerCut:
                self.power_off()
                return
            self.step_soon()

    @property
    def is_drained(self):
        """Tell whether the box has nothing that the bridge was not heard to have."""
        outbox = self.app and self.app.outbox
        return bool(
            outbox and not outbox.counted and self.app.link.is_drained and outbox.acked_seq == outbox.next_seq - 1
        )

    @property
    def is_contradicted(self):
        """Tell whether the bridge acknowledges what this box has not written yet."""
        return bool(self.app and self.app.outbox.refused_acks)
