"""NOR flash in memory whose power can be cut at any operation, whole or torn, and whose cells can fail."""

SYNC, BLOCK_COUNT, BLOCK_SIZE, ERASE = 3, 4, 5, 6
UNIT = 16

TORN = ("nothing", "prefix", "suffix", "some bits", "everything")


class PowerCut(Exception):
    """The power is gone; whatever was called did not return."""


class Random:
    """Numbers that look random and are the same on both Pythons, every time."""

    def __init__(self, seed):
        self.state = seed * 2654435761 & 0xFFFFFFFF or 1

    def below(self, limit):
        self.state ^= self.state << 13 & 0xFFFFFFFF
        self.state ^= self.state >> 17
        self.state ^= self.state << 5 & 0xFFFFFFFF
        return self.state % limit


class RamFlash:
    """`cut_at` counts programs and erases from 0; -1 never cuts. `watch` is called before each with what it will do.

    What a cut left half programmed or half erased is a scar: programming over it holds only until the next start.
    """

    def __init__(self, block_count=4, block_size=768, memory=None, scars=()):
        self.block_count = block_count
        self.block_size = block_size
        self.memory = bytearray(memory or b"\xff" * (block_count * block_size))
        self.scars = set(scars)  # units of 16 bytes
        self.unstable = set()
        self.operations = 0
        self.erases = 0
        self.programmed = 0  # bytes
        self.reads = 0
        self.cut_at = -1
        self.torn = "nothing"
        self.random = Random(1)
        self.watch = None
        self.is_off = False
        self.deaf = 0  # how many programs are still silently ignored
        self.deaf_every = 0  # or every so manieth
        self.failing = 0  # how many programs still end in an error

    def restarted(self):
        again = RamFlash(self.block_count, self.block_size, self.memory, self.scars)
        for unit in self.unstable:
            again.memory[unit * UNIT + 5] ^= 0x11
        again.deaf_every = self.deaf_every
        return again

    def readblocks(self, block, buf, offset=0):
        self._need_power()
        self.reads += 1
        at = block * self.block_size + offset
        buf[:] = self.memory[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        self._need_power()
        if self.failing:
            self.failing -= 1
            raise OSError(5)
        if self.deaf or (self.deaf_every and self.operations % self.deaf_every == 0):
            self.deaf = max(0, self.deaf - 1)
            self.operations += 1
            return
        self.programmed += len(buf)
        self._do(block * self.block_size + offset, bytes(buf))

    def ioctl(self, op, arg):
        self._need_power()
        if op == BLOCK_COUNT:
            return self.block_count
        if op == BLOCK_SIZE:
            return self.block_size
        if op == ERASE:
            self.erases += 1
            self._do(arg * self.block_size, None)
        return 0

    def _need_power(self):
        if self.is_off:
            raise PowerCut

    def _do(self, at, data):
        if self.watch:
            self.watch(at, data)
        self.operations += 1
        if self.operations - 1 == self.cut_at:
            self.is_off = True
            self.tear(at, data, self.torn, self.random)
            raise PowerCut
        self.tear(at, data, "everything", self.random)

    def tear(self, at, data, torn, random):
        """Program these bytes, or erase a block when there are none, as far as a cut lets it."""
        reached = part(torn, self.block_size if data is None else len(data), random)
        if data is None:
            self._erase(at, reached, torn, random)
        else:
            self._program(at, data, reached, torn, random)

    def _program(self, at, data, reached, torn, random):
        scarred = range(at // UNIT, (at + len(data) - 1) // UNIT + 1)
        for unit in scarred:
            if unit in self.scars and any(data):
                self.unstable.add(unit)
        for index in range(len(data)):
            if reached[0] <= index < reached[1]:
                self.memory[at + index] &= data[index]
            elif torn == "some bits":
                self.memory[at + index] &= data[index] | random.below(256)
        if torn != "everything":
            self.scars.update([unit for unit in scarred if self.memory[unit * UNIT : unit * UNIT + UNIT] != BLANK])

    def _erase(self, at, reached, torn, random):
        first, last = reached
        self.memory[at + first : at + last] = b"\xff" * (last - first)
        if torn == "some bits":
            for index in range(at, at + self.block_size):
                self.memory[index] |= random.below(256)
        units = range(at // UNIT, (at + self.block_size) // UNIT)
        for unit in units:
            self.unstable.discard(unit)
            self.scars.discard(unit)
        if torn not in ("nothing", "everything"):
            self.scars.update(units)


BLANK = b"\xff" * UNIT


def part(torn, size, random):
    """Return which bytes an operation reaches before the power is gone."""
    if torn == "prefix":
        return 0, 1 + random.below(size - 1)
    if torn == "suffix":
        return 1 + random.below(size - 1), size
    return (0, size) if torn == "everything" else (0, 0)
