"""Products that are wrong on purpose: the checker has to catch each, or it proves nothing about the right one."""

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any, NamedTuple
from unittest.mock import patch

from broker_bridge.acks import ack
from broker_bridge.database import migrate
from broker_bridge.database.connect import Unavailable
from broker_bridge.database.moments import RECONSTRUCTED, put
from device import mqtt
from device.app import App
from tests.device.ram_flash import PowerCut
from tests.faults.simulation import county
from tests.faults.simulation.bridge import Bridge
from tests.faults.simulation.world import World

LATE_MS = 5_000


class ForgetsAtOnce(App):
    """Has nothing left to replay: what is acknowledged it takes for stored for ever."""

    def take(self, packet):
        if not packet.topic.endswith("down/replay"):
            super().take(packet)


class TrustsPuback(ForgetsAtOnce):
    """Takes the broker's confirmation for the bridge's."""

    def take(self, packet):
        if packet.kind == mqtt.PUBACK and self.link.is_answered:
            self.outbox.acknowledge(self.link._sent_seq)
            self.link._move_on(self.link._sent_seq)
        super().take(packet)


class TrustsPubackWorld(World):
    hears_pubacks = True
    app_class = TrustsPuback


class LateFlash:
    """Answers from memory, and writes to the real flash seconds later: a cut in between undoes what was thanked for."""

    def __init__(self, box):
        self.box = box
        self.flash = box.flash
        self.memory = bytearray(box.flash.memory)
        self.waiting = []

    def readblocks(self, block, buf, offset=0):
        at = block * self.flash.block_size + offset
        buf[:] = self.memory[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        at = block * self.flash.block_size + offset
        self.memory[at : at + len(buf)] = bytes([was & new for was, new in zip(self.memory[at:], buf, strict=False)])
        self.later(lambda: self.flash.writeblocks(block, bytes(buf), offset))

    def ioctl(self, op, arg):
        if op == 6:
            size = self.flash.block_size
            self.memory[arg * size : (arg + 1) * size] = b"\xff" * size
            self.later(lambda: self.flash.ioctl(op, arg))
            return 0
        return self.flash.ioctl(op, arg)

    def later(self, act):
        """Do something to the real flash after a while, if there still is power."""
        box, life = self.box, self.box.lives

        def write():
            if box.lives == life and not box.flash.is_off:
                try:
                    act()
                except PowerCut:
                    box.power_off()

        box.world.after(LATE_MS, write)


class ThanksEarly(App):
    def __init__(self, hal, settings, directory):
        hal.flash = LateFlash(hal.box)
        super().__init__(hal, settings, directory)


class CountsInMemory(App):
    """Knows the next number only until the power is cut; then it begins after the last acknowledgement."""

    def open_outbox(self, is_cold_start):
        outbox = super().open_outbox(is_cold_start)
        outbox._records.next_seq = outbox.acked_seq + 1
        return outbox


class ClearsOnReboot(App):
    """Begins with an empty outbox after every start."""

    def open_outbox(self, is_cold_start):
        flash = self.hal.flash
        flash.memory[:] = b"\xff" * len(flash.memory)
        return super().open_outbox(is_cold_start)


class Overwrites(App):
    """Makes room by erasing what nobody has fetched."""

    def open_outbox(self, is_cold_start):
        outbox = super().open_outbox(is_cold_start)
        outbox._tallies = None
        outbox._records._is_free = lambda serial, acked_seq: True
        return outbox


def of_app(app):
    """Return a world whose boxes run an app."""
    return type("Wrong", (World,), {"app_class": app})


class HastyBridge(Bridge):
    """Acknowledges first, then commits."""

    def ingest(self, received):
        for each in received:
            self.promise(each)
        return super().ingest(received)

    def promise(self, received):
        for identity, _ in self.records_of(received)[-1:]:
            told = ack(*identity, self.now_ms() // 1000)
            self.world.broker.publish_down(told.topic, told.payload)


class HighestBridge(Bridge):
    """Acknowledges the highest number that it has, whatever is missing below."""

    def settle(self, batch, replies):
        highest = "SELECT device_id, epoch, highest_seq FROM journals"
        rows = {tuple(row)[:2]: row[2] for row in self.connection.raw.execute(highest)}
        acks = [ack(device, epoch, seq, self.now_ms() // 1000) for (device, epoch), seq in rows.items()]
        super().settle(batch, [*acks, *replies])


class ForgivingBridge(Bridge):
    """Takes a database that is away for one that will have it in the end."""

    def ingest(self, received):
        try:
            return super().ingest(received)
        except Unavailable:
            self.forget_all()
            promised = [self.records_of(each)[-1:] for each in received]
            return [ack(*identity, self.now_ms() // 1000) for found in promised for identity, _ in found]


def of_bridge(bridge):
    """Return a world with a bridge."""

    class Wrong(World):
        bridge_class = bridge

    return Wrong


def by_arrival(point, *_):
    """Put a record at its receipt."""
    put(point, point.received_ms, point.received_ms - 1000, point.received_ms + 1000, RECONSTRUCTED)
    return True


def every_record(self, journal, records, received_ms):
    """Take every record for a new one."""
    return list(records), 0


def without_uniqueness():
    """Return the county with tables that have no rule against doubles."""
    rule = ",\n    UNIQUE (device_id, epoch, seq)\n"
    real = migrate.statements
    with patch.object(migrate, "statements", lambda path: [each.replace(rule, "\n") for each in real(path)]):
        return county.template()


class Design(NamedTuple):
    """A wrong product: its name, the fault that shows it, its world, what is patched in the product, its tables."""

    name: str
    needs: str
    world_class: Any = World
    patches: tuple[tuple[str, Any], ...] = ()
    template: Callable[[], bytes] = cache(county.template)

    @contextmanager
    def in_force(self):
        """Have the product be wrong for a while."""
        with ExitStack() as stack:
            for target, replacement in self.patches:
                stack.enter_context(patch(target, replacement))
            yield


DATABASE = "broker_bridge.database"
# A request for a replay heals what was acknowledged and not stored, so these are tried without it.
NO_REPLAY = (
    (f"{DATABASE}.replays.due", lambda *_: None),
    (f"{DATABASE}.replays.waiting", lambda _: []),
)
STORES_ALL = ((f"{DATABASE}.duplicates.Seen.new", every_record),)
DROPS = ((f"{DATABASE}.duplicates.Seen.quarantine", lambda *_: False),)
BY_ARRIVAL = ((f"{DATABASE}.dating.date_by_clock", by_arrival), (f"{DATABASE}.dating.date_by_boot", by_arrival))
BY_TODAY = ((f"{DATABASE}.timelines.Timeline.at", lambda self, at_ms: self.places[-1]),)
DESIGNS = (
    Design("the box trusts the broker's PUBACK", "broker killed", TrustsPubackWorld),
    Design("the box thanks before flash has it", "power cut", of_app(ThanksEarly)),
    Design("the box numbers from memory", "power cut", of_app(CountsInMemory)),
    Design("the box is empty after a start", "power cut", of_app(ClearsOnReboot)),
    Design("the box overwrites when it is full", "long outage", of_app(Overwrites)),
    Design("the box erases what is acknowledged", "backup and restore", of_app(ForgetsAtOnce)),
    Design("the bridge acks before it commits", "bridge dies at a statement", of_bridge(HastyBridge), NO_REPLAY),
    Design("the bridge acks the highest number", "broker's queue full", of_bridge(HighestBridge), NO_REPLAY),
    Design("the bridge acks what was refused", "database away", of_bridge(ForgivingBridge), NO_REPLAY),
    Design("the bridge stores whatever comes", "connection drops", World, STORES_ALL, cache(without_uniqueness)),
    Design("the bridge drops what contradicts", "two with one journal", World, DROPS),
    Design("the bridge dates by arrival", "no network", World, BY_ARRIVAL),
    Design("the bridge attaches by today's registry", "moved", World, BY_TODAY),
    Design("the bridge never asks for a replay", "backup and restore", World, NO_REPLAY),
)
