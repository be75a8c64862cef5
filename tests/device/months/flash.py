"""NOR flash in memory, block by block, as fast as the interpreter goes; cut power has tests of its own."""

SYNC, BLOCK_COUNT, BLOCK_SIZE, ERASE = 3, 4, 5, 6
SIZE = 4096
BLANK = b"\xff" * SIZE


class Flash:
    """Programming only clears bits, only an erase sets them; `erases` and `programmed` count the wear."""

    def __init__(self, block_count):
        self.blocks = [bytearray(BLANK) for _ in range(block_count)]
        self.erases = self.programmed = 0

    def readblocks(self, block, buf, offset=0):
        buf[:] = self.blocks[block][offset : offset + len(buf)]

    def writeblocks(self, block, buf, offset=0):
        memory, end = self.blocks[block], offset + len(buf)
        self.programmed += len(buf)
        old = memory[offset:end]
        memory[offset:end] = buf if old == BLANK[: len(buf)] else bytes([was & new for was, new in zip(old, buf)])

    def ioctl(self, op, arg):
        if op == BLOCK_COUNT:
            return len(self.blocks)
        if op == BLOCK_SIZE:
            return SIZE
        if op == ERASE:
            self.erases += 1
            self.blocks[arg][:] = BLANK
        return 0
