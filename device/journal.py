"""Blocks of slots on NOR flash: one header each, slots programmed once and read back."""

import binascii
import struct
from collections import namedtuple

from device.failures import OutboxUnreadable
from device.slots import SLOT_SIZE, Base, Context, is_blank

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Flash(Protocol):
        """A block device of MicroPython's extended interface; offsets are in bytes within the block."""

        def readblocks(self, block: int, buf: bytearray, offset: int) -> object: ...
        def writeblocks(self, block: int, buf: bytes, offset: int) -> object: ...
        def ioctl(self, op: int, arg: int) -> "int | None": ...

    class Blocks(Protocol):
        """What a ring turns in: numbered blocks of slots, on flash or in files."""

        block_count: int
        slot_count: int

        def header(self, block: int) -> "Header | None": ...
        def slots(self, block: int, number: int, count: int = 2) -> bytes: ...
        def program(self, block: int, number: int, data: bytes) -> bool: ...
        def erase(self, block: int) -> bool: ...
        def open(self, block: int, header: "Header") -> bool: ...
        def is_fresh(self, block: int) -> bool: ...


SYNC, BLOCK_COUNT, BLOCK_SIZE, ERASE = 3, 4, 5, 6  # ioctl numbers of MicroPython

HEADER_SIZE = 128
FIRST_SLOT_AT = 2 * HEADER_SIZE  # twice: a single flipped bit must not cost a block of responses its survey
EPOCH_LENGTH = 10
LONGEST_CONTEXT = 77  # survey and question with a byte between them
RECORDS, TALLIES = b"HYM2", b"HYT2"
TALLY_BLOCKS = 3

_LAYOUT = "<4sIIII10s87s"
_CHECKED = struct.calcsize(_LAYOUT)

Header = namedtuple("Header", ("serial", "first_seq", "acked_seq", "boot", "epoch", "context"))
"""`serial` rises by one a block; `acked_seq` and `boot` are as known when the block was opened."""


def base(header: Header) -> Base:
    """Return what the slots of a block are short for."""
    return Base(header.first_seq, header.boot, header.context.language)


def journals(flash: "Flash") -> "tuple[Journal, Journal | None]":
    """Return where records go and where presses are tallied; a flash of few blocks has no room for the latter."""
    count = flash.ioctl(BLOCK_COUNT, 0) or 0
    if count < TALLY_BLOCKS + 5:
        return Journal(flash, RECORDS, 0, count), None
    return (
        Journal(flash, RECORDS, 0, count - TALLY_BLOCKS),
        Journal(flash, TALLIES, count - TALLY_BLOCKS, TALLY_BLOCKS),
    )


class Journal:
    """Some blocks of a flash partition. Whatever it programs is synced and read back before it answers True."""

    def __init__(self, flash: "Flash", magic: bytes, first_block: int, block_count: int) -> None:
        self._flash = flash
        self._magic = magic
        self._first_block = first_block
        self.block_count = block_count
        self._block_size: int = flash.ioctl(BLOCK_SIZE, 0) or 0
        self.slot_count: int = (self._block_size - FIRST_SLOT_AT) // SLOT_SIZE
        if block_count < 3 or self.slot_count < 32:
            raise ValueError("outbox: needs at least 3 blocks of at least 768 bytes")

    def _read(self, block: int, offset: int, size: int) -> bytes:
        data = bytearray(size)
        self._flash.readblocks(self._first_block + block, data, offset)
        return bytes(data)

    def _program(self, block: int, offset: int, data: bytes) -> bool:
        try:
            self._flash.writeblocks(self._first_block + block, data, offset)
            self._flash.ioctl(SYNC, 0)
        except OSError:
            return False
        return self._read(block, offset, len(data)) == data

    def header(self, block: int) -> "Header | None":
        """Return the first readable copy of a block's header; OutboxUnreadable when it is of another format."""
        data = self._read(block, 0, HEADER_SIZE)
        if is_blank(data):
            return None
        return self._decode_header(data) or self._decode_header(self._read(block, HEADER_SIZE, HEADER_SIZE))

    def _decode_header(self, data: bytes) -> "Header | None":
        if struct.unpack("<I", data[-4:])[0] != binascii.crc32(data[:-4]):
            return None
        magic, serial, first_seq, acked_seq, boot, epoch, context = struct.unpack(_LAYOUT, data[:_CHECKED])
        if magic != self._magic:
            raise OutboxUnreadable("a journal of format " + str(magic) + ", not " + str(self._magic))
        context = Context(*context.rstrip(b"\xff").decode().split("\0"))
        return Header(serial, first_seq, acked_seq, boot, epoch.decode(), context)

    def _encode_header(self, header: Header) -> bytes:
        survey, question, language = header.context
        if len((survey + question).encode()) >= LONGEST_CONTEXT:
            raise ValueError("survey and question: at most " + str(LONGEST_CONTEXT - 1) + " characters together")
        context = f"{survey}\0{question}\0{language}".encode()
        numbers = (header.serial, header.first_seq, header.acked_seq, header.boot)
        checked = struct.pack("<4sIIII10s", self._magic, *numbers, header.epoch.encode()) + context
        padded = checked + b"\xff" * (HEADER_SIZE - 4 - len(checked))
        return padded + struct.pack("<I", binascii.crc32(padded))

    def slots(self, block: int, number: int, count: int = 2) -> bytes:
        """Return the bytes of some slots, fewer at the end of the block; two can be the longest slot."""
        size = min(count, self.slot_count - number) * SLOT_SIZE
        return self._read(block, FIRST_SLOT_AT + number * SLOT_SIZE, size)

    def program(self, block: int, number: int, data: bytes) -> bool:
        """Program slots from a number on; False when what stands there afterwards is something else."""
        return self._program(block, FIRST_SLOT_AT + number * SLOT_SIZE, data)

    def erase(self, block: int) -> bool:
        """Erase one block; False when it does not read as blank afterwards."""
        try:
            self._flash.ioctl(ERASE, self._first_block + block)
            self._flash.ioctl(SYNC, 0)
        except OSError:
            return False
        return self._is_blank_from(block, 0)

    def open(self, block: int, header: Header) -> bool:
        """Write the header of an erased block."""
        data = self._encode_header(header)
        return self._program(block, 0, data) and self._program(block, HEADER_SIZE, data)

    def is_fresh(self, block: int) -> bool:
        """Tell whether nothing was ever stored in a block; only the first can hold half a header, from its creation."""
        return self._is_blank_from(block, 0 if block else FIRST_SLOT_AT)

    def _is_blank_from(self, block: int, offset: int) -> bool:
        step = 256
        return all(is_blank(self._read(block, at, step)) for at in range(offset, self._block_size, step))
