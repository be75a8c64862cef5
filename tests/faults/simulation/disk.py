"""What kiosks and boxes have besides raw flash, with a fuse: a database on a card, and files that are replaced."""

import errno
import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

from device import starts, survey
from kiosk_app import outbox, publisher, surveys
from tests.device.ram_flash import PowerCut
from tests.faults.simulation.crash_points import Point, statement, waiting

WRITES = ("INSERT", "UPDATE", "DELETE", "CREATE", "BEGIN", "COMMIT", "PRAGMA")
real_write = surveys.write
fuses = {}  # by folder, of the world that is being lived in


class Fuse:
    """Of one device: after so many steps its power goes, or its disk refuses, before the step or behind it."""

    def __init__(self, who, points, of_life_before=None):
        self.who = who
        self.points = points
        self.waiting = of_life_before.waiting if of_life_before else None
        self.is_dark = False

    def set(self, steps, trouble, value):
        """Let there be trouble at one of the next steps."""
        self.waiting = waiting(self.who, trouble, steps, value)

    def pass_by(self, what):
        """Take a step, unless the power is gone or the fuse blows."""
        if self.is_dark:
            raise PowerCut
        point = Point(self.who, what)
        is_last = self.waiting is not None and self.waiting.is_due(point, self.points)
        self.points.pass_by(point, is_last)
        if is_last:
            trouble, self.waiting = self.waiting.trouble, None
            self.is_dark = isinstance(trouble, PowerCut)
            raise trouble


class Disk(sqlite3.Connection):
    """A connection whose every statement that writes is a step, and so is the time after a COMMIT."""

    fuse = None

    def execute(self, sql, *values):
        if self.fuse and sql.startswith(WRITES):
            self.fuse.pass_by(statement(sql))
        cursor = super().execute(sql, *values)
        if self.fuse and sql == "COMMIT":
            self.fuse.pass_by("after COMMIT")
        return cursor


def connected(path, **options):
    """Connect as `sqlite3.connect` does, with the fuse of the folder."""
    connection = sqlite3.connect(path, factory=Disk, **options)
    connection.fuse = fuses.get(str(Path(path).parent))
    return connection


def written(path, content):
    """Replace a file as the kiosk does, in three steps: begun, not yet in its place, done."""
    fuse = fuses.get(str(path.parent))
    if not fuse:
        real_write(path, content)
        return
    try:
        fuse.pass_by("a file is begun")
        path.with_name(path.name + ".new").write_bytes(content[: len(content) // 2])
        fuse.pass_by("a file is half written")
        real_write(path, content)
        fuse.pass_by("a file is in its place")
    except sqlite3.OperationalError as full:
        raise OSError(errno.ENOSPC, "no room") from full  # what a file says of a disk that a database calls full


def opened(path, mode="r"):
    """Open a file of a box; beginning to write is a step."""
    step(path, f"open {Path(path).name.removesuffix('.new')}", mode != "r")
    return open(path, mode, encoding="utf-8")


def renamed(source, target):
    """Put a file of a box in its place."""
    step(target, f"rename {Path(target).name}")
    os.rename(source, target)


def step(path, what, writes=True):
    """Pass the fuse of a box's folder."""
    fuse = fuses.get(os.path.dirname(path))
    if fuse and writes:
        fuse.pass_by(what)


@contextmanager
def in_force(chance):
    """Have kiosks and boxes use disks with fuses, and the world's chance for what is left to chance."""
    kiosks = SimpleNamespace(**vars(sqlite3) | {"connect": connected})
    files = SimpleNamespace(rename=renamed)
    with (
        patch.object(outbox, "sqlite3", kiosks),
        patch.object(outbox.os, "urandom", chance.randbytes),
        patch.object(publisher, "random", chance),
        patch.object(surveys, "write", written),
        patch.object(survey, "open", opened, create=True),
        patch.object(starts, "open", opened, create=True),
        patch.object(survey, "os", files),
        patch.object(starts, "os", files),
    ):
        yield
    fuses.clear()
