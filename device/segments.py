"""Blocks of slots in small files on littlefs, for boards on which no partition can be had."""

import binascii
import json
import os
import struct

from device.failures import OutboxUnreadable
from device.journal import BLOCK_COUNT, BLOCK_SIZE, Header
from device.slots import SLOT_SIZE, Context

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from device.journal import Blocks

FORMAT = 2
INLINE = 128  # bytes: littlefs keeps a file up to this size among the names, where an append costs no block of its own

_LAYOUT = "<BxxxIIIII"  # format, serial, first seq, acknowledged seq, boot, CRC-32 of the context's file
_HEADER_SIZE = struct.calcsize(_LAYOUT) + 4


class Folder:
    """A folder of segments; hand it to an Outbox in the place of a block device.

    littlefs writes an append whole or not at all, and a file of at most its inline size costs no block. Its default on
    most boards is 128 bytes; a board whose program size is 256 (rp2) may be given 512. `busy` hears when writing begins
    and ends: flash may let no interrupt run meanwhile.
    """

    def __init__(
        self, path: str, count: int = 256, size: int = INLINE, busy: "Callable[[bool], None] | None" = None
    ) -> None:
        if count < 32:
            raise ValueError("outbox: at least 32 segments")
        self._path = path
        self._count = count
        self._size = size
        self._busy = busy or nobody

    def journals(self) -> "tuple[Blocks, Blocks]":
        """Return where records go and where presses are tallied."""
        for path in (self._path, self._path + "/records", self._path + "/tallies"):
            if not exists(path):
                os.mkdir(path)
        tallies = self._count // 8
        records = Segments(self._path + "/records", self._count - tallies, self._size, self._busy)
        return records, Segments(self._path + "/tallies", tallies, self._size, self._busy)

    # What the export of an unreadable outbox asks of flash

    def ioctl(self, op: int, arg: int) -> "int | None":
        """Tell how many files there can be, and how large they are."""
        return {BLOCK_COUNT: self._count, BLOCK_SIZE: self._size}.get(op)

    def readblocks(self, block: int, buf: bytearray, offset: int) -> None:
        """Fill a buffer from a file, and with erased bytes after its end."""
        tallies = block - self._count + self._count // 8
        data = read(self._path + ("/records/s%x" % block if tallies < 0 else "/tallies/s%x" % tallies))
        data = data[offset : offset + len(buf)]
        buf[:] = data + b"\xff" * (len(buf) - len(data))


class Segments:
    """One file a block: `s<block>` in hexadecimal, its slots after a header of 28 bytes.

    A header names the file that holds epoch, survey, question and language: `c<crc>`, written before it is named.
    """

    def __init__(self, path: str, block_count: int, size: int, busy: "Callable[[bool], None]") -> None:
        self._path = path + "/"
        self._busy = busy
        self.block_count = block_count
        self.slot_count: int = (size - _HEADER_SIZE) // SLOT_SIZE
        self._contexts: dict[int, list[str]] = {}
        self._held_block = -1  # whose bytes are at hand: finding a file costs more than reading it
        self._held = b""

    def _name(self, block: int) -> str:
        return self._path + "s%x" % block

    def _read(self, block: int, offset: int, size: int) -> bytes:
        if self._held_block != block:
            self._held_block, self._held = block, read(self._name(block))
        data = self._held[offset : offset + size]
        return data + b"\xff" * (size - len(data))

    def _write(self, block: int, mode: str, offset: int, data: bytes) -> bool:
        """Write and read back; littlefs has it all, or none of it, once the file is closed."""
        self._held_block = -1
        return self._store(self._name(block), mode, offset, data) and self._read(block, offset, len(data)) == data

    def _store(self, path: str, mode: str, offset: int, data: bytes) -> bool:
        self._busy(True)
        try:
            with open(path, mode) as file:
                file.seek(offset)
                file.write(data)
        except OSError:
            return False
        finally:
            self._busy(False)
        return True

    def header(self, block: int) -> "Header | None":
        """Return a segment's header; OutboxUnreadable when it is of another format."""
        data = self._read(block, 0, _HEADER_SIZE)
        if struct.unpack("<I", data[-4:])[0] != binascii.crc32(data[:-4]):
            return None
        version, serial, first_seq, acked_seq, boot, crc = struct.unpack(_LAYOUT, data[:-4])
        if version != FORMAT:
            raise OutboxUnreadable("a journal of format " + str(version) + ", not " + str(FORMAT))
        context = self._context(crc)
        if not context:
            raise OutboxUnreadable("the file of a survey is missing")
        return Header(serial, first_seq, acked_seq, boot, context[0], Context(*context[1:]))

    def _context(self, crc: int) -> "list[str] | None":
        if crc not in self._contexts:
            data = read(self._path + "c%x" % crc)
            if not data or binascii.crc32(data) != crc:
                return None
            self._contexts[crc] = json.loads(data.decode())
        return self._contexts[crc]

    def _keep_context(self, crc: int, context: bytes) -> bool:
        if not self._context(crc):
            self._store(self._path + "c%x" % crc, "wb", 0, context)
        return self._context(crc) is not None

    def slots(self, block: int, number: int, count: int = 2) -> bytes:
        """Return the bytes of some slots, fewer at the end of the segment; two can be the longest slot."""
        size = min(count, self.slot_count - number) * SLOT_SIZE
        return self._read(block, _HEADER_SIZE + number * SLOT_SIZE, size)

    def program(self, block: int, number: int, data: bytes) -> bool:
        """Write slots from a number on; False when what stands there afterwards is something else."""
        return self._write(block, "r+b", _HEADER_SIZE + number * SLOT_SIZE, data)

    def erase(self, block: int) -> bool:
        """Remove a segment."""
        self._held_block = -1
        self._busy(True)
        try:
            if exists(self._name(block)):
                os.remove(self._name(block))
        except OSError:
            return False
        finally:
            self._busy(False)
        return True

    def open(self, block: int, header: Header) -> bool:
        """Begin a segment with its header."""
        context = json.dumps((header.epoch,) + header.context).encode()
        crc = binascii.crc32(context)
        numbers = (FORMAT, header.serial, header.first_seq, header.acked_seq, header.boot, crc)
        data = struct.pack(_LAYOUT, *numbers)
        data += struct.pack("<I", binascii.crc32(data))
        return self._keep_context(crc, context) and self._write(block, "wb", 0, data)

    def is_fresh(self, block: int) -> bool:
        """Tell whether nothing is stored in a segment; a creation that power cut short leaves an empty file."""
        return not self._read(block, 0, 1).strip(b"\xff")


def nobody(_is_busy: bool) -> None:
    """Nobody has to know."""


def read(path: str) -> bytes:
    """Return the bytes of a file, none when it is not there."""
    try:
        with open(path, "rb") as file:
            data: bytes = file.read()
    except OSError:
        return b""
    return data


def exists(path: str) -> bool:
    """Tell whether a file or folder is there."""
    try:
        os.stat(path)
    except OSError:
        return False
    return True
