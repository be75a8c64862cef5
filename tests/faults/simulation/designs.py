"""Products that are wrong on purpose: the checker has to catch each, or it proves nothing about the right one."""

from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple
from unittest.mock import patch

from broker_bridge.database import migrate
from broker_bridge.database.local_times import local_time
from tests.faults.simulation import county
from tests.faults.simulation.plan import DAY_MS, MINUTE_MS, plan
from tests.faults.simulation.world import World
from tests.faults.simulation.wrong_bridges import (
    AnswersApart,
    CountsApart,
    ForgivingBridge,
    HastyBridge,
    HighestBridge,
    ModestBridge,
    by_arrival,
    every_record,
    impatiently,
    turned_round,
)
from tests.faults.simulation.wrong_devices import (
    ClearsOnReboot,
    CountsInMemory,
    Dreams,
    ForgetsAtOnce,
    ForgetsOnAck,
    GivesUp,
    NumbersAgain,
    Overwrites,
    Stutters,
    ThanksBeforeItsDisk,
    ThanksEarly,
    TrustsPuback,
    one_less,
    one_more,
)

HALF_HOUR_MS = 30 * MINUTE_MS
OFTEN = 5  # times as often as in a world with everything else


class TrustsPubackWorld(World):
    hears_pubacks = True
    app_class = TrustsPuback


def of_kiosk(outbox):
    """Return a world whose kiosks have an outbox."""
    return type("Wrong", (World,), {"outbox_class": outbox})


def of_app(app):
    """Return a world whose boxes run an app."""
    return type("Wrong", (World,), {"app_class": app})


def of_bridge(bridge):
    """Return a world with a bridge."""

    class Wrong(World):
        bridge_class = bridge

    return Wrong


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
BY_ARRIVAL = (
    (f"{DATABASE}.dating.date_by_clock", by_arrival),
    (f"{DATABASE}.dating.date_by_boot", by_arrival),
)
BY_TODAY = ((f"{DATABASE}.timelines.Timeline.at", lambda self, at_ms: self.places[-1]),)
BY_GREENWICH = ((f"{DATABASE}.rollups.local_time", lambda zone, at_ms: local_time("UTC", at_ms)),)
LESS = (("device.tallies.counters", one_less),)
MORE = (("device.tallies.counters", one_more),)
TURNED = ((f"{DATABASE}.answers.checked", turned_round),)
IMPATIENT = ((f"{DATABASE}.journals.advance", impatiently), *NO_REPLAY)
AMNESIA = ("broker killed", "session expires", "broker's queue full")
CUTS = ("power cut", "power cut while it writes")
RESTORE = ("backup and restore", "connection drops")
DEATHS = ("bridge dies at a statement", "database away", "bridge dies before its acks")
GONE = ("bridge killed", "session expires", "bridge dies before its acks")
CHANGES = ("no network", "moved", "reclassified")
IN_BACKLOG = ("long outage", "moved", "reclassified")
FULL = ("long outage",)
SMALL, COUNTING, LARGE, FORGOTTEN = {"blocks": 3}, {"blocks": 8}, {"blocks": 12}, {"keeps_session": False}
PROMPT = {"drain_ms": 20_000, "slow_ms": 1_500}
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
    Design(
        "the bridge drops what contradicts",
        CUTS,
        of_kiosk(NumbersAgain),
        DROPS,
        by="taken is kept",
        kiosks=4,
    ),
    Design("the bridge dates by arrival", CHANGES, World, BY_ARRIVAL),
    Design("the bridge attaches by today's registry", IN_BACKLOG, World, BY_TODAY, more=LARGE),
    Design("the bridge counts by Greenwich's hours", (), World, BY_GREENWICH),
    Design("the bridge counts apart from storing", DEATHS, of_bridge(CountsApart)),
    Design("the bridge never asks for a replay", RESTORE, World, NO_REPLAY),
    Design("the box stores what nobody pressed", CUTS, of_app(Dreams), by="stored was pressed"),
    Design("the box counts one less than there were", FULL, World, LESS, by="counted is stored", more=COUNTING),
    Design("the box counts one more than there were", FULL, World, MORE, by="counted once", more=COUNTING),
    Design("the box gives up after twenty attempts", FULL, of_app(GivesUp), by="every outbox empties"),
    Design("the bridge stores answers apart", DEATHS, of_bridge(AnswersApart), by="answers are stored"),
    Design("the bridge turns the scale round", (), World, TURNED, by="answers are those given"),
    Design(
        "the bridge gives up what is late", GONE, World, IMPATIENT, by="gaps are explained", more=FORGOTTEN | PROMPT
    ),
)
