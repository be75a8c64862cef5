"""What the nemesis does to a scene: each act takes a while, and puts back what it took."""

import os
import shutil
import signal
import time
from contextlib import suppress

from tests.faults.nemesis import network

AWAY_S = 2.0
OFTEN = 4
HOLE_S = 7.0  # the keep-alive and a half
LOST_PERCENT = 30


class Nemesis:
    """Does every act in turn, in an order that its seed decides, and then again, while presses go on."""

    def __init__(self, scene, say):
        self.scene = scene
        self.say = say
        self.kills = 0
        self.done = {}
        self.left = []
        self.acts = [
            *((self.kill_bridge, self.kill_box) * OFTEN),
            self.kill_broker,
            *(self.stop_bridge, self.stop_broker, self.cut_wire, self.silence_wire),
            *((self.lose_packets, self.open_black_hole) if network.is_ours() else ()),
            *((self.turn_clock,) if shutil.which("faketime") else ()),
            *((self.break_syncs,) if shutil.which("fiu-run") else ()),
            *((self.fill_disk,) if scene.has_disk and not scene.cluster else ()),
            *((self.kill_database, self.kill_database) if scene.cluster else ()),
        ]

    def act(self):
        """Do something."""
        if not self.left:
            self.left = self.scene.chance.sample(self.acts, len(self.acts))
        act = self.left.pop()
        name = act.__name__.replace("_", " ")
        self.done[name] = self.done.get(name, 0) + 1
        act()

    def press_for(self, seconds):
        """Let visitors press for a while, and start again what has ended."""
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            self.scene.press()
            self.scene.tend()
            time.sleep(0.02)

    def kill_bridge(self):
        self.kills += 1
        self.scene.kill_bridge()

    def kill_broker(self):
        self.kills += 1
        self.scene.broker.kill()
        self.press_for(self.scene.chance.uniform(0, AWAY_S))
        self.scene.broker.start()

    def kill_box(self):
        self.kills += 1
        box = self.scene.chance.choice(self.scene.boxes)
        box.press(3)
        box.kill()
        box.start()

    def kill_database(self):
        self.kills += 1
        self.scene.cluster.kill()
        self.press_for(self.scene.chance.uniform(0, AWAY_S))
        self.scene.cluster.start()

    def stop_bridge(self):
        self.pause(self.scene.bridge.process.pid)

    def stop_broker(self):
        self.pause(self.scene.broker.process.pid)

    def pause(self, pid):
        """Stop a process, whose connections its kernel keeps open, and let it go on."""
        os.kill(pid, signal.SIGSTOP)
        self.press_for(AWAY_S)
        with suppress(ProcessLookupError):  # it had been about to end
            os.kill(pid, signal.SIGCONT)

    def cut_wire(self):
        self.scene.wire.cut()

    def silence_wire(self):
        self.scene.wire.is_silent = True
        self.press_for(AWAY_S)
        self.scene.wire.is_silent = False
        self.scene.wire.cut()  # what was swallowed is missing in the middle: the connection is of no more use

    def lose_packets(self):
        """Let the kernel lose a third of what boxes and broker say to each other."""
        with network.losing(self.scene.wire.port, LOST_PERCENT):
            self.press_for(2 * AWAY_S)

    def open_black_hole(self):
        """Let the kernel lose everything for longer than the boxes wait, on connections that stay open."""
        with network.losing(self.scene.broker.port, 100):
            self.press_for(HOLE_S)

    def turn_clock(self):
        """Let a bridge run an hour off for a while."""
        self.kill_bridge()
        self.scene.turn_clock(self.scene.chance.choice(("+1h", "-1h", "+366d")))
        self.press_for(2 * AWAY_S)
        self.kill_bridge()

    def break_syncs(self):
        self.scene.fail_syncs()
        end_s = time.monotonic() + AWAY_S
        while self.scene.bridge.running() and time.monotonic() < end_s:
            self.scene.press()
            time.sleep(0.02)
        self.scene.kill_bridge()

    def fill_disk(self):
        self.scene.fill_up()
        self.press_for(AWAY_S)
        self.scene.make_room()
