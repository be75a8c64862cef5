"""Kills the bridge at every stage and at any moment, and the database's server under it, while devices send."""

import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database
from tests.faults.checker import Account, account
from tests.faults.dying_bridge import STAGES
from tests.faults.fleet import Fleet
from tests.faults.forgetful import machine
from tests.faults.journal import Journal, furnish, journals
from tests.faults.processes import Bridge, broker
from tests.postgresql import Cluster

DYING = str(Path(__file__).with_name("dying_bridge.py"))
ANY_MOMENT = "any moment"
PATIENCE_S = 30.0

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Toll:
    """How often something was killed, how many responses were acknowledged, and what became of them."""

    kills: int
    acknowledged: int
    account: Account


def schedule(kills: int, chance: random.Random) -> list[str]:
    """Return where each of some kills is to fall: every stage in turn, and every third at any moment."""
    return [ANY_MOMENT if number % 3 == 2 else chance.choice(STAGES) for number in range(kills)]


class Scene:
    """Devices, a broker and a bridge on a database."""

    def __init__(self, data: Path, database: str, devices: list[Journal], fleet: Fleet, port: int) -> None:
        self.fleet = fleet
        self.devices = devices
        self.database = database
        self.bridge = Bridge(data, port, database)
        self.pressed = self.lives = 0

    def press(self, presses: int) -> None:
        """Let every device press some more."""
        self.pressed += presses
        self.fleet.press_to(self.pressed)

    def kill_bridge(self, stage: str, presses: int, chance: random.Random) -> None:
        """Start a bridge, let the devices press, and let it die."""
        self.lives += 1
        marker = str(self.bridge.data / f"died-{self.lives}")
        program = () if stage == ANY_MOMENT else (DYING, stage, str(chance.randint(1, 2)), marker)
        self.bridge.start(*program)
        self.press(presses)
        after_s = chance.uniform(0.0, 0.3)
        deadline_s = time.monotonic() + PATIENCE_S
        ready_s = float("inf")
        while self.bridge.running():
            self.fleet.tend()
            if self.bridge.ready.exists():
                ready_s = min(ready_s, time.monotonic())
            if stage == ANY_MOMENT and time.monotonic() > ready_s + after_s:
                self.bridge.kill()
            # It may be through with everything before it has passed the stage as often as was meant.
            if time.monotonic() > deadline_s or (self.fleet.settled() and time.monotonic() > ready_s + 1):
                self.bridge.kill()
            time.sleep(0.005)

    def finish(self) -> Account:
        """Compare; then let a bridge that nobody kills take the rest, and compare again. What is lost already leaves a
        hole below which nobody will acknowledge the rest."""
        found = self.compare()
        if found.lost:
            return found
        self.bridge.start()
        self.fleet.settle()
        self.bridge.stop()
        return self.compare()

    def compare(self) -> Account:
        """Compare what was acknowledged with what is stored."""
        with closing(connect(self.database)) as connection:
            return account(connection, self.fleet.acknowledged, self.devices)


def silent(line: str) -> None:
    """Say nothing."""


def bridges(data: Path, database: str, stages: list[str], *, count: int, presses: int, say: Progress = silent) -> Toll:
    """Kill the bridge once for each stage, while each of `count` devices presses `presses` times in each of its
    lives."""
    chance = random.Random(len(stages))
    devices = journals(count, presses * len(stages))
    with closing(open_database(database)) as connection:
        furnish(connection, devices)
    with broker(data) as port, Fleet(devices, port) as fleet:
        scene = Scene(data, database, devices, fleet, port)
        for number, stage in enumerate(stages, start=1):
            scene.kill_bridge(stage, presses, chance)
            say(f"bridge killed {number} of {len(stages)} times, at {stage}")
        return Toll(len(stages), count * presses * len(stages), scene.finish())


def machines(data: Path, stages: list[str], *, count: int, presses: int, say: Progress = silent) -> Toll:
    """Cut the power of the machine that the bridge and its database run on, once for each stage."""
    chance = random.Random(len(stages))
    devices = journals(count, presses * len(stages))
    with machine(data) as cut_off, broker(data) as port, Fleet(devices, port) as fleet:
        database = str(cut_off.mount / "hymio.db")
        with closing(open_database(database)) as connection:
            furnish(connection, devices)
        scene = Scene(data, database, devices, fleet, port)
        for number, stage in enumerate(stages, start=1):
            scene.kill_bridge(stage, presses, chance)
            cut_off.cut_power()
            cut_off.start()
            say(f"power of the machine cut {number} of {len(stages)} times, at {stage}")
        return Toll(len(stages), count * presses * len(stages), scene.finish())


def servers(
    data: Path, cluster: Cluster, database: str, *, kills: int, count: int, presses: int, say: Progress = silent
) -> Toll:
    """Kill the PostgreSQL server some times under a bridge that goes on by itself."""
    chance = random.Random(kills)
    devices = journals(count, presses * kills)
    with closing(open_database(database)) as connection:
        furnish(connection, devices)
    with broker(data) as port, Fleet(devices, port) as fleet:
        scene = Scene(data, database, devices, fleet, port)
        scene.bridge.start()
        scene.bridge.wait_until_ready()
        for number in range(1, kills + 1):
            scene.press(presses)
            end_s = time.monotonic() + chance.uniform(0.01, 0.5)
            while time.monotonic() < end_s:
                fleet.tend()
                time.sleep(0.002)
            cluster.kill()
            cluster.start()
            say(f"database server killed {number} of {kills} times")
        fleet.settle()
        scene.bridge.stop()
        return Toll(kills, count * presses * kills, scene.compare())
