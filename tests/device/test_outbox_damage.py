"""The outbox on flash that was damaged, or that fails."""

import binascii
import struct

from device import slots
from device.journal import FIRST_SLOT_AT
from device.outbox import Outbox, OutboxError, OutboxUnreadable
from device.slots import SLOT_SIZE
from tests.device.raising import raised
from tests.device.ram_flash import RamFlash
from tests.device.test_outbox import SURVEY, press, put, urandom


def journal_of(count):
    """A journal with so many presses in its second block: the first holds the boot mark."""
    flash = RamFlash()
    return flash, put(Outbox(flash, urandom), count)


def slot_at(block, number):
    return block * 768 + FIRST_SLOT_AT + number * SLOT_SIZE


def lost(seq):
    return {"seq": seq, "lost": "crc"}


def flipped(flash, at, *bits):
    damaged = flash.restarted()
    for bit in bits:
        damaged.memory[at + bit // 8] ^= 1 << bit % 8
    return damaged


def test_every_flipped_bit_of_a_record_is_mended():
    flash, stored = journal_of(3)
    for bit in range(SLOT_SIZE * 8):
        for number in range(3):
            outbox = Outbox(flipped(flash, slot_at(1, number), bit), urandom)

            assert outbox.peek(16) == stored
            assert outbox.next_seq == 4


def test_two_flipped_bits_of_a_record_are_reported_under_its_seq():
    flash, stored = journal_of(3)
    for bit in range(SLOT_SIZE * 8 - 1):
        outbox = Outbox(flipped(flash, slot_at(1, 1), bit, bit + 1), urandom)

        assert outbox.peek(16) == [stored[0], lost(2), stored[2]]
        assert outbox.next_seq == 4


def test_two_flipped_bits_of_the_last_record_keep_its_number_from_another():
    flash, stored = journal_of(3)
    expected = stored[:2]
    expected.append(lost(3))
    for bit in range(SLOT_SIZE * 8 - 1):
        damaged = flipped(flash, slot_at(1, 2), bit, bit + 1)

        outbox = Outbox(damaged, urandom)

        assert outbox.peek(16) == expected
        assert put(outbox, 1)[0]["seq"] == 4
        assert Outbox(damaged.restarted(), urandom).peek(3) == expected


def test_every_flipped_bit_of_a_long_record_is_mended():
    flash = RamFlash()
    outbox = Outbox(flash, urandom)
    put(outbox, 1)
    long = outbox.put(slots.press(3, "fi", 1 << 24, None), SURVEY, "smiley")
    last = put(outbox, 1)[0]
    for bit in range(2 * SLOT_SIZE * 8):
        outbox = Outbox(flipped(flash, slot_at(1, 1), bit), urandom)

        assert outbox.peek_from(2, 9) == [long, last]


def test_a_flipped_bit_in_blank_flash_costs_nothing():
    flash, stored = journal_of(3)
    for number in range(3, 32):
        damaged = flipped(flash, slot_at(1, number), 77)

        outbox = Outbox(damaged, urandom)
        record = put(outbox, 1)[0]

        assert outbox.peek(3) == stored
        again = Outbox(damaged.restarted(), urandom)
        assert again.peek(99) == outbox.peek(99)
        assert again.next_seq == record["seq"] + 1


def test_no_flipped_bit_of_a_header_costs_a_record():
    flash, stored = journal_of(3)
    for bit in range(FIRST_SLOT_AT * 8):
        damaged = flash.restarted()
        damaged.memory[768 + bit // 8] ^= 1 << bit % 8

        assert Outbox(damaged, urandom).peek(16) == stored


def test_a_block_without_any_header_gives_its_numbers_to_lost_records():
    flash, stored = journal_of(40)
    flash.memory[768 : 768 + FIRST_SLOT_AT] = bytes(FIRST_SLOT_AT)

    records = Outbox(flash, urandom).peek(99)

    assert records[:32] == [lost(seq) for seq in range(1, 33)]
    assert records[32:] == stored[32:]


def test_numbers_of_a_newest_block_without_header_are_not_given_again():
    flash, _ = journal_of(36)
    flash.memory[2 * 768 : 2 * 768 + FIRST_SLOT_AT] = bytes(FIRST_SLOT_AT)

    outbox = Outbox(flash, urandom)

    assert outbox.next_seq == 37
    assert outbox.peek(99)[32:] == [lost(33), lost(34), lost(35), lost(36)]


def test_a_block_of_zeros_is_lost_by_its_numbers_or_puts_the_box_out_of_service():
    for block in range(4):
        flash, stored = journal_of(80)
        flash.memory[block * 768 : (block + 1) * 768] = bytes(768)
        before = bytes(flash.memory)
        if block in (3, 0):  # the newest, or the oldest in whose place it would stand: nobody knows its numbers
            raised(OutboxUnreadable, Outbox, flash, urandom)

            assert bytes(flash.memory) == before
        else:
            records = Outbox(flash, urandom).peek(999)

            assert [record for record in records if record in stored] == [r for r in records if "lost" not in r]
            assert records[-1] == stored[-1]


def test_a_flash_of_zeros_is_never_formatted():
    flash, _ = journal_of(80)
    flash.memory[:] = bytes(len(flash.memory))

    raised(OutboxUnreadable, Outbox, flash, urandom)

    assert bytes(flash.memory) == bytes(len(flash.memory))


def test_an_unreadable_flash_is_left_alone():
    for block in range(4):
        flash = RamFlash()
        flash.memory[block * 768 + 700] = 0
        before = bytes(flash.memory)

        raised(OutboxUnreadable, Outbox, flash, urandom)

        assert bytes(flash.memory) == before


def test_a_journal_with_no_header_left_is_left_alone():
    flash, _ = journal_of(3)
    for block in range(2):
        flash.memory[block * 768 : block * 768 + FIRST_SLOT_AT] = bytes(FIRST_SLOT_AT)

    raised(OutboxUnreadable, Outbox, flash, urandom)


def test_flash_that_silently_ignores_programs_is_never_trusted():
    flash = RamFlash()
    outbox = Outbox(flash, urandom)
    put(outbox, 2)
    flash.deaf = 1000

    raised(OutboxError, outbox.put, press(), SURVEY, "smiley")

    assert outbox.next_seq == 3
    assert len(outbox.peek(16)) == 2


def test_a_slot_that_fails_is_passed_over():
    for bad in range(1, 3):
        flash = RamFlash()
        outbox = Outbox(flash, urandom)
        put(outbox, 2)
        flash.deaf = 2 * bad - 1  # a program and the spoiling of its slot

        record = outbox.put(press(), SURVEY, "smiley")

        assert record["seq"] == 3
        assert Outbox(flash.restarted(), urandom).peek(16)[2] == record


def test_a_program_that_ends_in_an_error_is_passed_over():
    flash = RamFlash()
    outbox = Outbox(flash, urandom)
    put(outbox, 2)
    flash.failing = 3

    record = outbox.put(press(), SURVEY, "smiley")

    assert Outbox(flash.restarted(), urandom).peek(16)[2] == record


def test_a_refused_press_is_never_sent_in_the_place_of_a_later_one():
    flash = RamFlash()
    outbox = Outbox(flash, urandom)
    put(outbox, 1)
    read = flash.readblocks

    def read_after_program(block, buf, offset):
        read(block, buf, offset)
        if buf[0] != 0xFF:
            buf[0] ^= 8

    flash.readblocks = read_after_program
    raised(OutboxError, outbox.put, press(1), SURVEY, "smiley")
    flash.readblocks = read
    thanked = outbox.put(press(5), SURVEY, "smiley")

    assert outbox.peek_from(2, 1) == [thanked]
    assert Outbox(flash.restarted(), urandom).peek_from(2, 1) == [thanked]


def test_a_damaged_ack_mark_only_means_sending_again():
    flash, stored = journal_of(9)
    Outbox(flash, urandom, cold_start=False).acknowledge(8)
    flash.memory[slot_at(1, 9) + 9] ^= 3

    outbox = Outbox(flash, urandom)

    assert outbox.peek(9) == stored
    assert outbox.next_seq == 10


def test_a_journal_of_another_format_is_left_alone_and_named():
    flash, _ = journal_of(1)
    for block in range(2):
        for copy in range(2):
            at = block * 768 + copy * 128
            flash.memory[at + 3] = ord("1")
            flash.memory[at + 124 : at + 128] = struct.pack("<I", binascii.crc32(bytes(flash.memory[at : at + 124])))
    before = bytes(flash.memory)

    error = raised(OutboxUnreadable, Outbox, flash, urandom)

    assert "HYM1" in str(error)
    assert bytes(flash.memory) == before


def test_a_language_too_long_for_its_slot_is_refused():
    error = raised(ValueError, slots.press, 1, "toolongcode", 1, None)

    assert "language" in str(error)
