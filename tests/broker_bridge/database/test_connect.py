"""A commit is durable, whole, and refused when it cannot be."""

import sqlite3
from pathlib import Path

import pytest

from broker_bridge.database.connect import UnsafeDatabase, check_durability, connect, transaction
from broker_bridge.database.migrate import migrations, open_database


def test_the_database_is_opened_with_wal_and_full_synchronisation(tmp_path: Path) -> None:
    connection = connect(tmp_path / "hymio.db")

    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    connection.close()


@pytest.mark.parametrize("weaker", ["PRAGMA synchronous = NORMAL", "PRAGMA journal_mode = DELETE"])
def test_a_weaker_setting_is_found_when_it_is_read_back(tmp_path: Path, weaker: str) -> None:
    connection = connect(tmp_path / "hymio.db")
    connection.execute(weaker)

    with pytest.raises(UnsafeDatabase, match="wal and 2"):
        check_durability(connection)
    connection.close()


def test_a_database_in_memory_is_refused() -> None:
    with pytest.raises(UnsafeDatabase, match="journal_mode=memory"):
        connect(Path(":memory:"))


def test_an_exception_takes_the_whole_transaction_back(tmp_path: Path) -> None:
    connection = open_database(tmp_path / "hymio.db")

    def fail_half_way() -> None:
        with transaction(connection):
            connection.execute("INSERT INTO units VALUES ('keskus', '{}', 'Europe/Helsinki')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()

    assert connection.execute("SELECT count(*) FROM units").fetchone()[0] == 0
    connection.close()


def test_every_migration_is_applied_once(tmp_path: Path) -> None:
    for _ in range(2):
        open_database(tmp_path / "hymio.db").close()

    with sqlite3.connect(tmp_path / "hymio.db") as connection:
        applied = connection.execute("SELECT name FROM _sqlite_migrations").fetchall()
    connection.close()
    assert applied == [("0001_first_tables",), ("0002_neighbours_in_time",)]
    assert repr(migrations()) == "<Migrations 'hymio': [0001_first_tables, 0002_neighbours_in_time]>"


def test_two_processes_may_open_a_new_database_at_once(tmp_path: Path) -> None:
    first = connect(tmp_path / "hymio.db")
    first.execute("PRAGMA busy_timeout = 0")

    open_database(tmp_path / "hymio.db").close()

    with transaction(first):
        assert first.execute("SELECT count(*) FROM units").fetchone()[0] == 0
    first.close()
