"""Cuts the power at every write and sync of an ingest, and looks at what the next start finds."""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from broker_bridge.database.connect import Connection
from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import Received, ingest
from device.protocol import messages
from tests.faults.checker import Account, account
from tests.faults.journal import BATCH, NOW_MS, Journal, furnish, journals
from tests.faults.power import MANNERS, Disk, Step, Tape, Taped

FILE = "hymio.db"


@dataclass
class Session:
    """One ingest on tape: who said what, the files before it, and every step."""

    devices: list[Journal]
    before: dict[str, bytes]
    steps: list[Step]

    @property
    def acknowledged(self) -> int:
        """Return how many responses were acknowledged in it."""
        return sum(max_of(self.steps).values())

    @property
    def moments(self) -> list[int]:
        """Return the places on the tape where the power can be cut: before every touch of a file."""
        return [place for place, step in enumerate(self.steps) if step.kind != "acknowledged"]


def max_of(steps: list[Step]) -> dict[str, int]:
    """Return the last acknowledgement on a tape."""
    return next((step.acknowledged for step in reversed(steps) if step.acknowledged), {})


def record(seed: int, presses: int, synchronous: str = "FULL", hasty: bool = False) -> Session:
    """Ingest the journals of two devices on a taped disk, in drains of several batches and now and then the same again.

    A hasty bridge acknowledges before it commits.
    """
    devices = journals(2, presses)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        with closing(open_database(path)) as connection:
            furnish(connection, devices)
        before = {FILE: path.read_bytes()}
        tape = Tape()
        connection = Taped(path, synchronous)
        try:
            feed(connection, devices, tape, random.Random(seed), hasty)
        finally:
            connection.close()
            tape.unregister()
    return Session(devices, before, tape.steps)


def feed(connection: Connection, devices: list[Journal], tape: Tape, chance: random.Random, hasty: bool) -> None:
    """Let the bridge's ingest take everything, and put its acknowledgements on the tape."""
    acknowledged: dict[str, int] = {}
    while any(acknowledged.get(each.device_id, 0) < len(each.values) for each in devices):
        drain = drained(devices, acknowledged, chance)
        if hasty:
            tape.acknowledge(acknowledged | promised(drain))
        for reply in ingest(connection, drain, NOW_MS):
            message = messages.decode(reply.topic, reply.payload)
            if message.name == "down/ack":
                acknowledged[str(message.device_id)] = message.fields["seq"]
        tape.acknowledge(acknowledged)


def drained(devices: list[Journal], acknowledged: dict[str, int], chance: random.Random) -> list[Received]:
    """Return what one drain of the socket brings: up to three batches of some devices, some of it known already."""
    found: list[Received] = []
    for journal in devices:
        start = max(0, acknowledged.get(journal.device_id, 0) - chance.choice((0, 0, 0, BATCH)))
        end = min(start + BATCH * chance.randint(0, 3), len(journal.values))
        found += [said(journal, after) for after in range(start, end, BATCH)]
    return found


def said(journal: Journal, after: int) -> Received:
    """Return the batch above a number as the broker delivers it."""
    return Received(journal.topic("up/responses"), journal.batch(after), False, NOW_MS)


def promised(drain: list[Received]) -> dict[str, int]:
    """Return what a bridge that acknowledges before it commits would say."""
    heard = [messages.decode(received.topic, received.payload) for received in drain]
    return {str(each.device_id): each.fields["responses"][-1].seq for each in heard}


def cut(session: Session, every: int, progress: Callable[[int], None] = lambda done: None) -> Iterator[Account]:
    """Yield what is found after a cut at each `every`th moment; each manner of losing what is not synced in turn."""
    chance = random.Random(len(session.steps))
    wanted = session.moments[::every]
    disk, played = Disk(session.before), 0
    for number, moment in enumerate(wanted):
        for step in session.steps[played:moment]:
            disk.take(step)
        played = moment
        manner = MANNERS[number % len(MANNERS)]
        yield found(disk.after_cut(manner, chance), disk.acknowledged, session.devices)
        progress(number + 1)


def found(files: dict[str, bytearray], acknowledged: dict[str, int], devices: list[Journal]) -> Account:
    """Start again on what a cut left, check, let the devices send again what was not acknowledged, and check again."""
    folder = Path(tempfile.mkdtemp(dir=fastest()))
    try:
        for name, content in files.items():
            (folder / name).write_bytes(content)
        with closing(open_database(folder / FILE)) as connection:
            connection.check_integrity()
            at_once = account(connection, acknowledged, devices)
            everything = {each.device_id: len(each.values) for each in devices}
            ingest(connection, list(rest(devices, acknowledged)), NOW_MS)
            return at_once + account(connection, everything, devices)
    finally:
        shutil.rmtree(folder)


def rest(devices: list[Journal], acknowledged: dict[str, int]) -> Iterator[Received]:
    """Yield what the devices send again: all that nobody acknowledged."""
    for journal in devices:
        for after in range(acknowledged.get(journal.device_id, 0), len(journal.values), BATCH):
            yield said(journal, after)


def fastest() -> str | None:
    """Return where files are made and removed by the thousand: in memory, if there is such a place."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
