"""The outbox on flash of its own, cut at every program and erase."""

from device import outbox
from tests.cuts.sweep import Sweep
from tests.device.ram_flash import TORN, RamFlash

BLOCKS = (9, 5)  # with room for counters, and without
DEAF_EVERY = (0, 0, 13, 17)  # flash that silently ignores every so manieth program


class RingSweep(Sweep):
    """A life on raw flash; a seed decides how much of it there is, and whether it is sound."""

    def __init__(self, seed, **options):
        flash = RamFlash(BLOCKS[seed % 2])
        flash.deaf_every = DEAF_EVERY[seed % 4]
        super().__init__(flash, seed, **options)

    def starts(self, flash):
        return lambda cold_start: outbox.Outbox(flash, urandom, cold_start)

    def ways(self):
        return TORN

    def torn(self, at, data, torn):
        twin = RamFlash(self.flash.block_count, memory=self.flash.memory, scars=self.flash.scars)
        twin.unstable = set(self.flash.unstable)
        twin.deaf_every = self.flash.deaf_every
        twin.tear(at, data, torn, self.random)
        return twin.restarted()


def urandom(size):
    return bytes(range(size))
