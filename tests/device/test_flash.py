"""The file that stands for a flash partition."""

import os

from device.flash import BLOCK_COUNT, BLOCK_SIZE, ERASE, SYNC, FileFlash, MemoryFlash
from device.outbox import Outbox
from tests.device.place import FOLDER
from tests.device.raising import raised
from tests.device.test_outbox import put, urandom

PATH = FOLDER + "/outbox.flash"


def fresh_flash():
    try:
        os.unlink(PATH)
    except OSError:
        pass
    return FileFlash(PATH, 768, 4)


def read(flash, block, offset, size):
    buf = bytearray(size)
    flash.readblocks(block, buf, offset)
    return bytes(buf)


def test_programming_only_clears_bits():
    flash = fresh_flash()
    flash.writeblocks(1, b"\xf0", 5)
    flash.writeblocks(1, b"\x3c", 5)

    assert read(flash, 1, 4, 3) == b"\xff\x30\xff"

    flash.close()


def test_an_erase_sets_one_block_and_no_other():
    flash = fresh_flash()
    flash.writeblocks(1, b"\0", 0)
    flash.writeblocks(2, b"\0", 0)
    flash.ioctl(6, 1)

    assert read(flash, 1, 0, 1) == b"\xff"
    assert read(flash, 2, 0, 1) == b"\0"

    flash.close()


def test_what_was_put_stands_in_the_file_at_once():
    flash = fresh_flash()
    stored = put(Outbox(flash, urandom), 3)
    again = FileFlash(PATH, 768, 4)

    assert Outbox(again, urandom).peek(16) == stored

    flash.close()
    again.close()


def test_a_file_of_another_size_is_refused():
    fresh_flash().close()

    assert "bytes long" in str(raised(ValueError, FileFlash, PATH, 768, 5))


def test_flash_in_memory_does_as_flash_in_a_file():
    said = []
    in_file = fresh_flash()
    for flash in (in_file, MemoryFlash(768, 4)):
        flash.writeblocks(1, b"\x0f\xf0", 4)
        flash.writeblocks(1, b"\xaa\xaa", 4)
        found = [read(flash, 1, 0, 8), flash.ioctl(BLOCK_COUNT, 0), flash.ioctl(BLOCK_SIZE, 0), flash.ioctl(SYNC, 0)]
        flash.ioctl(ERASE, 1)
        said.append(found + [read(flash, 1, 0, 8)])

    assert said[0] == said[1] == [b"\xff\xff\xff\xff\x0a\xa0\xff\xff", 4, 768, 0, b"\xff" * 8]

    in_file.close()
