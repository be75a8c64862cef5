"""Boxes built deliberately wrong: `micropython -m tests.device.wrong_device --wrong NAME --dir DIR`.

A test that looks for lost or doubled presses must find them with these, or it proves nothing.
"""

import asyncio
import sys

from device import mqtt, ring, simulator
from device.app import App

LATE_S = 60  # whoever is to see what it costs has cut the power by then, on a busy machine too


class TrustsPuback(App):
    """Takes the broker's PUBACK for "stored": what the broker then loses is gone."""

    def __init__(self, hal, settings, directory):
        ring.MARK_EVERY = 1  # so that a single false ack outlives a restart
        super().__init__(hal, settings, directory)

    def take(self, packet):
        if packet.kind == mqtt.PUBACK and self.link.is_answered:
            self.outbox.acknowledge(self.outbox.next_seq - 1)
        super().take(packet)


class ThanksEarly(App):
    """Thanks while the press is only in memory: a power cut soon after makes the thanks a lie."""

    def __init__(self, hal, settings, directory):
        hal.flash = LateFlash(hal.flash)
        super().__init__(hal, settings, directory)

    async def presses(self):
        await asyncio.gather(self.hal.flash.write_late(), super().presses())


class LateFlash:
    """Answers from memory, and writes to the real flash seconds later."""

    def __init__(self, flash):
        self.flash = flash
        self.block_size = flash.ioctl(5, 0)
        self.blocks = [bytearray(self.block_size) for _ in range(flash.ioctl(4, 0))]
        self.changed = set()
        for block, memory in enumerate(self.blocks):
            flash.readblocks(block, memory, 0)

    def readblocks(self, block, buf, offset=0):
        buf[:] = self.blocks[block][offset : offset + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        for index, byte in enumerate(buf):
            self.blocks[block][offset + index] &= byte
        self.changed.add(block)

    def ioctl(self, op, arg):
        if op == 6:
            self.blocks[arg] = bytearray(b"\xff" * self.block_size)
            self.changed.add(arg)
        return self.flash.ioctl(op, arg) if op != 6 else 0

    async def write_late(self):
        while True:
            await asyncio.sleep(LATE_S)
            for block in sorted(self.changed):
                self.flash.ioctl(6, block)
                self.flash.writeblocks(block, self.blocks[block], 0)
            self.changed.clear()


class WaitsForEver(App):
    """Has no deadline for anything: a silent broker keeps it for good."""

    async def connect(self):
        connected = await super().connect()
        connected._timeout_s = 1e6
        connected._keep_alive = lambda: None
        return connected


class Believes(App):
    """Takes retained messages for answers."""

    def take(self, packet):
        super().take(mqtt.Packet(packet.kind, packet.packet_id, packet.code, packet.topic, packet.payload, False))


WRONG = {"believe": Believes, "wait-for-ever": WaitsForEver, "trust-puback": TrustsPuback, "thank-early": ThanksEarly}

if __name__ == "__main__":
    sys.exit(simulator.main(sys.argv[3:], WRONG[sys.argv[2]]))
