"""The outbox in small files, on real littlefs under MicroPython."""

import binascii
import json
import os

from device import export
from device.outbox import Outbox, OutboxFull, OutboxUnreadable
from device.segments import Folder
from tests.device.littlefs import mounted
from tests.device.raising import raised
from tests.device.ram_flash import RamFlash
from tests.device.test_outbox import press, put, urandom

SEGMENTS = 40


def blank():
    return mounted(RamFlash(64, 4096))


def opened(path, cold_start=True):
    return Outbox(Folder(path, SEGMENTS), urandom, cold_start)


def files(path):
    return [path + "/records/" + name for name in sorted(os.listdir(path + "/records"))]


def damage(path, at):
    with open(path, "r+b") as file:
        data = bytearray(file.read())
        data[at] ^= 0x11
        file.seek(0)
        file.write(data)


def test_an_empty_folder_becomes_a_journal_with_the_same_words():
    outbox = opened(blank())
    stored = put(outbox, 20)
    outbox.acknowledge(9)

    assert outbox.peek(99) == stored[9:]
    assert outbox.peek_from(1, 3) == stored[:3]
    assert outbox.capacity == (35 - 2 - 4) * 6


def test_the_outbox_is_the_same_after_a_restart():
    path = blank()
    stored = put(opened(path), 20)

    after = opened(path)

    assert after.peek(99) == stored
    assert (after.next_seq, after.boot) == (21, 2)
    assert opened(path, cold_start=False).boot == 2


def test_files_turn_like_a_ring_and_stay_small():
    path = blank()
    outbox = opened(path)
    for turn in range(400):
        record = put(outbox, 1)[0]
        outbox.prepare()

        assert outbox.peek(16) == [record]

        outbox.acknowledge(turn + 1)

    assert len(files(path)) <= 37
    assert max([os.stat(name)[6] for name in files(path)]) <= 128


def test_a_full_folder_counts_then_refuses_and_loses_nothing():
    path = blank()
    outbox = opened(path)
    pressed = 0
    try:
        while True:
            outbox.put(press(1 + pressed % 5, uptime_s=pressed * 60), "reception@3", "smiley")
            pressed += 1
    except OutboxFull:
        pass
    stored = []
    after = opened(path)
    while after.next_seq - 1 > after.acked_seq or after.counted:
        records = after.peek(99)
        stored += records
        after.acknowledge(records[-1]["seq"])
        after.prepare()

    counters = [sum(record["counters"]["smiley"].values()) for record in stored if "counters" in record]
    assert sum(counters) > len(counters)
    assert len(stored) - len(counters) + sum(counters) == pressed


def test_a_damaged_segment_is_reported_under_its_numbers():
    path = blank()
    stored = put(opened(path), 18)
    name = next(name for name in files(path) if "/s2" in name)
    damage(name, 3)

    records = opened(path).peek(99)

    assert [record for record in records if "lost" not in record] == stored[:6] + stored[12:]
    assert [record["seq"] for record in records] == list(range(1, 19))


def test_a_damaged_record_is_reported_under_its_number():
    path = blank()
    stored = put(opened(path), 18)
    damage(next(name for name in files(path) if "/s2" in name), 28 + 16 + 7)

    records = opened(path).peek(99)

    assert records == stored[:7] + [{"seq": 8, "lost": "crc"}] + stored[8:]


def test_a_folder_without_the_file_of_a_survey_is_left_alone():
    path = blank()
    put(opened(path), 18)
    name = [name for name in files(path) if "/c" in name]
    sizes = [os.stat(one)[6] for one in name]
    os.remove(name[sizes.index(max(sizes))])

    error = raised(OutboxUnreadable, opened, path)

    assert "survey" in str(error)


def test_numbers_in_newest_segments_without_headers_are_not_given_again():
    path = blank()
    stored = put(opened(path), 18)
    for block in "23":
        damage(path + "/records/s" + block, 3)

    outbox = opened(path)

    assert outbox.next_seq == 19
    assert outbox.peek(6) == stored[:6]
    assert outbox.peek_from(7, 99) == [{"seq": seq, "lost": "crc"} for seq in range(7, 19)]


def test_a_folder_without_readable_headers_is_left_alone():
    path = blank()
    put(opened(path), 3)
    for name in files(path):
        if "/s" in name[len(path + "/records") :]:
            damage(name, 3)

    raised(OutboxUnreadable, opened, path)


def test_segments_cost_little_flash():
    flash = RamFlash(64, 4096)
    path = mounted(flash)
    outbox = opened(path)
    put(outbox, 1)
    erases, programmed = flash.erases, flash.programmed
    for turn in range(300):
        put(outbox, 1)
        if turn % 16 == 15:
            outbox.acknowledge(turn + 1)

    assert flash.erases - erases < 0.3 * 300
    assert flash.programmed - programmed < 400 * 300


def test_an_unreadable_folder_can_be_saved_byte_by_byte():
    path = blank()
    put(opened(path), 7)
    lines = [json.loads(line) for line in export.raw(Folder(path, SEGMENTS))]
    with open(path + "/records/s1", "rb") as file:
        first = file.read()

    assert lines[-1]["portions"] == 4
    assert binascii.unhexlify(lines[1]["hex"])[: len(first)] == first
