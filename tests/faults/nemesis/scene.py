"""The processes that the nemesis visits, and what they are put back to."""

import os
import random
import signal
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

from broker_bridge.database import registry, survey_versions
from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database
from broker_bridge.database.ranges import Range
from server.trial.boxes import Box
from server.trial.reckoning import read_logs
from tests.faults.checker import Truth, check
from tests.faults.journal import SURVEY
from tests.faults.nemesis.kiosk import Kiosk
from tests.faults.nemesis.wire import Wire
from tests.faults.processes import Bridge, RunningBroker, wait_until

KIOSK = "kiosk-0001"
DISK_MIB = 24
PATIENCE_S = 90
READY_S = 10
SETTINGS = {"ack_timeout_ms": 2000, "retry_ms": 200, "longest_retry_ms": 2000, "keep_alive_s": 4}


class Scene:
    """Boxes and a kiosk on a wire to a broker, a bridge, and a database on a small disk or a PostgreSQL server."""

    def __init__(self, folder, boxes, cluster=None):
        self.folder = Path(folder)
        self.chance = random.Random(boxes)
        self.disk = self.folder / "disk"
        self.has_disk = small(self.disk)
        self.cluster = cluster
        self.made = cluster.database() if cluster else None
        self.database = self.made.__enter__() if cluster else str(self.disk / "hymio.db")
        self.broker = RunningBroker(self.folder)
        self.wire = Wire(self.broker.port)
        self.bridge = Bridge(self.folder, self.broker.port, self.database)
        names = [f"box-{number:04}" for number in range(1, boxes + 1)]
        self.boxes = [Box(self.folder / name, name, "button-5", self.wire.port, **SETTINGS) for name in names]
        self.boxes.append(Kiosk(self.folder / KIOSK, KIOSK, self.wire.port, **SETTINGS))
        self.furnish(dict.fromkeys(names, "button-5") | {KIOSK: "kiosk"})

    def furnish(self, models):
        """Write the county, and start everything."""
        with closing(open_database(self.database)) as connection:
            survey_versions.add_survey(connection, SURVEY)
            registry.add_unit(connection, "keskus", {"fi": "Keskus"})
            registry.add_service_point(connection, "aula", "keskus", {"fi": "Aula"})
            for name, model in models.items():
                registry.add_device(connection, name, model, SURVEY["survey"], ["fi"])
                registry.add_placement(connection, name, "aula", Range())
        self.bridge.start()
        self.bridge.wait_until_ready()
        for box in self.boxes:
            box.start()
        for box in self.boxes:
            wait_until(box.has_survey, f"a survey for {box.device_id}")

    def press(self):
        """Let somebody press somewhere."""
        self.chance.choice(self.boxes).press(self.chance.randint(1, 5))

    def tend(self):
        """Start again what has ended."""
        if not self.bridge.running():
            self.bridge.start()

    def kill_bridge(self):
        """Kill the bridge itself, below what it is wrapped in."""
        with suppress(OSError):
            os.kill(child(self.bridge.process.pid), signal.SIGKILL)
        self.bridge.kill()

    def turn_clock(self, offset):
        """Start a bridge whose clock is off; the machine's own is not touched."""
        self.bridge.wrapper = ("faketime", "-f", offset)
        self.bridge.start()
        self.bridge.wrapper = ()

    def fail_syncs(self):
        """Let the disk fail to sync under a bridge, which then ends by itself; the next one has a good disk."""
        self.kill_bridge()
        # Only for this: the library that fails them now and then hangs a process at its start.
        self.bridge.wrapper = ("fiu-run", "-x", "-f", str(self.folder / "fiu"))
        self.bridge.start()
        self.bridge.wrapper = ()
        if not self.becomes_ready():
            self.kill_bridge()
            return
        pid = child(self.bridge.process.pid)
        for name in ("fsync", "fdatasync"):
            enable = ["-c", f"enable name=posix/io/sync/{name}", str(pid)]
            subprocess.run(
                ["fiu-ctrl", "-f", str(self.folder / "fiu"), *enable], check=False, stderr=subprocess.DEVNULL
            )

    def becomes_ready(self):
        """Tell whether the bridge is subscribed within a while."""
        deadline_s = time.monotonic() + READY_S
        while time.monotonic() < deadline_s and not self.bridge.ready.exists():
            self.press()
            time.sleep(0.05)
        return self.bridge.ready.exists()

    def fill_up(self):
        """Write until the disk takes no more."""
        with (self.disk / "filler").open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))

    def make_room(self):
        (self.disk / "filler").unlink(missing_ok=True)

    def heal(self):
        """Put everything back; return whether every box was emptied in time."""
        self.wire.is_silent = False
        self.make_room()
        deadline_s = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline_s and not all(box.drained() for box in self.boxes):
            self.tend()
            time.sleep(0.2)
        return [box.device_id for box in self.boxes if not box.drained()]

    def verdict(self, stuck):
        """Compare the boxes' own logs with the tables."""
        truth = Truth(said=read_logs({box.device_id: box.log for box in self.boxes}))
        with closing(connect(self.database)) as connection:
            return len(truth.said.thanked), check(connection, truth, stuck)

    def last_words(self):
        """Return the end of the bridge's log, for whoever looks why something is missing."""
        return "\n".join(self.bridge.log.read_text(errors="replace").splitlines()[-12:])

    def close(self):
        """End everything."""
        for box in self.boxes:
            box.stop()
        self.kill_bridge()
        self.wire.close()
        self.broker.kill()
        if self.made:
            self.made.__exit__(None, None, None)
        if self.has_disk:
            subprocess.run(["umount", "--lazy", str(self.disk)], check=False)


def child(pid):
    """Return the process that a wrapper runs, or the wrapper's own where it became that process."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return int(children[0]) if children else pid


def small(folder):
    """Make a folder on a small disk of its own; tell whether that could be had."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MIB}m", "tmpfs", str(folder)]
    return subprocess.run(command, check=False, stderr=subprocess.DEVNULL).returncode == 0
