"""Journals of every format that was ever on a wall are read, and what is written today is what that firmware reads."""

from device.outbox import Outbox
from tests.device.golden_journals import (
    contents,
    flash_of,
    kept,
    life,
    lived_flash,
    opened_files,
    programmed,
    reading,
    write_files,
)
from tests.device.littlefs import mounted
from tests.device.ram_flash import RamFlash
from tests.device.test_outbox import SURVEY, press, urandom

FLASHES, FILES = ("flash-2.json",), ("files-2.json",)  # older ones first


def blank():
    return mounted(RamFlash(64, 4096))


def goes_on(outbox, golden):
    """Tell whether an outbox takes acknowledgements and presses after what it found."""
    next_seq = golden["reading"]["next_seq"]
    outbox.acknowledge(next_seq - 1)
    return outbox.acked_seq == next_seq - 1 and outbox.put(press(3), SURVEY, "smiley")["seq"] == next_seq


def test_new_firmware_reads_every_old_journal_on_flash_and_goes_on():
    for name in FLASHES:
        golden = kept(name)
        outbox = Outbox(flash_of(golden["image"]), urandom)

        assert reading(outbox) == golden["reading"]
        assert goes_on(outbox, golden)


def test_new_firmware_reads_every_old_journal_in_files_and_goes_on():
    for name in FILES:
        golden = kept(name)
        path = blank()
        write_files(path, golden["image"])
        outbox = opened_files(path)

        assert reading(outbox) == golden["reading"]
        assert goes_on(outbox, golden)


def test_the_old_journals_hold_whatever_a_journal_can_hold():
    for name in FLASHES + FILES:
        records = kept(name)["reading"]["records"]

        assert {record["language"] for record in records if "language" in record} == {"fi", "sv"}
        assert {record["boot"] for record in records} == {1, 2}
        assert [name for name in ("flags", "undoes", "counters") if not any(name in record for record in records)] == []


def test_old_firmware_reads_what_new_firmware_wrote_because_it_is_the_same_to_the_byte():
    # Where this fails the format is another one: it needs a number of its own, which old firmware refuses by name and
    # leaves alone, and a golden journal beside the old ones.
    assert programmed(lived_flash()) == kept(FLASHES[-1])["image"]

    path = blank()
    life(lambda: opened_files(path))

    assert contents(path) == kept(FILES[-1])["image"]
