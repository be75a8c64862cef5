"""The four words of the kiosk's outbox, and what it does when its file or its disk will not."""

import os
import sqlite3
import subprocess
from contextlib import closing, suppress
from pathlib import Path
from typing import NamedTuple

import pytest

from kiosk_app import outbox as module
from kiosk_app.disk import file_system
from kiosk_app.envelope import KEY_BYTES, Envelope, key_of
from kiosk_app.outbox import Outbox, OutboxError

DAY_S = 86_400
NOW_AT = 1_795_325_000
KEY = bytes(range(KEY_BYTES))


def content(text="Kiitos!", **more):
    said = {"survey": "reception@3", "language": "fi", "answers": {"smiley": 4, "text": text}}
    return {"boot": 1, "uptime_s": 5, "at": None} | said | more


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def opened(folder, **options):
    return closing(Outbox(folder, options.pop("envelope", Envelope()), **options))


def test_what_was_put_is_there_after_a_restart_under_its_number(folder):
    with opened(folder) as outbox:
        put = [outbox.put(content(text)) for text in ("a", "b", "c")]
        epoch = outbox.epoch

    with opened(folder) as outbox:
        assert outbox.peek(10) == put
        assert [record["seq"] for record in put] == [1, 2, 3]
        assert (outbox.epoch, outbox.boot, outbox.next_seq) == (epoch, 2, 4)


def test_what_is_acknowledged_is_not_peeked_and_can_be_replayed(folder):
    with opened(folder) as outbox:
        put = [outbox.put(content()) for _ in range(5)]

        outbox.acknowledge(3)

        assert outbox.peek(10) == put[3:]
        assert outbox.peek_from(2, 2) == put[1:3]
        assert (outbox.acked_seq, outbox.oldest_seq, outbox.waiting) == (3, 1, 2)


def test_the_next_response_carries_the_acknowledgement_over_a_crash(folder):
    first = Outbox(folder, Envelope())
    first.put(content())
    first.acknowledge(1)
    first.put(content())
    first._connection.close()  # killed: nothing else was written

    with opened(folder) as outbox:
        assert outbox.acked_seq == 1


def test_an_acknowledgement_is_written_down_when_the_kiosk_ends(folder):
    with opened(folder) as outbox:
        outbox.put(content())
        outbox.acknowledge(1)

    with opened(folder) as outbox:
        assert outbox.acked_seq == 1


def test_an_acknowledgement_never_goes_back_and_never_beyond_what_was_put(folder):
    with opened(folder) as outbox:
        outbox.put(content())
        outbox.put(content())

        for seq in (2, 1, 0, 3):
            outbox.acknowledge(seq)

        assert (outbox.acked_seq, outbox.refused_acks) == (2, 1)


def test_the_disk_is_asked_for_all_that_it_can_promise(folder):
    with opened(folder) as outbox:
        asked = {name: outbox._connection.execute(f"PRAGMA {name}").fetchone()[0] for name in PROMISES}

    assert asked == PROMISES


PROMISES = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "locking_mode": "exclusive", "page_size": 4096}


# Full


def test_a_full_outbox_refuses_and_keeps_what_it_has(folder):
    with opened(folder, capacity=3) as outbox:
        put = [outbox.put(content()) for _ in range(3)]

        with pytest.raises(OutboxError, match="full"):
            outbox.put(content())

        assert (outbox.trouble(), outbox.peek(10), outbox.used) == ("full", put, 1.0)
        outbox.acknowledge(1)
        assert outbox.trouble() == ""
        assert outbox.put(content())["seq"] == 4


def test_acknowledged_records_give_way_to_new_ones_oldest_first(folder):
    with opened(folder, capacity=3) as outbox:
        for seq in range(1, 8):
            outbox.put(content())
            outbox.acknowledge(seq)

        assert [record["seq"] for record in outbox.peek_from(1, 10)] == [5, 6, 7]
        assert outbox.oldest_seq == 5


def test_it_says_how_full_it_is(folder):
    with opened(folder, capacity=10) as outbox:
        told = []
        for _ in range(10):
            outbox.put(content())
            told.append(outbox.used)

    assert told == [n / 10 for n in range(1, 11)]


