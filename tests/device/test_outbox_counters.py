"""The outbox when it is nearly full: presses are counted by the hour, and become records that never change."""

from device import slots
from device.outbox import Outbox, OutboxError, OutboxFull
from tests.device.raising import raised
from tests.device.ram_flash import PowerCut, RamFlash
from tests.device.test_outbox import SURVEY, press, put, urandom

BLOCKS = 20  # 17 for records, two of them for counters, one for marks


def scarce(block_size=768):
    """A flash and its outbox that counts from now on, and its records."""
    flash = RamFlash(BLOCKS, block_size)
    outbox = Outbox(flash, urandom)
    stored = []
    while outbox._records.has_room(None, 2, 1 + outbox._reserve):
        stored += put(outbox, 1)
    return flash, outbox, stored


def count(outbox, *presses):
    """Put presses given as value and uptime; return what the visitors were shown."""
    return [outbox.put(press(value, uptime_s), SURVEY, "smiley") for value, uptime_s in presses]


def counters(outbox):
    return [record for record in outbox.peek(9999) if "counters" in record]


def test_a_counted_press_is_thanked_without_a_seq():
    _, outbox, stored = scarce()

    shown = count(outbox, (4, 1000))[0]

    assert shown["seq"] is None
    assert shown["answers"] == {"smiley": 4}
    assert outbox.counted == 1
    assert outbox.peek(9999) == stored


def test_the_presses_of_an_hour_become_one_record():
    _, outbox, stored = scarce()
    count(outbox, (4, 1000), (5, 1001), (4, 4599), (1, 4600))

    assert outbox.peek_from(len(stored) + 1, 9) == [
        {
            "seq": len(stored) + 1,
            "boot": 1,
            "uptime_s": 4599,
            "at": None,
            "survey": SURVEY,
            "language": "fi",
            "counters": {"from_uptime_s": 1000, "smiley": {"4": 2, "5": 1}},
        }
    ]
    assert outbox.counted == 1


def test_a_record_has_the_time_of_day_of_its_last_press():
    _, outbox, _ = scarce()
    outbox.put(press(4, 1000, None), SURVEY, "smiley")
    outbox.put(press(4, 1060, 1795325069), SURVEY, "smiley")
    count(outbox, (1, 9000))

    assert counters(outbox)[0]["at"] == 1795325069


def test_flagged_presses_are_counted_apart():
    _, outbox, _ = scarce()
    for flags in ((), ("repeat",), (), ("cleaning", "test")):
        outbox.put(press(4, 1000, None, flags), SURVEY, "smiley")
    count(outbox, (1, 9000))

    assert [(record.get("flags"), record["counters"]["smiley"]["4"]) for record in counters(outbox)] == [
        (None, 2),
        (["repeat"], 1),
        (["cleaning", "test"], 1),
    ]


def test_another_survey_closes_the_hour():
    _, outbox, _ = scarce()
    count(outbox, (4, 1000))
    outbox.put(press(2, 1010), "reception@4", "mood")
    outbox.put(press(2, 9999), "reception@4", "mood")

    assert [record["survey"] for record in counters(outbox)] == [SURVEY, "reception@4"]
    assert counters(outbox)[1]["counters"] == {"from_uptime_s": 1010, "mood": {"2": 1}}


def test_a_start_closes_the_hour_and_a_wake_does_not():
    flash, outbox, _ = scarce()
    count(outbox, (4, 1000), (5, 1001))

    woken = Outbox(flash.restarted(), urandom, cold_start=False)
    started = Outbox(flash.restarted(), urandom)

    assert (woken.counted, counters(woken)) == (2, [])
    assert started.counted == 0
    assert counters(started)[0]["boot"] == 1
    assert counters(started)[0]["counters"]["smiley"] == {"4": 1, "5": 1}
    assert started.boot == 2


def test_no_count_of_a_button_passes_255():
    _, outbox, _ = scarce(4096)
    for second in range(600):
        count(outbox, (5, 1000 + second))
    count(outbox, (5, 9000))

    counts = [record["counters"]["smiley"]["5"] for record in counters(outbox)]
    assert sum(counts) == 600
    assert max(counts) <= 255


def test_once_the_bridge_has_fetched_enough_presses_are_kept_one_by_one_again():
    _, outbox, stored = scarce()
    count(outbox, (4, 1000))
    outbox.acknowledge(len(stored))
    outbox.prepare()

    assert outbox.counted == 0
    assert outbox.peek(9) == counters(outbox)
    assert count(outbox, (3, 1010))[0]["seq"] == len(stored) + 2


def test_a_press_after_the_flood_comes_after_what_was_counted():
    _, outbox, stored = scarce()
    count(outbox, (4, 1000))
    outbox.acknowledge(len(stored))

    record = count(outbox, (3, 1010))[0]

    assert outbox.peek(9)[1] == record
    assert "counters" in outbox.peek(9)[0]


def test_a_counted_press_cannot_be_undone():
    _, outbox, stored = scarce()
    count(outbox, (4, 1000))

    raised(OutboxFull, outbox.put, slots.undo(len(stored), 1001, None))


def test_when_no_counters_fit_either_presses_are_refused_and_nothing_is_lost():
    flash, outbox, _ = scarce()
    counted = 0
    try:
        while True:
            count(outbox, (1 + counted % 5, 1000 + counted * 600))
            counted += 1
    except OutboxFull:
        pass
    again = Outbox(flash.restarted(), urandom)
    again.acknowledge(again.next_seq - 1 - len(counters(again)))
    again.prepare()

    assert counted > 50
    assert sum([sum(record["counters"]["smiley"].values()) for record in counters(again)]) == counted


def test_a_damaged_tally_is_reported_as_lost_and_the_others_count():
    flash, outbox, stored = scarce()
    count(outbox, (4, 1000), (5, 1001), (4, 1002))
    tallies = (BLOCKS - 3) * 768
    held = [at for at in range(tallies, len(flash.memory), 16) if flash.memory[at] == slots.PRESS]
    flash.memory[held[1] + 5] ^= 3

    outbox = Outbox(flash.restarted(), urandom)

    assert outbox.peek_from(len(stored) + 1, 1) == [{"seq": len(stored) + 1, "lost": "crc"}]
    assert counters(outbox)[0]["counters"]["smiley"] == {"4": 2}


def test_a_flash_that_cannot_mark_what_was_counted_takes_no_more_presses():
    _, outbox, _ = scarce()
    count(outbox, (4, 1000))
    outbox._tallies._ring._mark = lambda kind: False

    raised(OutboxError, outbox.put, press(4, 9000), SURVEY, "smiley")
    raised(OutboxError, outbox.put, press(4, 9001), SURVEY, "smiley")

    assert len(counters(outbox)) == 1


def test_a_closing_that_power_cut_short_is_finished_and_counts_once():
    flash, outbox, _ = scarce()
    for flags in ((), ("repeat",), ("test",)):
        outbox.put(press(4, 1000, None, flags), SURVEY, "smiley")
    for cut_at in range(6):
        twin = flash.restarted()
        twin.cut_at = cut_at
        try:
            Outbox(twin, urandom).prepare()
        except PowerCut:
            pass

        found = counters(Outbox(twin.restarted(), urandom))

        assert [record["counters"]["smiley"] for record in found] == [{"4": 1}] * 3
        assert [record.get("flags") for record in found] == [None, ["repeat"], ["test"]]
