"""Runs a fleet: switches it on, lets a day's visitors press, kills the broker in between, waits until all is well.

Time is not compressed for boxes, broker and bridge: every clock, timeout and back-off is real. Only the visitors of a
day all come within a minute or two, so the rates are those of a day many hundred times as busy.
"""

import resource
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from server.trial import chain, ports
from server.trial.fleet import county, usage
from server.trial.fleet.costs import BEGUN, HALF, QUIET, READY, Costs, Meter, size
from server.trial.fleet.hosts import FLEET, Hosts
from server.trial.fleet.storm import Storm, storm
from server.trial.processes import Child, Group, interrupted_by_signals
from server.trial.unstartable import Unstartable

TICK_S = 0.1
PATIENCE_S = 240.0
SILENT_S = 15  # a box pings after half of its keep_alive
STARTS_PER_S = 220
BESIDES = 200  # files that a process needs besides its connections
BRIDGE = ("-m", "hymio", "bridge")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a fleet is asked to do; the programs may be others, such as wrong ones."""

    devices: int = 10_000
    days: int = 1
    presses: int = 12  # of a box and day, on average
    processes: int = 2
    seed: int = 1
    quiet_s: float = 10  # in which nobody comes, and boxes only say that they are there
    day_s: float = 60  # within which the visitors of a day come
    away_s: float = 2  # the broker
    settings: dict[str, Any] = field(default_factory=dict)  # of the boxes
    program: tuple[str, ...] = FLEET
    bridge: tuple[str, ...] = BRIDGE

    @property
    def starts_s(self) -> float:
        """Within how long all boxes are switched on: as fast as two processors can keep up with."""
        return self.devices / STARTS_PER_S


class Found(NamedTuple):
    """What came of it, but for the reckoning: what is stored, against the logs."""

    storm: Storm
    steady_per_s: float  # attempts of such a fleet when the broker has long been away
    drain_s: float  # from the broker's return until nobody waits any more
    held: int  # presses that waited at the most
    drained: bool
    thanked: int
    refused: int
    bridge_peak_mib: float
    broker_peak_mib: float
    costs: Costs

    @property
    def peak_to_steady(self) -> float:
        """How much busier the worst second of the storm is than every second of a long outage."""
        return self.storm.peak_per_s / self.steady_per_s

    @property
    def chosen_peak_to_steady(self) -> float:
        """The same of the moments that the firmware chose."""
        return self.storm.chosen_peak_per_s / self.steady_per_s


@dataclass(frozen=True)
class Trial:
    """A fleet that runs: its processes, and where what it leaves is kept."""

    plan: Plan
    database: Path
    group: Group
    hosts: Hosts
    say: Say

    def wait(self, what: str, done: Callable[[dict[str, int]], bool], patience_s: float = PATIENCE_S) -> bool:
        """Wait until the boxes' last words say that something is so, for a bounded time; tell whether it is."""
        began_s = said_s = time.monotonic()
        while (now_s := time.monotonic()) - began_s < patience_s:
            self.group.tend()
            if trouble := self.hosts.died():
                raise Unstartable(f"A process of boxes has ended: {trouble}; choose fewer with --devices.")
            said = self.hosts.said
            if said and done(said):
                return True
            if now_s - said_s >= 10:
                said_s = now_s
                self.say(f"  {what}: {told(said)}")
            time.sleep(TICK_S)
        return False

    def pid(self, name: str) -> int:
        """Return the number of a process of the chain."""
        process = self.group.children[name].process
        return process.pid if process else 0


def told(said: dict[str, int]) -> str:
    """Return the boxes' last words for people."""
    names = ("answered", "behind", "waiting", "visitors_to_come")
    return ", ".join(f"{said[name]:,} {name.replace('_', ' ')}" for name in names) if said else "starting"


@contextmanager
def running(plan: Plan, data: Path, say: Say) -> Iterator[Trial]:
    """Start broker, bridge and boxes; afterwards they are ended."""
    allow_files(plan)
    port = ports.free_port()
    database = data / "hymio.db"
    say(f"A county of {plan.devices:,} boxes is written.")
    county.furnish(database, plan.devices)
    broker = [sys.executable, "-m", "hymio", "broker", "--data", str(data), "--mqtt-port", str(port)]
    bridge = [sys.executable, *plan.bridge, "--data", str(data), "--mqtt-port", str(port), "--database", str(database)]
    children = [
        Child("broker", broker, data / "logs" / "broker.log", lambda: ports.answers(port)),
        Child("bridge", bridge, data / "logs" / "bridge.log", (data / "bridge.ready").exists),
    ]
    asked = {"port": port, "seed": plan.seed, "presses": plan.presses * plan.days, "settings": plan.settings}
    asked["starts_ms"] = int(plan.starts_s * 1000)
    with interrupted_by_signals(), Group(children, say) as group:
        hosts = Hosts(data / "boxes", asked, plan.devices, plan.processes, plan.program)
        try:
            yield Trial(plan, database, group, hosts, say)
        finally:
            hosts.end()


