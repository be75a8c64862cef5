"""Files and memory that behave like a flash partition: programming only clears bits, only an erase sets them."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import BinaryIO

SYNC, BLOCK_COUNT, BLOCK_SIZE, ERASE = 3, 4, 5, 6
PORTION = 256  # every block is a multiple of it
BLANK = b"\xff" * PORTION


class FileFlash:
    """A block device of MicroPython's extended interface over a file, made blank where there is none.

    Every call reaches the file before it returns, so killing the process is like cutting the power between two calls.
    """

    def __init__(self, path: str, block_size: int = 4096, block_count: int = 64) -> None:
        self._block_size = block_size
        self._block_count = block_count
        if not exists(path):
            create(path, block_size, block_count)
        if os.stat(path)[6] != block_size * block_count:
            raise ValueError(path + ": not " + str(block_size * block_count) + " bytes long")
        self._file: BinaryIO = open(path, "r+b", buffering=0)  # noqa: SIM115  # open as long as the box runs

    def readblocks(self, block: int, buf: bytearray, offset: int = 0) -> None:
        """Fill `buf` from a block."""
        self._file.seek(block * self._block_size + offset)
        self._file.readinto(buf)  # type: ignore[attr-defined]  # a raw file has it on both Pythons

    def writeblocks(self, block: int, buf: bytes, offset: int = 0) -> None:
        """Program bytes without erasing: a bit that is already 0 stays 0."""
        old = bytearray(len(buf))
        self.readblocks(block, old, offset)
        self._file.seek(block * self._block_size + offset)
        self._file.write(bytes([was & new for was, new in zip(old, buf)]))

    def ioctl(self, op: int, arg: int) -> "int | None":
        """Sync, tell the size, or erase a block."""
        if op == BLOCK_COUNT:
            return self._block_count
        if op == BLOCK_SIZE:
            return self._block_size
        if op == ERASE:
            self._file.seek(arg * self._block_size)
            write_blank(self._file, self._block_size)
        elif op == SYNC:
            self._file.flush()
        return 0

    def close(self) -> None:
        """Give the file back."""
        self._file.close()


def write_blank(file: "BinaryIO", size: int) -> None:
    """Write erased bytes, in portions that fit into a small heap."""
    for _ in range(0, size, PORTION):
        file.write(BLANK)


def exists(path: str) -> bool:
    """Tell whether a file is there."""
    try:
        os.stat(path)
    except OSError:
        return False
    return True


def create(path: str, block_size: int, block_count: int) -> None:
    """Write a blank partition under another name first: a half-made one would be taken for an unreadable journal."""
    with open(path + ".new", "wb") as file:
        write_blank(file, block_size * block_count)
        file.flush()
    os.rename(path + ".new", path)


class MemoryFlash:
    """The same in memory, for boxes of which thousands live in one process: their power is never cut."""

    def __init__(self, block_size: int = 4096, block_count: int = 8) -> None:
        self._block_size = block_size
        self._block_count = block_count
        self._memory = bytearray(b"\xff" * (block_size * block_count))

    def readblocks(self, block: int, buf: bytearray, offset: int = 0) -> None:
        """Fill `buf` from a block."""
        at = block * self._block_size + offset
        buf[:] = self._memory[at : at + len(buf)]

    def writeblocks(self, block: int, buf: bytes, offset: int = 0) -> None:
        """Program bytes without erasing: a bit that is already 0 stays 0."""
        at = block * self._block_size + offset
        old = self._memory[at : at + len(buf)]
        self._memory[at : at + len(buf)] = bytes([was & new for was, new in zip(old, buf)])

    def ioctl(self, op: int, arg: int) -> "int | None":
        """Sync, tell the size, or erase a block."""
        if op == BLOCK_COUNT:
            return self._block_count
        if op == BLOCK_SIZE:
            return self._block_size
        if op == ERASE:
            at = arg * self._block_size
            self._memory[at : at + self._block_size] = b"\xff" * self._block_size
        return 0
