"""The outbox on flash that works."""

from device import slots
from device.outbox import Outbox, OutboxError, OutboxFull
from tests.device.outbox_figures import online
from tests.device.ram_flash import RamFlash

SURVEY = "reception@3"


def urandom(size):
    return bytes(range(size))


def press(value=4, uptime_s=60, at=None, flags=()):
    return slots.press(value, "fi", uptime_s, at, flags)


def put(outbox, count):
    return [outbox.put(press(1 + n % 5, uptime_s=n), SURVEY, "smiley") for n in range(count)]


def fill(outbox):
    stored = []
    try:
        while True:
            stored += put(outbox, 1)
    except OutboxFull:
        return stored


def test_blank_flash_becomes_an_empty_journal():
    outbox = Outbox(RamFlash(), urandom)

    assert outbox.epoch == "abcdefghij"
    assert (outbox.next_seq, outbox.acked_seq, outbox.oldest_seq, outbox.boot) == (1, 0, 1, 1)
    assert outbox.peek(16) == []


def test_a_put_press_is_the_record_of_the_wire():
    outbox = Outbox(RamFlash(), urandom)

    record = outbox.put(press(4, 5240, 1795325009, ("repeat", "test")), SURVEY, "smiley")

    assert record == {
        "seq": 1,
        "boot": 1,
        "uptime_s": 5240,
        "at": 1795325009,
        "survey": "reception@3",
        "language": "fi",
        "answers": {"smiley": 4},
        "flags": ["repeat", "test"],
    }
    assert outbox.peek(16) == [record]


def test_a_press_without_a_clock_has_no_time():
    outbox = Outbox(RamFlash(), urandom)

    record = outbox.put(press(0), SURVEY, "nps")

    assert record["at"] is None
    assert record["answers"] == {"nps": 0}
    assert "flags" not in record


def test_an_undo_is_a_record_of_its_own():
    outbox = Outbox(RamFlash(), urandom)
    put(outbox, 1)

    record = outbox.put(slots.undo(1, 65, None))

    assert record == {"seq": 2, "boot": 1, "uptime_s": 65, "at": None, "undoes": 1}
    assert outbox.peek_from(2, 1) == [record]


def test_the_outbox_is_the_same_after_a_restart():
    flash = RamFlash()
    before = Outbox(flash, urandom)
    stored = put(before, 20)
    before.acknowledge(9)

    after = Outbox(flash.restarted(), urandom)

    assert after.peek(99) == stored[9:]
    assert (after.next_seq, after.acked_seq, after.oldest_seq) == (21, 9, 1)
    assert (after.epoch, after.boot) == (before.epoch, 2)


def test_waking_from_deep_sleep_is_the_same_boot():
    flash = RamFlash()
    Outbox(flash, urandom)

    assert Outbox(flash.restarted(), urandom, cold_start=False).boot == 1
    assert Outbox(flash.restarted(), urandom, cold_start=True).boot == 2


def test_acknowledged_records_stay_for_a_replay_until_their_space_is_needed():
    outbox = Outbox(RamFlash(), urandom)
    stored = put(outbox, 12)
    outbox.acknowledge(12)

    assert outbox.peek(16) == []
    assert outbox.peek_from(1, 4) == stored[:4]


def test_an_acknowledgement_never_goes_back():
    outbox = Outbox(RamFlash(), urandom)
    put(outbox, 5)
    outbox.acknowledge(4)

    outbox.acknowledge(2)

    assert outbox.acked_seq == 4


def test_a_restart_forgets_at_most_the_last_few_acknowledgements():
    flash = RamFlash(block_count=8)
    outbox = Outbox(flash, urandom)
    for seq in range(1, 60):
        put(outbox, 1)
        outbox.acknowledge(seq)

        assert seq - Outbox(flash.restarted(), urandom).acked_seq < 8


def test_what_was_never_put_cannot_be_acknowledged():
    outbox = Outbox(RamFlash(), urandom)
    put(outbox, 5)

    outbox.acknowledge(6)

    assert outbox.acked_seq == 0
    assert outbox.refused_acks == 1
    assert len(outbox.peek(16)) == 5


def test_a_changed_survey_opens_a_new_block_and_leaves_old_records_alone():
    flash = RamFlash()
    outbox = Outbox(flash, urandom)
    outbox.put(press(4), "reception@3", "smiley")
    outbox.put(press(2), "reception@4", "mood")

    records = Outbox(flash.restarted(), urandom).peek(16)

    assert [record["survey"] for record in records] == ["reception@3", "reception@4"]
    assert [record["answers"] for record in records] == [{"smiley": 4}, {"mood": 2}]


def test_a_full_outbox_refuses_and_loses_nothing():
    flash = RamFlash()
    outbox = Outbox(flash, urandom)

    stored = fill(outbox)

    assert len(stored) >= outbox.capacity
    assert outbox.peek(999) == stored
    assert Outbox(flash.restarted(), urandom).peek(999) == stored


def test_a_full_outbox_takes_presses_again_once_a_block_is_acknowledged():
    outbox = Outbox(RamFlash(), urandom)
    stored = fill(outbox)
    outbox.acknowledge(len(stored))

    again = fill(outbox)

    assert len(again) >= outbox.capacity
    assert again[0]["seq"] == len(stored) + 1
    assert outbox.peek(999) == again


