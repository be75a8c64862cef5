"""A simulated device, box or kiosk: its power, its connection, and the steps in which its program runs."""

import os
from contextlib import suppress

from device import mqtt
from tests.device.ram_flash import PowerCut
from tests.faults.checker import Identity
from tests.faults.simulation.broker import Wire

SOON_MS = 200
MOST_HELD = 1000
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
AWAY_MS = (500, 60_000, HOUR_MS)
PUBACK = mqtt.Packet(mqtt.PUBACK, 1, 0, "", b"", False)


def longest_retry_ms(plan):
    """Return the longest wait between two attempts; in a long world a device would do little else in an outage."""
    return min(HOUR_MS, plan.lasts_ms // 100)


class Device:
    """Pressed, cut off, and never asked how it feels. What runs on it is the product's, or a wrong one."""

    may_connect = True
    broken = ()  # what a start raises that keeps the device out of service

    def __init__(self, world, number, device_id):
        self.world = world
        self.number = number
        self.device_id = device_id
        self.directory = f"{world.directory}/{number}"
        os.mkdir(self.directory)
        self.is_on = False
        self.wire = None
        self.is_step_due = self.is_look_due = False
        self.trips = False
        self.is_put_away = False
        self.lives = 0

    # Power

    def boot(self):
        """Start on what was kept; a cut while it starts is followed by another start."""
        if self.is_on or self.is_put_away:
            return
        self.lives += 1
        try:
            self.start()
        except PowerCut:
            self.power_off()
            return
        except self.broken as error:
            self.world.truth.out_of_service.append(f"{self.device_id}: {error}")
            return
        self.is_on = True
        self.world.after(self.world.chance.randint(0, 2_000), self.connector())
        self.feed(self.lives)

    def feed(self, life):
        """Let time be noticed: programs read the clock every second, and once a day is enough for what they reckon."""
        if self.is_on and self.lives == life:
            self.notice_time()
            self.step_soon()
            self.world.after(DAY_MS, lambda: self.feed(life))

    def connector(self):
        """Return what connects, unless the device was restarted meanwhile."""
        life = self.lives
        return lambda: self.connect() if self.is_on and self.lives == life and not self.wire else None

    def power_off(self, returns=True):
        """Pull the plug, and put it in again after a while."""
        self.world.io.awaited[self.doing] += 1
        self.lives += 1
        self.is_on = False
        self.stop()
        if self.wire:
            wire, self.wire = self.wire, None
            wire.go_silent()
        if returns:
            self.world.after(self.world.chance.choice(AWAY_MS), self.boot)

    @property
    def doing(self):
        """What the device was waiting for, in words."""
        if not self.is_on:
            return "starting"
        if not self.wire:
            return "waiting for its next attempt"
        return "waiting for an answer" if not self.is_drained else "waiting for a visitor"

    def put_away(self):
        """Switch the device off until somebody takes it out again."""
        self.is_put_away = True
        self.power_off(returns=False)

    def take_out(self):
        self.is_put_away = False
        self.boot()

    # Visitors

    def press(self, button):
        """Press a button of a device that is on, and see what it says."""
        if not self.is_on:
            return
        pressing = self.world.truth.pressing(self, button)
        with suppress(PowerCut):
            self.give(button)
        pressing.end()
        if self.is_dark:
            self.power_off()
        if self.wire:
            self.step_soon()

    # The link

    def connect(self):
        """Open a connection if there is a way to the broker."""
        if not (self.world.has_network and self.world.broker.is_up and self.may_connect):
            self.fail(OSError("no way to the broker"))
            return
        self.wire = Wire(self.world, self)
        self.wire.will = self.will()
        self.world.broker.connected(self.wire)
        if self.wire:
            self.opened()
            self.step()

    def fail(self, error):
        """Back off as the program does."""
        self.world.after(max(1, self.wait_ms(error)), self.connector())

    def on_lost(self, wire):
        """Notice that the connection ended."""
        if self.wire is wire:
            self.wire = None
            if self.is_on:
                self.fail(OSError("the connection is gone"))

    def step_soon(self):
        if not self.is_step_due:
            self.is_step_due = True
            self.world.after(SOON_MS, self.step)

    def step(self):
        """Do once what the program does while it is connected."""
        self.is_step_due = False
        if not (self.is_on and self.wire):
            return
        try:
            self.converse(self.due())
            self.look_after()
        except PowerCut:
            self.power_off()
            return
        except MemoryError:
            self.wire.cut()
            return
        if self.wire and not self.is_quiet and not self.is_look_due:
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
        if self.is_on and self.wire is wire:
            try:
                self.heard(packet)
            except PowerCut:
                self.power_off()
                return
            self.step_soon()

    def unsent(self, outbox=None):
        """Return what an outbox, the device's own unless given, was not heard to have delivered."""
        outbox = outbox or self.outbox
        return [Identity(self.device_id, outbox.epoch, record["seq"]) for record in outbox.peek(MOST_HELD)]

    @property
    def is_drained(self):
        """Tell whether the device has nothing that the bridge was not heard to have."""
        return bool(self.is_on and self.is_quiet and self.outbox.acked_seq == self.outbox.next_seq - 1)

    @property
    def is_contradicted(self):
        """Tell whether the bridge acknowledges what this device has not written yet."""
        return bool(self.is_on and self.outbox.refused_acks)
