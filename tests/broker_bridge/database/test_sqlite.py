"""The embedded engine: durable, and honest about the disk below it."""

import sqlite3
from contextlib import nullcontext

import pytest

from broker_bridge.database.connect import Unavailable, UnsafeDatabase, connect
from broker_bridge.database.migrate import open_database

PAGE = 4096


def test_the_database_is_opened_with_wal_and_full_synchronisation(tmp_path):
    connection = connect(tmp_path / "hymio.db")

    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    connection.close()


@pytest.mark.parametrize(("total", "free", "is_full"), [(2**30, 2**30, False), (2**30, 2**19, True), (0, 0, False)])
def test_a_disk_with_no_room_takes_no_writes_and_one_that_does_not_tell_does(
    tmp_path, monkeypatch, total, free, is_full
):
    connection = connect(tmp_path / "hymio.db")
    disk = type("Disk", (), {"total": total, "free": free})
    monkeypatch.setattr("shutil.disk_usage", lambda path: disk)

    with pytest.raises(Unavailable, match="the disk is full") if is_full else nullcontext():
        connection.prove_writable()
    connection.close()


@pytest.mark.parametrize("weaker", ["PRAGMA synchronous = NORMAL", "PRAGMA journal_mode = DELETE"])
def test_a_weaker_setting_is_found_when_it_is_read_back(tmp_path, weaker):
    connection = connect(tmp_path / "hymio.db")
    connection.execute(weaker)

    with pytest.raises(UnsafeDatabase, match="wal and 2"):
        connection.check_durability()
    connection.close()


def test_a_database_in_memory_is_refused():
    with pytest.raises(UnsafeDatabase, match="journal_mode=memory"):
        connect(":memory:")


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "hymio.db").write_bytes(b"something else " * 1000)

    with pytest.raises(UnsafeDatabase, match="not a database"):
        connect(tmp_path / "hymio.db")


def test_a_damaged_page_is_found_before_anything_is_acknowledged(tmp_path):
    open_database(tmp_path / "hymio.db").close()
    content = bytearray((tmp_path / "hymio.db").read_bytes())
    content[7 * PAGE : 8 * PAGE] = b"\xa5" * PAGE
    (tmp_path / "hymio.db").write_bytes(content)

    connection = connect(tmp_path / "hymio.db")
    with pytest.raises(UnsafeDatabase, match=r"damaged.*restore it from a backup"):
        connection.check_integrity()
    connection.close()


def test_after_the_check_all_that_was_read_is_in_the_file_itself(tmp_path):
    connection = open_database(tmp_path / "hymio.db")

    connection.check_integrity()

    assert (tmp_path / "hymio.db-wal").stat().st_size == 0
    connection.close()


@pytest.mark.parametrize(
    ("code", "meaning"),
    [
        (sqlite3.SQLITE_BUSY, Unavailable),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Unavailable),
        (sqlite3.SQLITE_FULL, Unavailable),
        (sqlite3.SQLITE_IOERR_WRITE, Unavailable),
        (sqlite3.SQLITE_IOERR_FSYNC, UnsafeDatabase),
        (sqlite3.SQLITE_CORRUPT, UnsafeDatabase),
        (sqlite3.SQLITE_NOTADB, UnsafeDatabase),
    ],
)
def test_each_trouble_of_the_disk_has_its_meaning(tmp_path, code, meaning):
    connection = connect(tmp_path / "hymio.db")
    trouble = sqlite3.OperationalError("as the disk says")
    trouble.sqlite_errorcode = code

    with pytest.raises(meaning):
        connection.explain(trouble)
    connection.close()
