"""Blocks of slots on NOR flash: one header each, slots programmed once and read back."""

import binascii
import struct
from collections import namedtuple

from device.slots import SLOT_SIZE, is_blank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Flash(Protocol):
        """A block device of MicroPython's extended interface; offsets are in bytes within the block."""

        def readblocks(self, block: int, buf: bytearray, offset: int) -> object: ...
        def writeblocks(self, block: int, buf: bytes, offset: int) -> object: ...
        def ioctl(self, op: int, arg: int) -> "int | None": ...


SYNC, BLOCK_COUNT, BLOCK_SIZE, ERASE = 3, 4, 5, 6  # ioctl numbers of MicroPython

HEADER_SIZE = 128
FIRST_SLOT_AT = 2 * HEADER_SIZE  # twice: a single flipped bit must not cost a block of responses its survey
EPOCH_LENGTH = 10
LONGEST_CONTEXT = 77

_MAGIC = b"HYM1"
_LAYOUT = "<4sIIII10s78s"
_CHECKED = struct.calcsize(_LAYOUT)

Header = namedtuple("Header", ("serial", "first_seq", "acked_seq", "boot", "epoch", "survey", "question"))
"""`serial` rises by one a block; `acked_seq` and `boot` are as known when the block was opened."""


def encode_header(header: Header) -> bytes:
    """Return one copy of a block's header; ValueError when survey and question are too long together."""
    context = (header.survey + "\0" + header.question).encode()
    if len(context) > LONGEST_CONTEXT:
        raise ValueError("survey and question: at most " + str(LONGEST_CONTEXT - 1) + " characters together")
    numbers = (header.serial, header.first_seq, header.acked_seq, header.boot)
    checked = struct.pack(_LAYOUT, _MAGIC, *numbers, header.epoch.encode(), context)
    padded = checked + b"\xff" * (HEADER_SIZE - 4 - _CHECKED)
    return padded + struct.pack("<I", binascii.crc32(padded))


def decode_header(data: bytes) -> "Header | None":
    """Return a block's header, or None when these bytes are not one."""
    if struct.unpack("<I", data[-4:])[0] != binascii.crc32(data[:-4]):
        return None
    magic, serial, first_seq, acked_seq, boot, epoch, context = struct.unpack(_LAYOUT, data[:_CHECKED])
    if magic != _MAGIC:
        return None
    survey, question = context.rstrip(b"\0").decode().split("\0") if context.rstrip(b"\0") else ("", "")
    return Header(serial, first_seq, acked_seq, boot, epoch.decode(), survey, question)


class Journal:
    """The blocks of one flash partition. Whatever it programs is synced and read back before it answers True."""

    def __init__(self, flash: "Flash") -> None:
        self._flash = flash
        self.block_count: int = flash.ioctl(BLOCK_COUNT, 0) or 0
        self.block_size: int = flash.ioctl(BLOCK_SIZE, 0) or 0
        self.slot_count: int = (self.block_size - FIRST_SLOT_AT) // SLOT_SIZE
        if self.block_count < 3 or self.slot_count < 16:
            raise ValueError("outbox: needs at least 3 blocks of at least 768 bytes")

    def _read(self, block: int, offset: int, size: int) -> bytes:
        data = bytearray(size)
        self._flash.readblocks(block, data, offset)
        return bytes(data)

    def _program(self, block: int, offset: int, data: bytes) -> bool:
        try:
            self._flash.writeblocks(block, data, offset)
            self._flash.ioctl(SYNC, 0)
        except OSError:
            return False
        return self._read(block, offset, len(data)) == data

    def header(self, block: int) -> "Header | None":
        """Return the first readable copy of a block's header."""
        first = decode_header(self._read(block, 0, HEADER_SIZE))
        return first or decode_header(self._read(block, HEADER_SIZE, HEADER_SIZE))

    def slot(self, block: int, number: int) -> bytes:
        """Return the bytes of one slot."""
        return self._read(block, FIRST_SLOT_AT + number * SLOT_SIZE, SLOT_SIZE)

    def program_slot(self, block: int, number: int, data: bytes) -> bool:
        """Program one slot; False when what stands there afterwards is something else."""
        return self._program(block, FIRST_SLOT_AT + number * SLOT_SIZE, data)

    def erase(self, block: int) -> bool:
        """Erase one block; False when it does not read as blank afterwards."""
        try:
            self._flash.ioctl(ERASE, block)
            self._flash.ioctl(SYNC, 0)
        except OSError:
            return False
        return self.is_blank_from(block, 0)

    def open(self, block: int, header: Header) -> bool:
        """Write the header of an erased block."""
        data = encode_header(header)
        return self._program(block, 0, data) and self._program(block, HEADER_SIZE, data)

    def is_blank_from(self, block: int, offset: int) -> bool:
        """Tell whether a block was never programmed from this offset on since its erase."""
        step = 256
        return all(is_blank(self._read(block, at, step)) for at in range(offset, self.block_size, step))
