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
    from collections.abc import Iterable

    from device.clock import Clock

CALENDAR_S = 600
LOOK_S = 0.5  # how often somebody looks whether a new app has proven itself, or the service button is held


async def live(hal: ChipHal, root: str) -> None:
    """Run the box until its power goes."""
    if hal.flash is None:
        from device.segments import Folder  # noqa: PLC0415  # only where no partition can be had

        hal.flash = Folder(root + "outbox")
    try:
        app = App(hal, load(root + "settings.json"), root.rstrip("/"))
    except (OutboxUnreadable, OutboxError) as error:
        await asyncio.gather(out_of_service(hal, error), serve(hal, export.raw(hal.flash)))
    else:
        saved = export.records(app.outbox)
        jobs = (app.presses(), app.stay_connected(), prove(app, root), serve(hal, saved), keep_calendar(hal, app.clock))
        await asyncio.gather(*jobs)


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


def run(root: str) -> None:
    """Run on the board whose root this is; what nobody expected ends in a restart, and the loader counts those."""
    from device.wifi import load as load_wifi  # noqa: PLC0415  # needed seldom: seldom.py

    board = boards.of_machine(sys.implementation._machine)  # noqa: SLF001  # so the manual calls it
    hal = ChipHal(board, load_wifi(root + "wifi.json"))
    if not hal.is_cold_start:
        loader.rest(root)
    try:
        asyncio.run(live(hal, root))
    except Exception as error:  # noqa: BLE001  # whatever it was, a box on a wall has nobody else to start it again
        sys.print_exception(error)  # type: ignore[attr-defined]  # as above
        hal.restart()
