"""Saves what a box holds over its serial line, for whoever has one that cannot deliver: JSON lines with a CRC."""

import binascii

from device.protocol import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from device.journal import Flash
    from device.outbox import Outbox

BLOCK_COUNT, BLOCK_SIZE = 4, 5  # ioctl numbers of MicroPython
PORTION = 256
PORTION_OF_RECORDS = 8  # at a time in memory


def line(fields: "dict[str, Any]") -> str:
    """Return one JSON line: `crc` is the CRC-32 of the canonical JSON of all other fields."""
    return canonical.dumps(fields | {"crc": binascii.crc32(canonical.dumps(fields).encode())})


def records(outbox: "Outbox") -> "Iterator[str]":
    """Give a line for every record that is held, acknowledged or not, and a last one with their number."""
    count = 0
    held = outbox.peek_from(outbox.oldest_seq, PORTION_OF_RECORDS)
    while held:
        for record in held:
            yield line({"epoch": outbox.epoch, "record": record})
        count += len(held)
        held = outbox.peek_from(held[-1]["seq"] + 1, PORTION_OF_RECORDS)
    yield line({"epoch": outbox.epoch, "records": count, "next_seq": outbox.next_seq, "acked_seq": outbox.acked_seq})


def raw(flash: "Flash") -> "Iterator[str]":
    """Give the bytes of flash that is no readable journal, without the erased ones, for somebody with time."""
    data, count = bytearray(PORTION), 0
    block_size = flash.ioctl(BLOCK_SIZE, 0) or 0
    for block in range(flash.ioctl(BLOCK_COUNT, 0) or 0):
        for offset in range(0, block_size, PORTION):
            flash.readblocks(block, data, offset)
            if data != b"\xff" * PORTION:
                count += 1
                yield line({"block": block, "offset": offset, "hex": binascii.hexlify(data).decode()})
    yield line({"portions": count})
