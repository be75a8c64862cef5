"""Flash that is programmed in whole pages, as a block device that takes any part of one."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PAGE = 256  # of an RP2350
BLANK = b"\xff" * PAGE


class PagedFlash:
    """Around a block device whose `writeblocks` with an offset programs without erasing, but only whole pages.

    Bytes beside the given ones are programmed with ones, which leaves them as they are: NOR flash only clears bits.
    """

    def __init__(self, raw: "Any") -> None:
        self._raw = raw
        self._page = bytearray(PAGE)  # in RAM: what is being programmed cannot come from flash

    def readblocks(self, block: int, buf: bytearray, offset: int = 0) -> None:
        self._raw.readblocks(block, buf, offset)

    def writeblocks(self, block: int, buf: bytes, offset: int = 0) -> None:
        """Program bytes without erasing: a bit that is already 0 stays 0."""
        done = 0
        while done < len(buf):
            at = (offset + done) % PAGE
            count = min(PAGE - at, len(buf) - done)
            self._page[:] = BLANK
            self._page[at : at + count] = buf[done : done + count]
            self._raw.writeblocks(block, self._page, offset + done - at)
            done += count

    def ioctl(self, op: int, arg: int) -> "int | None":
        answer: int | None = self._raw.ioctl(op, arg)
        return answer
