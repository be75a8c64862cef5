"""What the board runs when it starts."""

import asyncio
import json

from device.app import App, out_of_service
from device.boards import esp32_s3
from device.hal import ChipHal
from device.outbox import OutboxError, OutboxUnreadable
from device.settings import load


async def main() -> None:
    """Run the box until its power goes."""
    with open("/wifi.json") as file:
        wifi = json.loads(file.read())
    hal = ChipHal(esp32_s3, wifi["ssid"], wifi["password"])
    try:
        app = App(hal, load("/settings.json"), "")
    except (OutboxUnreadable, OutboxError) as error:
        await out_of_service(hal, error)
    else:
        await asyncio.gather(app.presses(), app.stay_connected())


if __name__ == "__main__":
    asyncio.run(main())
