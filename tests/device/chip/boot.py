"""Starts a board's root as the chip would, and lets a person push one button: `boot.py ROOT [IMAGE]`.

The app comes from the root's slots and from nowhere else, or from a ROMFS image in the place of slot a. Prints one JSON
line about what the person saw.
"""

import asyncio
import json
import sys
from collections import namedtuple

import machine

BUTTON, LAMP = 7, 12  # the fourth of five on the ESP32-S3 board
PATIENCE = 200  # looks of 10 ms


def mount(image, place):
    import vfs

    with open(image, "rb") as file:
        data = file.read()
    vfs.mount(vfs.VfsRom(data), place)


async def person():
    """Push a button once the app has had a moment, wait for its light, and leave."""
    machine.Pin(BUTTON).push(False)
    await asyncio.sleep(0.05)
    machine.Pin(BUTTON).push(True)
    for _ in range(PATIENCE):
        await asyncio.sleep(0.01)
        if machine.Pin(LAMP).level:
            raise SystemExit


def play(real_run):
    async def both(app):
        await asyncio.gather(app, person())

    return lambda app: real_run(both(app))


class Board:
    """The interpreter's `sys`, but for where it runs."""


for name in dir(sys):
    setattr(Board, name, getattr(sys, name))
Implementation = namedtuple("Implementation", ("_machine",))  # noqa: PYI024  # both Pythons have this one
Board.implementation = Implementation("Generic ESP32S3 module with ESP32S3")


def main(root, *image):
    if image:
        mount(image[0], root + "app_a")
    sys.path.insert(0, root[:-1])
    sys.modules["sys"] = Board
    import loader

    asyncio.run = play(asyncio.run)
    try:
        loader.start(root)
    except (SystemExit, machine.Off):
        pass
    app = sys.modules.get("device.app")
    seen = {"is_lit": bool(machine.Pin(LAMP).level), "app": app.__file__ if app else "", "chip": machine.events}
    print(json.dumps({"seen": seen, "pointer": loader.pointer(root)}))


main(*sys.argv[1:])
