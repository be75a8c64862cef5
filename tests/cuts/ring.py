"""The outbox on flash of its own, cut at every program and erase."""

from device import outbox
from tests.cuts.life import Life, urandom
from tests.device.ram_flash import TORN, PowerCut, RamFlash, Random

BLOCKS = (9, 5)  # with room for counters, and without
STEPS = 200


class Enough(Exception):
    """A wrong design has been caught."""


class Sweep:
    """One life, and at each of its operations a cut in every torn way; some recoveries are cut again."""

    def __init__(self, seed, again_every=29, until=0, every=1):
        self.blocks = BLOCKS[seed % 2]
        self.flash = RamFlash(self.blocks)
        self.flash.deaf_every = (0, 0, 13, 17)[seed % 4]
        self.flash.watch = self.cut
        self.life = Life(self.starts(self.flash), seed)
        self.random = Random(seed + 1000)
        self.again_every = again_every
        self.every = every  # cut at every so manieth operation
        self.until = until  # stop after so many failures
        self.cuts = 0
        self.acknowledged_after = 0
        self.failures = []

    def starts(self, flash):
        return lambda cold_start: outbox.Outbox(flash, urandom, cold_start)

    def run(self):
        try:
            self.life.live(STEPS)
        except Enough:
            pass
        except Exception as error:
            self.failures.append(reason(error))
        return self

    def cut(self, at, data):
        if self.flash.operations % self.every:
            return
        for torn in TORN:
            flash = self.torn(at, data, torn)
            self.check(flash, self.life.fork(self.starts(flash)))
            if self.until and len(self.failures) >= self.until:
                raise Enough
            if self.cuts % self.again_every == 0:
                self.cut_recovery(at, data, torn)

    def torn(self, at, data, torn):
        flash = RamFlash(self.blocks, memory=self.flash.memory, scars=self.flash.scars)
        flash.unstable = set(self.flash.unstable)
        flash.deaf_every = self.flash.deaf_every
        flash.tear(at, data, torn, self.random)
        return flash.restarted()

    def cut_recovery(self, at, data, torn):
        """Cut again at each of the first operations after the start."""
        for operation in range(12):
            flash = self.torn(at, data, torn)
            flash.cut_at = operation
            flash.torn = TORN[(operation + self.cuts) % len(TORN)]
            flash.random = self.random
            life = self.life.fork(self.starts(flash))
            try:
                life.check()
                return
            except PowerCut:
                flash = flash.restarted()
            except Exception as error:
                self.failures.append(reason(error))
                return
            life.starts = self.starts(flash)
            self.check(flash, life)

    def check(self, flash, life):
        self.cuts += 1
        before = len(life.thanked)
        try:
            life.check()
        except PowerCut:
            raise
        except Exception as error:
            self.failures.append(reason(error))
        self.acknowledged_after += len(life.thanked) - before


def reason(error):
    """Return what was found: a broken promise in words, or an outbox that fell over."""
    return str(error) if isinstance(error, AssertionError) else "lost: fell over, " + repr(error)
