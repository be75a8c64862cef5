"""What runs on the board: the app of a slot, started by the loader."""

import asyncio
import sys

from device import boards, export, loader
from device.app import App
from device.hal import ChipHal
from device.outbox import OutboxError, OutboxUnreadable
from device.press_path import out_of_service
from device.settings import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterable
    from typing import Any

    from device.clock import Clock
    from device.wifi import Wifi

CALENDAR_S = 600
LOOK_S = 0.5  # how often somebody looks whether a new app has proven itself, or the service button is held
AGAIN_S = (
    600  # out of service, the box tries anew: flash may answer then, or an older app may know what this one does not
)


async def live(hal: ChipHal, root: str) -> None:
    """Run the box until its power goes; when it cannot even start, every press is visibly refused."""
    try:
        hal.open_flash(root + "outbox")
        app = App(hal, load(root + "settings.json"), root.rstrip("/"))
    except (OutboxUnreadable, OutboxError, OSError, ValueError) as error:
        saved = export.raw(hal.flash) if hal.flash else ()
        await asyncio.gather(out_of_service(hal, error), beside(serve(hal, saved)), try_again(hal))
    else:
        others = (prove(app, root), serve(hal, export.records(app.outbox)), keep_calendar(hal, app.clock))
        await asyncio.gather(app.presses(), app.stay_connected(), *[beside(job) for job in others])


async def beside(job: "Coroutine[Any, Any, None]") -> None:
    """Do what no press needs: whatever it trips over, the presses go on."""
    try:
        await job
    except Exception as error:  # noqa: BLE001  # as said
        sys.print_exception(error)  # type: ignore[attr-defined]  # MicroPython has it


async def try_again(hal: ChipHal) -> None:
    """Start anew after a while."""
    await asyncio.sleep(AGAIN_S)
    hal.restart()


async def keep_calendar(hal: ChipHal, clock: "Clock") -> None:
    """Keep the chip's calendar at the known time; before that, at the latest that was ever certain."""
    while True:
        hal.raise_calendar(clock.at() or clock.floor_at)
        await asyncio.sleep(CALENDAR_S)


async def prove(app: App, root: str) -> None:
    """Keep this app for good once a bridge has answered it."""
    while not app.link.is_answered:
        await asyncio.sleep(LOOK_S)
    loader.prove(root)


async def serve(hal: ChipHal, saved: "Iterable[str]") -> None:
    """Print what the box holds, once, when somebody holds the service button; presses go on between the lines."""
    while not hal.is_serviced:
        await asyncio.sleep(LOOK_S)
    for line in saved:
        hal.tell(line)
        await asyncio.sleep(0)


def wifi(root: str) -> "Wifi":
    """Return the network to join; ValueError says what is wrong with its file."""
    from device.wifi import load as load_wifi  # noqa: PLC0415  # needed seldom: seldom.py

    return load_wifi(root + "wifi.json")


def run(root: str) -> None:
    """Run on the board whose root this is; what nobody expected ends in a restart, and the loader counts those."""
    board = boards.of_machine(sys.implementation._machine)  # noqa: SLF001  # so the manual calls it
    hal = ChipHal(board, lambda: wifi(root))
    if not hal.is_cold_start:
        loader.rest(root)
    try:
        asyncio.run(live(hal, root))
    except Exception as error:  # noqa: BLE001  # whatever it was, a box on a wall has nobody else to start it again
        sys.print_exception(error)  # type: ignore[attr-defined]  # as above
        hal.restart()
