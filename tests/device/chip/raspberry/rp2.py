"""What only Raspberry Pi's chips have: flash that is programmed in whole pages."""

from tests.device.ram_flash import RamFlash

PAGE = 256
made = []


class Flash(RamFlash):
    def __init__(self, start, len):  # noqa: A002  # the chip's own name for it
        super().__init__(len // 4096, 4096)
        made.append((start, len))

    def writeblocks(self, block, buf, *offset):
        assert offset, "this would erase a block"
        assert offset[0] % PAGE == 0 == len(buf) % PAGE
        super().writeblocks(block, buf, offset[0])
