"""What runs on the board: the app of a slot, started by the loader."""

import asyncio
import sys

from device import boards, loader
from device.app import App
from device.hal import ChipHal
from device.outbox import OutboxError, OutboxUnreadable
from device.press_path import out_of_service
from device.settings import load
from device.wifi import load as load_wifi

PROOF_S = 1.0  # how often a new app looks whether it has proven itself


async def live(hal: ChipHal, root: str) -> None:
    """Run the box until its power goes."""
    try:
        app = App(hal, load(root + "settings.json"), root.rstrip("/"))
    except (OutboxUnreadable, OutboxError) as error:
        await out_of_service(hal, error)
    else:
        await asyncio.gather(app.presses(), app.stay_connected(), prove(app, root))


async def prove(app: App, root: str) -> None:
    """Keep this app for good once a bridge has answered it."""
    while not app.link.is_answered:
        await asyncio.sleep(PROOF_S)
    loader.prove(root)


def run(root: str) -> None:
    """Run on the board whose root this is; what nobody expected ends in a restart, and the loader counts those."""
    board = boards.of_machine(sys.implementation._machine)  # noqa: SLF001  # so the manual calls it
    hal = ChipHal(board, load_wifi(root + "wifi.json"))
    try:
        asyncio.run(live(hal, root))
    except Exception as error:  # noqa: BLE001  # whatever it was, a box on a wall has nobody else to start it again
        sys.print_exception(error)  # type: ignore[attr-defined]  # as above
        hal.restart()
