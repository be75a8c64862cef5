"""Cuts the power at every program and erase of MicroPython's littlefs while the pointer to the app slot changes."""

import json
import os
import sys

import vfs

sys.path.insert(0, ".")

from device import loader
from tests.device.ram_flash import TORN, PowerCut, RamFlash

ROOT = "/board/"
STEPS = (
    ("switch", lambda: loader.switch(ROOT, "b")),
    ("first try", lambda: loader.choose(ROOT)),
    ("sleep", lambda: loader.rest(ROOT)),
    ("second try", lambda: loader.choose(ROOT)),
    ("proof", lambda: loader.prove(ROOT)),
    ("switch back", lambda: loader.switch(ROOT, "a")),
    ("three tries", lambda: [loader.choose(ROOT) for _ in range(loader.TRIES)]),
    ("fallback", lambda: loader.choose(ROOT)),
)


class Flash(RamFlash):
    """Flash without power answers with an error code: files that are still open are closed by the collector, loudly."""

    def readblocks(self, block, buf, offset=0):
        return -5 if self.is_off else super().readblocks(block, buf, offset)

    def writeblocks(self, block, buf, offset=0):
        return -5 if self.is_off else super().writeblocks(block, buf, offset)

    def ioctl(self, op, arg):
        return -5 if self.is_off else super().ioctl(op, arg)


def careless_point(root, slot, is_proven, tries=0):
    """Write the pointer in place, which is what the sweep has to catch."""
    with open(root + loader.POINTER, "w") as file:
        file.write('{"slot": "' + slot + '", ')
        file.flush()
        file.write('"is_proven": ' + str(is_proven).lower() + ', "tries": ' + str(tries) + "}")


def mounted(flash):
    try:
        vfs.umount("/board")
    except OSError:
        pass
    vfs.mount(vfs.VfsLfs2(flash), "/board")


def fresh():
    flash = Flash(block_count=16, block_size=512)
    vfs.VfsLfs2.mkfs(flash)
    mounted(flash)
    for slot in loader.SLOTS:
        os.mkdir(ROOT + "app_" + slot)
        os.mkdir(ROOT + "app_" + slot + "/device")
    return flash


def states_of(step):
    """Return every pointer that a step without a cut passes through."""
    seen = [loader.pointer(ROOT)]
    real = loader.point
    loader.point = lambda *state, **named: (real(*state, **named), seen.append(loader.pointer(ROOT)))
    step()
    loader.point = real
    return seen


def cut_everywhere(memory, step, allowed):
    """Return how many cuts there were and which pointers no start should ever have seen."""
    cuts, wrong = 0, []
    for torn in TORN:
        for cut_at in range(1000):
            flash = Flash(16, 512, memory)
            mounted(flash)
            flash.operations, flash.cut_at, flash.torn = 0, cut_at, torn
            try:
                step()
                break
            except (PowerCut, OSError):
                cuts += 1
            mounted(Flash(16, 512, flash.memory))
            if loader.pointer(ROOT) not in allowed:
                wrong.append((torn, cut_at, loader.pointer(ROOT)))
            loader.choose(ROOT)  # whatever it found, the board starts, and can be written to
    return cuts, wrong


def main(arguments):
    flash = fresh()
    if arguments == ["careless"]:
        loader.point = careless_point
    cuts, wrong = 0, {}
    for name, step in STEPS:
        memory = bytearray(flash.memory)
        allowed = states_of(step)
        found = cut_everywhere(memory, step, allowed)
        cuts += found[0]
        wrong[name] = len(found[1])
        mounted(flash)
    print(json.dumps({"cuts": cuts, "wrong": wrong, "ended_with": loader.pointer(ROOT)}))


main(sys.argv[1:])
