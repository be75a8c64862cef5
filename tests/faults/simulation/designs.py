"""Products that are wrong on purpose: the checker has to catch each, or it proves nothing about the right one."""

import json
from collections.abc import Callable
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple
from unittest.mock import patch

from broker_bridge.acks import ack
from broker_bridge.database import migrate, rollups
from broker_bridge.database.connect import Unavailable, transaction
from broker_bridge.database.local_times import local_time
from broker_bridge.database.moments import RECONSTRUCTED, put
from device import mqtt
from device.app import App
from kiosk_app.outbox import Outbox, OutboxError
from tests.device.ram_flash import PowerCut
from tests.faults.simulation import county
from tests.faults.simulation.bridge import Bridge
from tests.faults.simulation.plan import DAY_MS, MINUTE_MS, plan
from tests.faults.simulation.world import World

HALF_HOUR_MS = 30 * MINUTE_MS
LATE_MS = 5_000
OFTEN = 5  # times as often as in a world with everything else
count = rollups.add


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


class Stutters(App):
    """Stores every fifth press twice."""

    def open_outbox(self, is_cold_start):
        outbox = super().open_outbox(is_cold_start)
        real, puts = outbox.put, []

        def put(*press):
            puts.append(press)
            if len(puts) % 5 == 0:
                real(*press)
            return real(*press)

        outbox.put = put
        return outbox


class ThanksBeforeItsDisk(Outbox):
    """Keeps a response in memory until the next visitor comes."""

    kept = None

    def put(self, content):
        self.write()
        self.kept = content
        return {"seq": self.next_seq} | dict(content)

    def write(self):
        if self.kept:
            content, self.kept = self.kept, None
            with suppress(OutboxError):
                super().put(content)

    def tidy(self, now_at):
        self.write()
        super().tidy(now_at)


class ForgetsOnAck(Outbox):
    """Has nothing left to replay."""

    def acknowledge(self, seq):
        super().acknowledge(seq)
        if self._connection:
            self._connection.execute("DELETE FROM records WHERE seq <= ?", (min(seq, self.acked_seq),))
            self.oldest_seq = self.acked_seq + 1


class NumbersAgain(Outbox):
    """After a start gives the numbers again that it does not know to be acknowledged."""

    def _open(self):
        super()._open()
        self._connection.execute("DELETE FROM records WHERE seq > ?", (self.acked_seq,))
        self.next_seq = self.acked_seq + 1
        self.oldest_seq = min(self.oldest_seq, self.next_seq)


def of_kiosk(outbox):
    """Return a world whose kiosks have an outbox."""
    return type("Wrong", (World,), {"outbox_class": outbox})


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


class ModestBridge(Bridge):
    """Acknowledges one less than it has."""

    def settle(self, batch, replies):
        super().settle(batch, [self.lessened(each) for each in replies])

    def lessened(self, reply):
        if not reply.topic.endswith("down/ack"):
            return reply
        fields = json.loads(reply.payload)
        return ack(reply.topic.split("/")[2], fields["epoch"], max(0, fields["seq"] - 1), fields["now"])


class CountsApart(Bridge):
    """Counts what it has stored in a transaction of its own."""

    def ingest(self, received):
        left = []
        with patch.object(rollups, "add", lambda connection, memory, rows: left.append((memory, list(rows)))):
            replies = super().ingest(received)
        for memory, rows in left:
            with transaction(self.connection):
                count(self.connection, memory, rows)
        return replies


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
    """A wrong product: its name, the faults that show it, its world, what is patched in the product, its tables.

    Its worlds have no other faults: those would stand in for the one that is looked for, or hide it.
    """

    name: str
    faults: tuple[str, ...]
    world_class: Any = World
    patches: tuple[tuple[str, Any], ...] = ()
    template: Callable[[], bytes] = cache(county.template)
    by: str = ""  # the one check that counts, where the world is wrong in other ways too
    kiosks: int = 0
    more: Any = MappingProxyType({})  # of its plans

    def plan(self, seed):
        """Return the plan of a seed."""
        wanted = plan(seed, self.faults, OFTEN)
        patience = {
            "ack_timeout_ms": HALF_HOUR_MS if wanted.lasts_ms > DAY_MS else MINUTE_MS
        }  # or some would never end
        return wanted._replace(**patience | self.more, kiosks=min(self.kiosks, wanted.devices))

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
BY_GREENWICH = ((f"{DATABASE}.rollups.local_time", lambda zone, at_ms: local_time("UTC", at_ms)),)
AMNESIA = ("broker killed", "session expires", "broker's queue full")
CUTS = ("power cut", "power cut while it writes")
RESTORE = ("backup and restore", "connection drops")
DEATHS = ("bridge dies at a statement", "database away", "bridge dies before its acks")
GONE = ("bridge killed", "session expires", "bridge dies before its acks")
CHANGES = ("no network", "moved", "reclassified")
IN_BACKLOG = ("long outage", "moved", "reclassified")
SMALL, LARGE, FORGOTTEN = {"blocks": 3}, {"blocks": 12}, {"keeps_session": False}
DESIGNS = (
    Design("the box trusts the broker's PUBACK", AMNESIA, TrustsPubackWorld),
    Design("the box thanks before flash has it", CUTS, of_app(ThanksEarly)),
    Design("the box numbers from memory", CUTS, of_app(CountsInMemory)),
    Design("the box is empty after a start", CUTS, of_app(ClearsOnReboot)),
    Design("the box overwrites when it is full", ("long outage",), of_app(Overwrites), more=SMALL),
    Design("the box erases what is acknowledged", RESTORE, of_app(ForgetsAtOnce)),
    Design("the box stores a press twice now and then", (), of_app(Stutters)),
    Design("the kiosk thanks before its card has it", CUTS, of_kiosk(ThanksBeforeItsDisk), kiosks=4),
    Design("the kiosk erases what is acknowledged", RESTORE, of_kiosk(ForgetsOnAck), kiosks=4),
    Design("the bridge acks before it commits", DEATHS, of_bridge(HastyBridge), NO_REPLAY, more=FORGOTTEN),
    Design("the bridge acks the highest number", GONE, of_bridge(HighestBridge), NO_REPLAY, more=FORGOTTEN),
    Design("the bridge acks what was refused", DEATHS, of_bridge(ForgivingBridge), NO_REPLAY),
    Design("the bridge acks one less than it has", (), of_bridge(ModestBridge)),
    Design("the bridge stores whatever comes", ("connection drops",), World, STORES_ALL, cache(without_uniqueness)),
    Design("the bridge drops what contradicts", CUTS, of_kiosk(NumbersAgain), DROPS, by="taken is kept", kiosks=4),
    Design("the bridge dates by arrival", CHANGES, World, BY_ARRIVAL),
    Design("the bridge attaches by today's registry", IN_BACKLOG, World, BY_TODAY, more=LARGE),
    Design("the bridge counts by Greenwich's hours", (), World, BY_GREENWICH),
    Design("the bridge counts apart from storing", DEATHS, of_bridge(CountsApart)),
    Design("the bridge never asks for a replay", RESTORE, World, NO_REPLAY),
)