def allow_files(plan: Plan) -> None:
    """Allow ourselves, and so our children, a file for every connection; raise Unstartable where that is forbidden."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = plan.devices + BESIDES
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise Unstartable(
            f"The broker needs {needed} open files for {plan.devices} boxes, and `ulimit -Hn` allows {hard}: "
            "raise it, or choose fewer with --devices."
        )
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, needed), hard))


def run(trial: Trial) -> Found:
    """Let the fleet live through its day; return what came of it."""
    plan = trial.plan
    meter = Meter(trial.pid("broker"), trial.pid("bridge"))
    meter.mark(BEGUN)
    switch_on(trial)
    meter.mark(READY)
    empty_bytes = size(trial.database)
    trial.wait("quiet", lambda said: False, plan.quiet_s)
    meter.mark(QUIET)
    press_half(trial)
    meter.mark(HALF, trial.hosts.said["thanked"])
    broker_mib = usage.peak_mib(meter.broker)
    from_ms = time.time_ns() // 1_000_000
    kill_broker(trial)
    drain_s, held, drained = drain(trial)
    broker_mib = max(broker_mib, usage.peak_mib(trial.pid("broker")))
    trial.hosts.end()
    said = trial.hosts.said
    pings = plan.devices * plan.quiet_s / SILENT_S
    return Found(
        storm=storm(trial.hosts.logs, from_ms),
        steady_per_s=plan.devices / trial.hosts.longest_wait_ms * 1000,
        drain_s=drain_s,
        held=held,
        drained=drained,
        thanked=said["thanked"],
        refused=said["refused"],
        bridge_peak_mib=usage.peak_mib(trial.pid("bridge")),
        broker_peak_mib=broker_mib,
        costs=meter.costs(plan.devices, pings, trial.database, said["thanked"], empty_bytes),
    )


def switch_on(trial: Trial) -> None:
    """Wait until every box has been answered and knows what to ask; raise Unstartable when some do not come so far."""
    plan, bridge = trial.plan, trial.group.children["bridge"]
    trial.say(f"{plan.devices:,} boxes are switched on within {plan.starts_s:.0f} s.")
    if not trial.wait("starting", lambda said: said["ready"] == plan.devices, plan.starts_s + PATIENCE_S):
        ready = trial.hosts.said.get("ready", 0)
        raise Unstartable(
            f"Only {ready:,} of {plan.devices:,} boxes were told what to ask in time; choose fewer with --devices. "
            f"The bridge's last word: {bridge.last_words()}"
        )


def press_half(trial: Trial) -> None:
    """Let the day's visitors come, and return when half of them have."""
    plan = trial.plan
    trial.say(f"Visitors come: those of {plan.days} day(s) within {plan.day_s:.0f} s.")
    trial.hosts.write(f"day {int(plan.day_s * 1000)}")
    trial.wait("visited", lambda said: False, plan.day_s / 2)


def kill_broker(trial: Trial) -> None:
    """Kill the broker with all that it knows, and start it again after a while."""
    away_s = trial.plan.away_s
    trial.say(f"The broker is killed, and comes back after {away_s:g} s: {told(trial.hosts.said)}.")
    child = trial.group.children["broker"]
    child.held = True
    child.send(signal.SIGKILL)
    child.end()
    time.sleep(away_s)
    trial.group.release("broker")


def drain(trial: Trial) -> tuple[float, int, bool]:
    """Wait until all visitors have come and nobody waits; return how long, the most that waited, and whether."""
    held = 0

    def is_drained(said: dict[str, int]) -> bool:
        nonlocal held
        held = max(held, said["waiting"])
        return said["visitors_to_come"] == said["waiting"] == 0 and said["answered"] == trial.plan.devices

    back_s = time.monotonic()
    drained = trial.wait("draining", is_drained)
    drain_s = time.monotonic() - back_s
    trial.say(f"After {drain_s:.1f} s: {told(trial.hosts.said)}.")
    return drain_s, held, drained


def simulated(plan: Plan, data: Path, say: Say) -> Found:
    """Run a fleet in an empty folder; its database and logs stay there."""
    with chain.locked(data), running(plan, data, say) as trial:
        return run(trial)
