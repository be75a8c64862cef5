"""The outbox in files on littlefs, and the settings beside it, cut at every program and erase that littlefs makes."""

import json

import vfs

from device import checks
from device.outbox import Outbox
from device.segments import Folder
from device.survey import SurveyFile
from tests.cuts.ring import urandom
from tests.cuts.sweep import Sweep
from tests.device.ram_flash import SYNC, TORN, PowerCut, RamFlash, Random

SEGMENTS = 32
BLOCKS, BLOCK_SIZE = 48, 1024
NAME = "/survey.json"
BUTTONS = 5
WAYS = TORN + ("reordered",)


class Disk(RamFlash):
    """Flash for littlefs; it also knows what was not yet synced, and may reach the cells in any order."""

    def __init__(self, memory=None):
        super().__init__(BLOCKS, BLOCK_SIZE, memory)
        self.synced = memory or bytes(self.memory)
        self.pending = []
        self.view = memoryview(self.memory)

    def restarted(self):
        return Disk(self.memory)

    def readblocks(self, block, buf, offset=0):
        if self.is_off:
            raise PowerCut
        at = block * BLOCK_SIZE + offset
        buf[:] = self.view[at : at + len(buf)]

    def ioctl(self, op, arg):
        if op == SYNC and (self.watch or self.cut_at >= 0):
            self.synced = bytes(self.memory)
            self.pending = []
        return super().ioctl(op, arg)

    def _do(self, at, data):
        self.pending.append((at, data))
        super()._do(at, data)

    def tear(self, at, data, torn, random):
        if torn == "reordered":
            self.memory[:] = self.synced
            for operation in self.pending:
                if random.below(2):
                    super().tear(*operation, "everything", random)
        else:
            super().tear(at, data, torn, random)

    def torn_copy(self, at, data, torn, random):
        twin = Disk(self.memory)
        twin.synced = self.synced
        twin.pending = self.pending
        twin.tear(at, data, torn, random)
        return twin.restarted()


def blank_disk():
    disk = Disk()
    vfs.VfsLfs2.mkfs(disk)
    return Disk(disk.memory)


class Mount:
    """A folder of the machine on which one disk at a time is mounted."""

    def __init__(self, path):
        self.path = path
        self.is_mounted = False

    def mount(self, disk):
        self.leave()
        vfs.mount(vfs.VfsLfs2(disk), self.path)
        self.is_mounted = True

    def leave(self):
        if self.is_mounted:
            vfs.umount(self.path)
            self.is_mounted = False


class SegmentSweep(Sweep):
    """A life in segments on littlefs."""

    def __init__(self, seed, **options):
        self.main = Mount("/life")
        self.twin = Mount("/twin")
        super().__init__(blank_disk(), seed, **options)

    def starts(self, disk):
        def start(cold_start):
            place = self.main if disk is self.flash else self.twin
            place.mount(disk)
            return Outbox(Folder(place.path + "/outbox", SEGMENTS), urandom, cold_start)

        return start

    def run(self):
        try:
            return super().run()
        finally:
            self.main.leave()

    def ways(self):
        return WAYS

    def torn(self, at, data, torn):
        return self.flash.torn_copy(at, data, torn, self.random)

    def ended(self, life, flash):
        super().ended(life, flash)
        flash.is_off = False  # so that files which a cut left open can be closed with the rest of the dead box
        flash.cut_at = -1
        self.twin.leave()


class SettingsSweep:
    """Settings that are replaced again and again; after a cut the old or the new ones are there, whole."""

    def __init__(self, replacements):
        self.main = Mount("/life")
        self.twin = Mount("/twin")
        self.disk = blank_disk()
        self.random = Random(7)
        self.replacements = replacements
        self.kept = None
        self.coming = None
        self.cuts = 0
        self.failures = []

    def run(self):
        self.main.mount(self.disk)
        surveys = SurveyFile(self.main.path + NAME, BUTTONS)
        self.disk.watch = self.cut
        for version in range(1, self.replacements + 1):
            self.coming = settings(version)
            surveys.take(self.coming)
            self.kept = self.coming
        self.disk.watch = None
        self.main.leave()
        return self

    def cut(self, at, data):
        allowed = [said and checks.survey(said, BUTTONS) for said in (self.kept, self.coming)]
        for torn in WAYS:
            self.twin.mount(self.disk.torn_copy(at, data, torn, self.random))
            current = SurveyFile(self.twin.path + NAME, BUTTONS).current
            self.twin.leave()
            self.cuts += 1
            if current not in allowed:
                self.failures.append("half read: settings " + str(current))


def settings(version):
    """Return settings whose length changes from version to version."""
    text = {"fi": "Miten meni?" + " Kerro." * (version % 60)}
    survey = {"questions": [{"id": "smiley", "kind": "smiley5", "text": text}]}
    return json.loads(json.dumps({"v": 1, "settings": "reception@" + str(version), "survey": survey}))
