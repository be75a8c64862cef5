"""Runs the firmware on a simulated board: `micropython -m device.simulator --dir DIR`, commands in, JSON lines out."""

import asyncio
import sys

from device import export
from device.app import App
from device.outbox import OutboxError, OutboxUnreadable
from device.press_path import out_of_service
from device.protocol import canonical
from device.settings import load
from device.simulated_hal import SimulatedHal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from device.settings import Settings
    from device.terminal import Terminal

USAGE = "usage: micropython -m device.simulator --dir DIR [--terminal] [--battery] [--watchdog]"
OPTIONS = ("--terminal", "--battery", "--watchdog")
COMMANDS = "commands are: press N, hold MS, state, export, quit"


def print_event(event: "dict[str, Any]") -> None:
    """Print one JSON line; print is unbuffered on MicroPython's unix port."""
    print(canonical.dumps(event))


async def commands(app: "App | None", hal: SimulatedHal) -> None:
    """Obey one command a line until `quit` or the end of standard input."""
    reader = asyncio.StreamReader(sys.stdin.buffer)  # type: ignore[arg-type]  # MicroPython's takes a stream
    while True:
        words = (await read_line(reader)).split()
        if not words or words[0] == "quit":
            return
        numbers = [int(word) for word in words[1:] if word.isdigit()]
        if words[0] == "press" and len(words) == 2 and numbers:
            hal.push(numbers[0])
        elif words[0] == "hold" and len(words) == 2 and numbers and app:
            hal.hold((1, app.path.buttons.count), numbers[0])
        elif words[0] == "export":
            for line in export.records(app.outbox) if app else export.raw(hal.flash):
                print(line)
        elif words[0] == "state":
            print_event(state(app) if app else {"event": "state", "survey": None, "is_answered": False})
        else:
            print_event({"event": "error", "reason": COMMANDS})


async def read_line(reader: "Any") -> str:
    """Return a line that is not empty, or "" at the end of input; byte by byte, because a partial line would block."""
    line = b""
    while True:
        byte = await reader.read(1)
        if byte in (b"", b"\n"):
            if not byte or line.strip():
                return line.strip().decode() if byte else ""
            line = b""
        else:
            line += byte


def state(app: App) -> "dict[str, Any]":
    """Return what a maintainer asks of a box."""
    outbox = app.outbox
    return {
        "event": "state",
        "device_id": app.settings.device_id,
        "epoch": outbox.epoch,
        "boot": outbox.boot,
        "next_seq": outbox.next_seq,
        "acked_seq": outbox.acked_seq,
        "oldest_seq": outbox.oldest_seq,
        "used": round(outbox.used, 3),
        "uptime_s": app.clock.uptime_s(),
        "clock_at": app.clock.at(),
        "survey": app.surveys.current.version if app.surveys.current else None,
        "is_answered": app.link.is_answered,
        "cleaning_left_ms": app.path.gestures.cleaning_left_ms(app.clock.uptime_ms()),
        "alarms": sorted(app.link.alarms),
    }


async def run(app_class: "type[App]", hal: SimulatedHal, settings: "Settings", terminal: "Terminal | None") -> None:
    """Run one box until its person or its parent is done with it."""
    try:
        app = app_class(hal, settings, hal.directory)
    except (OutboxUnreadable, OutboxError) as error:
        service = asyncio.create_task(out_of_service(hal, error))
        await (terminal.keys(hal) if terminal else commands(None, hal))
        service.cancel()
        return
    hal.report("started", {"device_id": settings.device_id, "epoch": app.outbox.epoch, "boot": app.outbox.boot})
    app.report_outbox()
    tasks = [asyncio.create_task(app.presses()), asyncio.create_task(app.stay_connected())]
    if terminal:
        tasks.append(asyncio.create_task(terminal.watch(app)))
    await (terminal.keys(hal) if terminal else commands(app, hal))
    while hal.is_touched:
        await asyncio.sleep(0.01)  # a push that was ordered is still taken
    await app.part("reboot")
    for task in tasks:
        task.cancel()


def drawn(settings: "Settings") -> "Terminal":
    """Return a screen for a person to press on."""
    from device.terminal import Terminal  # noqa: PLC0415  # most simulated boxes have no person before them

    return Terminal(settings)


def main(arguments: "list[str]", app_class: "type[App]" = App) -> int:
    """Return the exit status: 0 after an orderly stop, 2 when the box could not start."""
    options = arguments[2:]
    if arguments[:1] != ["--dir"] or len(arguments) < 2 or any(option not in OPTIONS for option in options):
        print(USAGE, file=sys.stderr)
        return 2
    directory = arguments[1]
    try:
        settings = load(directory + "/settings.json")
        terminal = drawn(settings) if "--terminal" in options else None
        tell = terminal.show if terminal else print_event
        hal = SimulatedHal(directory, settings.device_id, tell, options)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    try:
        asyncio.run(run(app_class, hal, settings, terminal))
    except KeyboardInterrupt:
        pass  # like pulling the plug: the will says that the box is lost
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
