"""Starts a board's root as the chip would, with a person in front of it: `boot.py ROOT [SCENE [IMAGE]]`.

The app comes from the root's slots and from nowhere else, or from a ROMFS image in the place of slot a. Flash and what
a chip keeps in deep sleep stand in files of the root. Prints one JSON line at the end about what the person saw.
"""

import asyncio
import json
import sys
import time
from collections import namedtuple

import machine

try:
    import esp32

    NAME = "Generic ESP32S3 module with ESP32S3"
    BUTTON, LAMP, SERVICE_LAMP, SERVICE_BUTTON = 7, 12, 14, 16  # the fourth of five
except ImportError:
    esp32 = None
    NAME = "Raspberry Pi Pico 2 W with RP2350"
    BUTTON, LAMP, SERVICE_LAMP, SERVICE_BUTTON = 5, 10, 12, 14
LEFT_ALONE_MS = 61000
PATIENCE = 3000  # looks of 10 ms; only a failure takes so many


def mount(image, place):
    import vfs

    with open(image, "rb") as file:
        data = file.read()
    vfs.mount(vfs.VfsRom(data), place)


async def push():
    """Push a button once the app has had a moment, wait for its light, and leave."""
    await asyncio.sleep(0.05)
    machine.Pin(BUTTON).push(True)
    await lit()


async def lit():
    for _ in range(PATIENCE):
        await asyncio.sleep(0.01)
        if machine.Pin(LAMP).level or machine.Pin(SERVICE_LAMP).level:
            raise SystemExit


class Later:
    """The chip's clocks when it has been left alone for longer than it stays awake."""

    ticks_diff = time.ticks_diff
    ticks_ms = lambda: time.ticks_ms() + LEFT_ALONE_MS  # noqa: E731  # a method would get a self
    time_ns = lambda: time.time_ns() + LEFT_ALONE_MS * 1000000  # noqa: E731  # as above


async def leave_alone():
    """Let the box go to sleep."""
    await asyncio.sleep(0.05)
    sys.modules["device.hal"].time = Later
    await asyncio.sleep(PATIENCE / 100)
    raise SystemExit


async def look_at_pointer():
    """Wait until the app has proven itself."""
    loader = sys.modules["loader"]
    for _ in range(PATIENCE):
        await asyncio.sleep(0.01)
        if loader.pointer(sys.argv[1])["is_proven"]:
            raise SystemExit


async def service():
    """Hold the service button until the box has said everything."""
    told = []
    sys.modules["device.hal"].print = lambda line: (print(line), told.append(line))
    machine.Pin(SERVICE_BUTTON).level = 0
    for _ in range(PATIENCE):
        await asyncio.sleep(0.01)
        if told and '"records":' in told[-1]:
            raise SystemExit


# What the person does, and how the chip was started.
SCENES = {
    "push": (push, machine.PWRON_RESET, ()),
    "leave alone": (leave_alone, machine.PWRON_RESET, ()),
    "woken": (lit, machine.DEEPSLEEP_RESET, (BUTTON,)),
    "online": (look_at_pointer, machine.PWRON_RESET, ()),
    "service": (service, machine.PWRON_RESET, ()),
}


def play(real_run, person):
    async def both(app):
        await asyncio.gather(app, person())

    return lambda app: real_run(both(app))


def load(root):
    if esp32:
        esp32.partitions["outbox"].memory[:] = kept(root + "flash") or esp32.partitions["outbox"].memory
    machine.memory = kept(root + "rtc") or b"" if machine.cause == machine.DEEPSLEEP_RESET else b""


def kept(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def save(root):
    if esp32:
        for name, data in (("flash", esp32.partitions["outbox"].memory), ("rtc", machine.memory)):
            with open(root + name, "wb") as file:
                file.write(data)


class Board:
    """The interpreter's `sys`, but for where it runs."""


for name in dir(sys):
    setattr(Board, name, getattr(sys, name))
Implementation = namedtuple("Implementation", ("name", "_machine"))  # noqa: PYI024  # both Pythons have this one
Board.implementation = Implementation("micropython", NAME)


def main(root, scene="push", *image):
    person, machine.cause, machine.woke = SCENES[scene]
    if image:
        mount(image[0], root + "app_a")
    load(root)
    sys.path.insert(0, root[:-1])
    sys.modules["sys"] = Board
    import loader

    asyncio.run = play(asyncio.run, person)
    try:
        loader.start(root)
    except (SystemExit, machine.Off):
        save(root)
    app = sys.modules.get("device.app")
    lamps = {"is_lit": bool(machine.Pin(LAMP).level), "is_service_lit": bool(machine.Pin(SERVICE_LAMP).level)}
    seen = lamps | {"app": app.__file__ if app else "", "chip": machine.events}
    print(json.dumps({"seen": seen, "pointer": loader.pointer(root)}))


main(*sys.argv[1:])