def test_single_acks_drain_a_full_outbox_over_any_number_of_restarts():
    flash = RamFlash()
    stored = fill(Outbox(flash, urandom))
    for last in range(1, len(stored) + 1):
        flash = flash.restarted()
        outbox = Outbox(flash, urandom)
        outbox.acknowledge(last)

    assert outbox.peek(1) == []
    assert put(outbox, 1)[0]["seq"] == len(stored) + 1


def test_a_box_that_starts_for_ever_while_full_never_jams():
    flash = RamFlash()
    stored = fill(Outbox(flash, urandom))
    for _ in range(100):
        flash = flash.restarted()
        outbox = Outbox(flash, urandom)

    assert not outbox.boot_is_durable
    assert outbox.peek(999) == stored

    outbox.acknowledge(len(stored))
    record = put(outbox, 1)[0]

    assert outbox.boot_is_durable
    assert record["seq"] == len(stored) + 1
    assert Outbox(flash.restarted(), urandom).boot == record["boot"] + 1


def test_a_ring_that_turns_many_times_keeps_every_record_until_its_ack():
    flash = RamFlash()
    outbox = Outbox(flash, urandom)
    for turn in range(400):
        record = put(outbox, 1)[0]
        outbox.prepare()

        assert record["seq"] == turn + 1
        assert outbox.peek(16) == [record]

        outbox.acknowledge(turn + 1)
    assert Outbox(flash.restarted(), urandom).next_seq == 401


def test_erasing_ahead_leaves_no_erase_to_the_press():
    flash = RamFlash(block_count=8)
    outbox = Outbox(flash, urandom)
    for turn in range(200):
        outbox.prepare()
        erases = flash.erases
        put(outbox, 1)

        assert flash.erases == erases or turn == 0

        outbox.acknowledge(turn + 1)


def test_used_is_the_share_of_the_flash_that_waits_for_the_bridge():
    outbox = Outbox(RamFlash(block_count=6), urandom)
    put(outbox, outbox.capacity // 2)
    half = outbox.used
    outbox.acknowledge(outbox.capacity // 2)

    assert half == 64 / 160
    assert outbox.used == 0


def test_presses_are_kept_one_by_one_beyond_four_fifths_where_the_alarm_comes():
    outbox = Outbox(RamFlash(block_count=24), urandom)
    while outbox.used < 0.8:
        put(outbox, 1)

    assert outbox.counted == 0


def test_what_does_not_fit_16_bytes_takes_32():
    flash = RamFlash()
    outbox = Outbox(flash, urandom)
    put(outbox, 1)
    programmed = flash.programmed
    short = put(outbox, 1)[0]
    of_short = flash.programmed - programmed
    stored = [
        outbox.put(slots.press(10, "fi", (1 << 24) - 1, 4294967295, slots.FLAGS), SURVEY, "smiley"),
        outbox.put(slots.press(10, "fi", 1 << 24, 4294967295, slots.FLAGS), SURVEY, "smiley"),
        outbox.put(slots.undo(1, 4294967295, None)),
    ]

    assert of_short == 16
    assert flash.programmed - programmed == 16 + 16 + 32 + 32
    assert Outbox(flash.restarted(), urandom).peek_from(short["seq"] + 1, 9) == stored


def test_an_undo_from_far_away_names_the_right_press():
    flash = RamFlash(block_count=4, block_size=4096)
    outbox = Outbox(flash, urandom)
    put(outbox, 300)
    undo = outbox.put(slots.undo(2, 60, None))

    assert Outbox(flash.restarted(), urandom).peek_from(301, 1) == [undo]
    assert undo["undoes"] == 2


def test_the_partition_of_256_kib_holds_what_the_readme_says():
    flash = RamFlash(block_count=64, block_size=4096)
    outbox = Outbox(flash, urandom)

    assert outbox.capacity == 12480


def test_a_mount_reads_the_headers_and_few_slots():
    flash = RamFlash(block_count=64, block_size=4096)
    put(Outbox(flash, urandom), 6010)
    mounted = flash.restarted()

    outbox = Outbox(mounted, urandom)

    assert outbox.next_seq == 6011
    assert mounted.reads < 64 + 40


def test_a_press_wears_the_flash_little():
    figures = online(3000)

    assert figures["erases_per_press"] <= 0.02
    assert figures["bytes_per_press"] <= 64


def test_acks_one_by_one_with_starts_and_presses_between_drain_a_full_outbox():
    for starts in (0, 1, 3):
        flash = RamFlash()
        outbox = Outbox(flash, urandom)
        last = len(fill(outbox))
        for seq in range(1, last + 1):
            for _ in range(starts):
                outbox = Outbox(flash, urandom)
            outbox.acknowledge(seq)
            try:
                put(outbox, 1)
            except (OutboxError, OutboxFull):
                pass

        outbox.acknowledge(outbox.next_seq - 1)
        assert put(outbox, 1)[0]["seq"] > last


def test_an_outbox_that_is_full_and_started_again_says_that_it_is_full_and_no_more():
    flash = RamFlash(block_count=3)
    outbox = Outbox(flash, urandom)
    try:
        put(outbox, 100)
    except OutboxFull:
        pass
    for _ in range(12):
        flash = flash.restarted()
        outbox = Outbox(flash, urandom)

    assert outbox.used == 1.0  # a hello that says more is refused by the bridge, and the box would never be emptied
