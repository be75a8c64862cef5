"""Holds connections of many boxes over TLS with shared keys; runs on MicroPython, because CPython has no such keys.

`micropython -m tests.faults.storm.keyed_boxes PORT COUNT`: prints a line when all are connected, and ends with stdin.
"""

import asyncio
import sys
import time

from device import connection, mqtt
from device.settings import DEFAULTS, Settings

KEY = "3f1c" * 8  # of all of them: the broker's work is the same


async def connected(port, number):
    """Return the connection of a box, introduced and subscribed."""
    name = f"box-{number:06}"
    named = {"device_id": name, "model": "button-5", "host": "127.0.0.1", "port": port}
    made = await connection.connect(
        Settings(**(DEFAULTS | named | {"tls": {"psk_identity": name, "psk": KEY}})), time.ticks_ms, 10
    )
    topic = "hymio/v1/" + name
    await made.start(mqtt.connect(name, name, 30, topic + "/up/bye", b"{}"), 30, topic + "/down/#")
    return made


async def main(port, count):
    held = []
    for number in range(count):
        held += [await connected(port, number)]
    print("connected", len(held))
    sys.stdin.readline()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2])))
