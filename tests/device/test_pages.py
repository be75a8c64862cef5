"""Flash of whole pages behind a block device of bytes."""

from device.outbox import Outbox
from device.pages import PAGE, PagedFlash
from device.slots import press
from tests.device.raising import raised
from tests.device.ram_flash import ERASE, RamFlash
from tests.device.test_outbox import urandom


class WholePages(RamFlash):
    """Refuses what an RP2350 cannot program."""

    def writeblocks(self, block, buf, offset=0):
        if offset % PAGE or len(buf) % PAGE:
            raise ValueError("not a whole page")
        super().writeblocks(block, buf, offset)


def both():
    return WholePages(4, 4096), RamFlash(4, 4096)


def test_parts_of_pages_are_programmed_as_if_there_were_no_pages():
    raw, plain = both()
    paged = PagedFlash(raw)
    for offset, size in ((0, 32), (32, 32), (250, 12), (255, 1), (256, 256), (500, 1000), (4095, 1)):
        data = bytes([(offset + index) % 251 for index in range(size)])
        paged.writeblocks(2, data, offset)
        plain.writeblocks(2, data, offset)

    assert raw.memory == plain.memory


def test_a_second_program_only_clears_bits():
    raw, _ = both()
    paged = PagedFlash(raw)
    paged.writeblocks(0, b"\xf0\xff", 10)
    paged.writeblocks(0, b"\x3f\x0f", 10)

    assert bytes(raw.memory[9:13]) == b"\xff\x30\x0f\xff"


def test_a_journal_lives_on_whole_pages():
    raw, _ = both()
    outbox = Outbox(PagedFlash(raw), urandom)
    for value in range(1, 6):
        outbox.put(press(value, "fi", value, None), "reception@3", "smiley")
    again = Outbox(PagedFlash(raw.restarted()), urandom, cold_start=False)

    assert [record["answers"] for record in again.peek(9)] == [{"smiley": value} for value in range(1, 6)]


def test_an_erase_goes_through():
    raw, _ = both()
    PagedFlash(raw).writeblocks(1, b"\0", 0)
    PagedFlash(raw).ioctl(ERASE, 1)

    assert raw.memory == b"\xff" * len(raw.memory)


def test_raw_flash_refuses_parts_of_pages():
    assert raised(ValueError, both()[0].writeblocks, 0, b"\0", 0)
