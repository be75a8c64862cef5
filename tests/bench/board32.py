"""The measuring board on words of 32 bits: that interpreter has no network, so its host hands bytes in and out."""

import asyncio
import binascii
import sys

import host

from device.app import App
from device.connection import Connection
from tests.bench import board

LOOK_MS = 5


class Wire:
    """Writes to stdout, which is the socket, and asks the host for what came."""

    async def read(self, _most):
        while True:
            came = host.call("receive", "")
            if came == "closed":
                return b""
            if came:
                return binascii.unhexlify(came)
            await asyncio.sleep_ms(LOOK_MS)

    def write(self, data):
        sys.stdout.buffer.write(data)

    async def drain(self):
        pass

    def close(self):
        pass

    async def wait_closed(self):
        pass


class WiredApp(App):
    """The app with its one door to the network moved."""

    async def connect(self):
        wire = Wire()
        return Connection(wire, wire, self.clock.uptime_ms, 10.0)


def main(directory, presses):
    board.App = WiredApp
    board.print = lambda text: print(text, file=sys.stderr)
    board.BenchHal.urandom = lambda _, size: binascii.unhexlify(host.call("random", str(size)))
    asyncio.run(board.run(directory, int(presses)))
