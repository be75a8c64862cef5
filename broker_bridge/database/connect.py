"""Opens the SQLite database so that a commit is a commit, and checks that it is."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

Connection = sqlite3.Connection
Row = sqlite3.Row

FULL = 2
BUSY_TIMEOUT_MS = 10_000


class UnsafeDatabase(RuntimeError):
    """The database does not promise what the bridge has to promise; nothing may be acknowledged on it."""


def connect(path: Path) -> Connection:
    """Open the database at `path`, made if it is missing, with durable commits.

    Raises UnsafeDatabase when the write-ahead log or full synchronisation cannot be had (as on network file systems).
    """
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    check_durability(connection)
    return connection


def check_durability(connection: Connection) -> None:
    """Read the durability settings back; raise UnsafeDatabase unless they are what was asked for.

    WAL with synchronous=NORMAL loses commits in a power cut, so a setting that did not take is not a detail.
    """
    journal_mode = connection.execute("PRAGMA journal_mode").fetchone()[0]
    synchronous = connection.execute("PRAGMA synchronous").fetchone()[0]
    if (journal_mode, synchronous) != ("wal", FULL):
        raise UnsafeDatabase(f"journal_mode={journal_mode} synchronous={synchronous}; wal and {FULL} (FULL) are needed")


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """Commit all that is done inside, or nothing; the write lock is taken at once, so a commit cannot be refused."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
