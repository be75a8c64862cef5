"""One life of a box, and at each operation of its flash a cut in every torn way; some recoveries are cut again."""

from tests.cuts.life import Life
from tests.device.ram_flash import PowerCut, Random

STEPS = 200
AGAIN_EVERY = 29  # cuts
AGAIN = 12  # operations after the start at which power is cut a second time


class Enough(Exception):
    """A wrong design has been caught."""


class Sweep:
    """`flash` is watched; `torn` gives what a cut leaves of it, `starts` what starts an outbox on that.

    `every` cuts only at every so manieth operation, `until` ends after so many failures.
    """

    def __init__(self, flash, seed, steps=STEPS, every=1, until=0):
        self.flash = flash
        self.flash.watch = self.cut
        self.life = Life(self.starts(flash), seed)
        self.random = Random(seed + 1000)
        self.steps = steps
        self.every = every
        self.shift = seed // 4  # so that the lives of a kind are cut at different operations
        self.until = until
        self.cuts = 0
        self.acknowledged_after = 0
        self.failures = []

    def run(self):
        try:
            self.life.live(self.steps)
        except Enough:
            pass
        except Exception as error:
            self.failures.append(reason(error))
        return self

    def cut(self, at, data):
        if (self.flash.operations + self.shift) % self.every:
            return
        for torn in self.ways():
            flash = self.torn(at, data, torn)
            self.check(flash, self.life.fork(self.starts(flash)))
            if self.until and len(self.failures) >= self.until:
                raise Enough
            if self.cuts % AGAIN_EVERY == 0:
                self.cut_recovery(at, data, torn)

    def cut_recovery(self, at, data, torn):
        """Cut again at each of the first operations after the start."""
        for operation in range(AGAIN):
            flash = self.torn(at, data, torn)
            flash.cut_at = operation
            flash.torn = self.ways()[(operation + self.cuts) % len(self.ways())]
            flash.random = self.random
            life = self.life.fork(self.starts(flash))
            try:
                life.check()
                return
            except PowerCut:
                again = flash.restarted()
            except Exception as error:
                self.failures.append(reason(error))
                return
            finally:
                self.ended(life, flash)
            life.starts = self.starts(again)
            self.check(again, life)

    def check(self, flash, life):
        self.cuts += 1
        before = len(life.thanked)
        try:
            life.check()
        except Exception as error:
            self.failures.append(reason(error))
        finally:
            self.ended(life, flash)
        self.acknowledged_after += len(life.thanked) - before

    def ended(self, life, flash):
        """Give back what a start took."""
        life.outbox = None

    @property
    def acknowledged(self):
        """How many presses the life thanked for, kept one by one or counted; none is in two of its cuts' figures."""
        undos = [record for record in self.life.thanked.values() if "undoes" in record]
        return len(self.life.thanked) - len(undos) + sum(self.life.tallied.values())


def reason(error):
    """Return what was found: a broken promise in words, or an outbox that fell over."""
    return str(error) if isinstance(error, AssertionError) else "lost: fell over, " + repr(error)
