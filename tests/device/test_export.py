"""What a maintainer saves from a box that cannot deliver."""

import binascii
import json

from device import export
from device.outbox import Outbox
from device.protocol import canonical
from tests.device.ram_flash import RamFlash
from tests.device.test_outbox import put, urandom


def checked(line):
    fields = json.loads(line)
    crc = fields.pop("crc")

    assert crc == binascii.crc32(canonical.dumps(fields).encode())

    return fields


def test_every_record_that_is_held_comes_with_a_checksum():
    outbox = Outbox(RamFlash(block_count=8), urandom)
    put(outbox, 37)
    outbox.acknowledge(20)
    lines = [checked(line) for line in export.records(outbox)]

    assert [line["record"] for line in lines[:-1]] == outbox.peek_from(1, 99)
    assert lines[-1] == {"epoch": outbox.epoch, "records": 37, "next_seq": 38, "acked_seq": 20}


def test_an_empty_outbox_says_so():
    lines = list(export.records(Outbox(RamFlash(block_count=8), urandom)))

    assert [checked(line)["records"] for line in lines] == [0]


def test_flash_that_is_no_journal_is_saved_byte_by_byte():
    flash = RamFlash(block_count=4, block_size=768)
    flash.writeblocks(2, b"something", 256)
    lines = [checked(line) for line in export.raw(flash)]

    assert [(line["block"], line["offset"]) for line in lines[:-1]] == [(2, 256)]
    assert binascii.unhexlify(lines[0]["hex"])[:9] == b"something"
    assert lines[-1] == {"portions": 1}
