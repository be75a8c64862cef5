"""NOR flash in memory whose power can be cut at any operation, whole or torn, and whose cells can fail."""

SYNC, BLOCK_COUNT, BLOCK_SIZE, ERASE = 3, 4, 5, 6

TORN = ("nothing", "first half", "last half", "some bits", "everything")


class PowerCut(Exception):
    """The power is gone; whatever was called did not return."""


class RamFlash:
    """`cut_at` counts programs and erases from 0; -1 never cuts."""

    def __init__(self, block_count=4, block_size=768, memory=None):
        self.block_count = block_count
        self.block_size = block_size
        self.memory = bytearray(memory or b"\xff" * (block_count * block_size))
        self.operations = 0
        self.erases = 0
        self.cut_at = -1
        self.torn = "nothing"
        self.is_off = False
        self.deaf = 0  # how many programs are still silently ignored
        self.failing = 0  # how many programs still end in an error

    def restarted(self):
        return RamFlash(self.block_count, self.block_size, self.memory)

    def readblocks(self, block, buf, offset=0):
        self._need_power()
        at = block * self.block_size + offset
        buf[:] = self.memory[at : at + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        at = block * self.block_size + offset
        is_cut = self._count()
        if self.failing:
            self.failing -= 1
            raise OSError(5)
        if self.deaf:
            self.deaf -= 1
            return
        for index in range(len(buf)):
            if not is_cut or self._reaches(index, len(buf)):
                self.memory[at + index] &= buf[index]
            elif self.torn == "some bits":
                self.memory[at + index] &= buf[index] | (0x55 if index % 2 else 0xF0)
        self._die(is_cut)

    def ioctl(self, op, arg):
        self._need_power()
        if op == BLOCK_COUNT:
            return self.block_count
        if op == BLOCK_SIZE:
            return self.block_size
        if op == ERASE:
            self._erase(arg)
        return 0

    def _erase(self, block):
        is_cut = self._count()
        self.erases += 1
        at = block * self.block_size
        for index in range(self.block_size):
            if not is_cut or self._reaches(index, self.block_size):
                self.memory[at + index] = 0xFF
            elif self.torn == "some bits":
                self.memory[at + index] |= 0x55 if index % 2 else 0xF0
        self._die(is_cut)

    def _need_power(self):
        if self.is_off:
            raise PowerCut

    def _count(self):
        self._need_power()
        self.operations += 1
        return self.operations - 1 == self.cut_at

    def _die(self, is_cut):
        if is_cut:
            self.is_off = True
            raise PowerCut

    def _reaches(self, index, size):
        if self.torn == "first half":
            return index < size // 2
        if self.torn == "last half":
            return index >= size // 2
        return self.torn == "everything"
