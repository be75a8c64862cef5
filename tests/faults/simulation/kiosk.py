"""A simulated kiosk: the product's outbox, recorder, conversation and surveys, driven step by step."""

import json
import shutil
import sqlite3
from pathlib import Path

from device import mqtt
from kiosk_app.clock import Clock
from kiosk_app.conversation import Conversation
from kiosk_app.envelope import Envelope
from kiosk_app.outbox import CAPACITY, Outbox, OutboxError
from kiosk_app.publisher import Publisher
from kiosk_app.recorder import Recorder
from kiosk_app.settings import Settings
from kiosk_app.survey import Limits
from kiosk_app.surveys import Surveys
from kiosk_app.visit import Visit
from tests.device.ram_flash import PowerCut
from tests.faults.simulation.device import Device, longest_retry_ms
from tests.faults.simulation.disk import Fuse, fuses

STEPS = 24  # of its disk, within which a fuse blows: some responses
TIGHT = 30  # responses of a kiosk that is to be full
IDENTITY = {"model": "kiosk", "board": "simulator", "firmware": "0.1.0"}


class Program:
    """What runs on a kiosk from one start to the next."""

    def __init__(self, kiosk):
        world, settings = kiosk.world, kiosk.settings
        self.clock = Clock(lambda: world.now_ms)
        self.outbox = world.outbox_class(settings.data, Envelope(), TIGHT if world.plan.is_tight else CAPACITY)
        self.surveys = Surveys(settings.data, Limits())
        self.conversation = Conversation(settings, self.outbox, self.clock, self.surveys, IDENTITY)
        self.publisher = Publisher(settings, self.conversation, self.clock.uptime_ms)
        self.recorder = Recorder(self.outbox, self.clock)


class Kiosk(Device):
    """A kiosk, which fits where a box fits."""

    def __init__(self, world, number, device_id, journal=None):
        super().__init__(world, number, device_id)
        self.program = None
        self.fuse = None
        self.folder = Path(self.directory)
        if journal:
            shutil.copytree(journal, self.folder, dirs_exist_ok=True)
        self.move_in()

    def move_in(self):
        """Use the folder of this life."""
        self.fuse = fuses[str(self.folder)] = Fuse("kiosk", self.world.io, self.fuse)
        plan = self.world.plan
        patience = {"ack_timeout_ms": plan.ack_timeout_ms, "longest_retry_ms": longest_retry_ms(plan)}
        self.settings = Settings(self.device_id, "127.0.0.1", 1, self.folder, **patience)

    @property
    def is_dark(self):
        """Tell whether the power is gone, which no visitor is told."""
        return self.fuse.is_dark

    @property
    def outbox(self):
        return self.program.outbox

    def start(self):
        program = Program(self)
        if program.surveys.current is None:
            program.surveys.offer(json.dumps(self.world.settings).encode())
            program.surveys.take()
        self.program = program

    def stop(self):
        """Take what the card holds at this moment to the next life: closing would write what a power cut does not."""
        left, self.folder = self.folder, Path(f"{self.directory}.{self.lives}")
        if left.exists():
            shutil.copytree(left, self.folder)
        if self.program and (connection := self.program.outbox._connection):
            connection.fuse = None
            connection.close()
        self.program = None
        shutil.rmtree(left, ignore_errors=True)
        self.move_in()

    # Visitors

    def give(self, button):
        """Answer as a visitor would; what the disk refuses may be on it all the same."""
        program = self.program
        if program.outbox.trouble() or not program.surveys.current:
            self.world.truth.shown("refused", {})
            return
        visit = Visit(program.surveys.current, "fi")
        visit.choose(str(button))
        stored = []
        program.recorder.stored = stored.append
        try:
            program.recorder.answer(visit, 0)
        except OutboxError:
            return
        (record,) = stored
        content = {name: value for name, value in record.items() if name != "seq"}
        self.world.truth.shown("thanked", {"epoch": program.outbox.epoch, "seq": record["seq"], "content": content})

    def notice_time(self):
        self.program.clock.uptime_ms()

    # The link

    @property
    def may_connect(self):
        """Tell whether there is a journal to speak of, as the publisher asks first; the screen keeps trying it."""
        self.outbox.trouble()
        return self.program.conversation.has_journal

    def will(self):
        return self.program.conversation.bye("lost")

    def opened(self):
        self.program.conversation.opened()
        self.program.publisher._subscribed = True

    def wait_ms(self, error):
        wait_s = self.program.publisher.back_off_s()
        self.program.publisher._subscribed = False
        return int(1000 * wait_s)

    def due(self):
        self.outbox.trouble()
        return self.program.conversation.due(self.program.clock.uptime_ms())

    def look_after(self):
        self.program.outbox.tidy(self.program.clock.at())

    def unsent(self, outbox=None):
        """Look after opening again what the disk had refused; nothing goes wrong meanwhile."""
        waiting, self.fuse.waiting = self.fuse.waiting, None
        outbox = outbox or self.outbox
        outbox.trouble()
        self.fuse.waiting = waiting
        return super().unsent(outbox)

    @property
    def is_quiet(self):
        return self.program.conversation.is_drained

    def heard(self, packet):
        if packet.kind == mqtt.PUBLISH:
            self.program.conversation.received(packet.topic, packet.payload, self.program.clock.uptime_ms())
            self.program.surveys.take()

    # What is done to it

    def heal(self):
        """End what would still go wrong."""
        self.trips = False
        self.fuse.waiting = None

    def cut_at_write(self, value):
        """Cut the power at one of the next steps of its disk, or have the disk refuse there."""
        full = sqlite3.OperationalError("database or disk is full")
        full.sqlite_errorcode = sqlite3.SQLITE_FULL
        self.fuse.set(1 + value // 8 % STEPS, full if value % 4 == 0 else PowerCut(), value // 8 // STEPS)

    def decay(self, value):
        """Change a stored response on the card; tell whether there was one."""
        connection = self.is_on and self.outbox._connection
        rows = connection.execute("SELECT seq, content FROM records ORDER BY seq").fetchall() if connection else []
        if rows:
            seq, content = rows[value % len(rows)]
            rotten = content[:-1] + bytes([content[-1] ^ 1 << value // 64 % 8])
            sqlite3.Connection.execute(connection, "UPDATE records SET content = ? WHERE seq = ?", (rotten, seq))
        return bool(rows)

    def wipe(self):
        """Begin anew with an empty folder."""
        self.power_off()
        shutil.rmtree(self.folder)
        self.folder.mkdir()

    def double(self, with_journal):
        """Return another kiosk that says that it is this one, with a copy of its journal or one of its own."""
        return Kiosk(self.world, len(self.world.devices), self.device_id, self.folder if with_journal else None)

    def copy(self):
        """Return a folder like the kiosk's own."""
        copied = Path(f"{self.directory}.copy.{self.world.now_ms}")
        return shutil.copytree(self.folder, copied)

    def put_back(self, copied):
        """Go on with a copy."""
        self.power_off()
        shutil.rmtree(self.folder)
        shutil.copytree(copied, self.folder)

    def held(self):
        """Return what a kiosk that was put away has not sent."""
        outbox = Outbox(self.folder, Envelope())
        found = self.unsent(outbox)
        outbox.close()
        return found