# The replay window


def test_free_text_is_gone_from_the_file_after_the_replay_window(folder):
    with opened(folder) as outbox:
        outbox.put(content("Soita Virtaselle"))
        outbox.acknowledge(1)
        outbox.put(content("later"))
        outbox.tidy(NOW_AT)
        outbox.tidy(NOW_AT + module.REPLAY_S - 1)
        assert b"Virtaselle" in stored_bytes(folder)

        outbox.tidy(NOW_AT + module.REPLAY_S + module.MARK_EVERY_S)

        assert b"Virtaselle" not in stored_bytes(folder)
        assert [record["seq"] for record in outbox.peek_from(1, 10)] == [2]
        assert outbox.oldest_seq == 2


def test_what_is_not_acknowledged_stays_however_old(folder):
    with opened(folder) as outbox:
        put = outbox.put(content())

        for day in range(0, 900, 30):
            outbox.tidy(NOW_AT + day * DAY_S)

        assert outbox.peek(1) == [put]


def test_without_a_certain_clock_nothing_is_removed(folder):
    with opened(folder) as outbox:
        outbox.put(content())
        outbox.acknowledge(1)
        outbox.tidy(None)

        assert outbox.oldest_seq == 1


def test_numbers_go_on_when_all_records_are_gone(folder):
    with opened(folder) as outbox:
        outbox.put(content())
        outbox.acknowledge(1)
        outbox.tidy(NOW_AT)
        outbox.tidy(NOW_AT + module.REPLAY_S + module.MARK_EVERY_S)

    with opened(folder) as outbox:
        assert (outbox.oldest_seq, outbox.next_seq, outbox.acked_seq) == (2, 2, 1)
        assert outbox.put(content())["seq"] == 2


def test_tidying_costs_a_write_only_a_few_times_a_day(folder):
    with opened(folder) as outbox:
        outbox.put(content())
        outbox.tidy(NOW_AT)
        before = outbox._connection.total_changes

        for minute in range(300):
            outbox.acknowledge(1)
            outbox.tidy(NOW_AT + 60 * minute)

        assert outbox._connection.total_changes == before


def stored_bytes(folder):
    return b"".join(path.read_bytes() for path in folder.glob("outbox.db*"))


# At rest


def test_with_a_key_nothing_readable_is_on_the_card(folder):
    with opened(folder, envelope=Envelope(KEY)) as outbox:
        put = outbox.put(content("Soita Virtaselle"))

        assert b"Virtaselle" not in stored_bytes(folder)
        assert outbox.peek(1) == [put]


@pytest.mark.parametrize(("content_of_file", "key"), [(KEY, KEY), (b"too short", None), (None, None)])
def test_the_key_is_the_one_that_systemd_hands_to_the_service(tmp_path, content_of_file, key):
    if content_of_file:
        (tmp_path / "outbox-key").write_bytes(content_of_file)

    assert key_of({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == key
    assert key_of({}) is None


@pytest.mark.parametrize("key", [None, bytes(KEY_BYTES)])
def test_what_was_sealed_with_another_key_is_reported_as_lost(folder, key):
    with opened(folder, envelope=Envelope(KEY)) as outbox:
        outbox.put(content())

    with opened(folder, envelope=Envelope(key)) as outbox:
        assert outbox.peek(1) == [{"seq": 1, "lost": "key"}]


def test_a_kiosk_that_gets_a_key_still_reads_what_it_stored_without(folder):
    with opened(folder) as outbox:
        put = outbox.put(content())

    with opened(folder, envelope=Envelope(KEY)) as outbox:
        assert outbox.peek(1) == [put]


# Damage


def test_a_record_that_decayed_is_reported_and_the_others_are_there(folder):
    with opened(folder) as outbox:
        put = [outbox.put(content()) for _ in range(3)]
    with closing(sqlite3.connect(folder / "outbox.db")) as connection, connection:
        connection.execute("UPDATE records SET content = x'00ff' WHERE seq = 2")

    with opened(folder) as outbox:
        assert outbox.peek(10) == [put[0], {"seq": 2, "lost": "crc"}, put[2]]


def test_a_record_that_is_gone_holds_its_place(folder):
    with opened(folder) as outbox:
        put = [outbox.put(content()) for _ in range(3)]
    with closing(sqlite3.connect(folder / "outbox.db")) as connection, connection:
        connection.execute("DELETE FROM records WHERE seq = 2")

    with opened(folder) as outbox:
        assert outbox.peek(10) == [put[0], {"seq": 2, "lost": "missing"}, put[2]]


@pytest.mark.parametrize("damage", [b"not a database" * 400, bytes(8192)])
def test_a_file_that_cannot_be_read_is_left_alone_and_said(folder, damage):
    with opened(folder) as outbox:
        outbox.put(content())
    (folder / "outbox.db").write_bytes(damage)

    with opened(folder) as outbox:
        assert outbox.trouble() == "unreadable"
        with pytest.raises(OutboxError, match="unreadable"):
            outbox.put(content())

    assert (folder / "outbox.db").read_bytes() == damage


def test_a_second_kiosk_on_the_same_folder_is_refused(folder):
    with opened(folder) as first, opened(folder) as second:
        assert (first.trouble(), second.trouble()) == ("", "in_use")


# The disk


def test_a_folder_in_memory_can_promise_nothing(small_disk):
    with opened(small_disk, on_disk=True) as outbox:
        assert outbox.trouble() == "in_memory"
        with pytest.raises(OutboxError, match="in_memory"):
            outbox.put(content())


@pytest.mark.parametrize(("folder", "kind"), [("/srv/x", "overlay"), ("/srv/a b/c", "ext4"), ("/srv/a", "overlay")])
def test_the_kind_of_a_file_system_is_that_of_the_last_mount_over_the_folder(tmp_path, folder, kind):
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw 0 0\noverlay / overlay rw 0 0\n/dev/b /srv/a\\040b ext4 rw 0 0\n")

    assert file_system(Path(folder), mounts) == kind


class Disk(NamedTuple):
    f_flag: int
    f_bavail: int
    f_frsize: int


@pytest.mark.parametrize(
    ("disk", "why"), [(Disk(os.ST_RDONLY, 10**6, 4096), "read_only"), (Disk(0, 10, 4096), "disk_full")]
)
def test_it_says_what_is_wrong_with_the_disk_before_anybody_answers(folder, monkeypatch, disk, why):
    with opened(folder) as outbox:
        monkeypatch.setattr(os, "statvfs", lambda path: disk)
        assert outbox.trouble() == why
        with pytest.raises(OutboxError, match=why):
            outbox.put(content())
        monkeypatch.undo()

        assert outbox.trouble() == ""
        assert outbox.put(content())["seq"] == 1
        assert outbox.boot == 1


@pytest.fixture
def small_disk(tmp_path):
    """Give a folder on a disk of its own, 40 MiB large."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", folder]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def remount(folder, how):
    subprocess.run(["mount", "-o", f"remount,{how}", folder], check=True)


def test_a_disk_that_turns_read_only_refuses_every_response_until_it_is_mended(small_disk):
    with opened(small_disk) as outbox:
        put = [outbox.put(content())]
        outbox._leave()  # the kernel may do it with files open for writing, the command may not
        remount(small_disk, "ro")
        assert outbox.trouble() == "read_only"
        with pytest.raises(OutboxError, match="read_only"):
            outbox.put(content())
        remount(small_disk, "rw")

        assert outbox.trouble() == ""
        put.append(outbox.put(content()))

        assert outbox.peek(10) == put


def test_a_full_disk_refuses_and_takes_responses_again_when_there_is_room(small_disk):
    with opened(small_disk) as outbox:
        put = [outbox.put(content())]
        with (small_disk / "filler").open("wb", buffering=0) as filler, suppress(OSError):
            while True:
                filler.write(bytes(64 * 1024))
        with pytest.raises(OutboxError, match="disk_full"):
            put.extend(outbox.put(content("x" * 2_000)) for _ in range(1_000))
        assert outbox.trouble() == "disk_full"
        (small_disk / "filler").unlink()

        assert outbox.trouble() == ""
        put.append(outbox.put(content()))

        assert outbox.peek(2_000) == put
