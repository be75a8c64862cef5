"""The embedded engine: one SQLite file with a write-ahead log, synced at every commit."""

import os
import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from broker_bridge.database.connection import Connection, Unavailable, UnsafeDatabase, Values, Violated

FULL = 2
BUSY_TIMEOUT_MS = 10_000
CACHE = "cache_size = -65536"  # KiB: the newest pages of every journal stay, however many rows there are
ROOM_BYTES = 1024 * 1024  # what is left then is spent within minutes, by one checkpoint or another

# What may pass by itself. Anything else of sqlite3.OperationalError, such as a missing table, is a mistake of ours.
PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOMEM,
}
UNSYNCED = {sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC}
DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Sqlite(Connection):
    """A connection to a SQLite file."""

    engine = "sqlite"
    errors = (sqlite3.Error,)

    def __init__(self, path: str) -> None:
        try:
            self.raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except sqlite3.Error as trouble:
            self.explain(trouble)
            raise
        self.path = path
        self.raw.row_factory = sqlite3.Row
        self.prepare()
        self.opened = identity(path)

    def prepare(self) -> None:
        """Ask for durable commits, and for the foreign keys that SQLite leaves unchecked unless it is asked."""
        try:
            for pragma in (f"busy_timeout = {BUSY_TIMEOUT_MS}", "journal_mode = WAL", "synchronous = FULL", CACHE):
                self.execute(f"PRAGMA {pragma}")
            self.execute("PRAGMA foreign_keys = ON")
        except BaseException:
            self.close()
            raise

    def run(self, sql: str, values: Values) -> sqlite3.Cursor:
        cursor: sqlite3.Cursor = self.raw.execute(sql, values)
        return cursor

    def run_many(self, sql: str, rows: Iterable[Values]) -> None:
        self.raw.executemany(sql, rows)

    def run_append(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        self.run_merge(table, columns, rows, "")

    def run_merge(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], otherwise: str) -> None:
        places = ", ".join("?" * len(columns))
        self.raw.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) {otherwise}", rows)

    def explain(self, trouble: Exception) -> None:
        code = getattr(trouble, "sqlite_errorcode", sqlite3.SQLITE_OK)
        if isinstance(trouble, sqlite3.IntegrityError):
            raise Violated(str(trouble)) from trouble
        if code in UNSYNCED:
            raise UnsafeDatabase(f"the disk failed to sync: {trouble}") from trouble
        if code & 0xFF in DAMAGED:
            raise UnsafeDatabase(f"the database is damaged: {trouble}") from trouble
        if code & 0xFF in PASSING:
            raise Unavailable(str(trouble)) from trouble

    def begin(self) -> None:
        self.execute("BEGIN IMMEDIATE")  # a transaction that first reads may be refused the lock when it writes

    def begin_reading(self) -> None:
        self.execute("BEGIN")

    def check_durability(self) -> None:
        """Read the settings back; WAL with synchronous=NORMAL loses commits in a power cut."""
        journal_mode = self.execute("PRAGMA journal_mode").fetchone()[0]
        synchronous = self.execute("PRAGMA synchronous").fetchone()[0]
        if (journal_mode, synchronous) != ("wal", FULL):
            found = f"journal_mode={journal_mode} synchronous={synchronous}"
            raise UnsafeDatabase(f"{found}; wal and {FULL} (FULL) are needed")

    def check_integrity(self) -> None:
        """Read the whole file, then move the log into it.

        After a sync that failed, the log in memory may say more than the one on the disk. Moving it writes and syncs
        what was read once more, before anything is acknowledged for being there.
        """
        found = self.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise UnsafeDatabase(f"the database is damaged: {' '.join(found.split())}; restore it from a backup")
        if self.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise Unavailable("somebody reads or writes the database all the time, so that its log cannot be moved")

    def check_room(self) -> None:
        disk = shutil.disk_usage(Path(self.path).absolute().parent)
        if (
            disk.total and disk.free < ROOM_BYTES
        ):  # some file systems do not tell, and say that they have no bytes at all
            raise Unavailable("the disk is full")

    def prove_writable(self) -> None:
        self.check_room()
        number = self.execute("PRAGMA user_version").fetchone()[0]
        self.execute(f"PRAGMA user_version = {number}")

    def version(self) -> str:
        return str(self.execute("PRAGMA data_version").fetchone()[0])

    def is_current(self) -> bool:
        return self.opened is not None and self.opened == identity(self.path)

    @property
    def in_transaction(self) -> bool:
        return bool(self.raw.in_transaction)


def identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from another one that has its name later, None when there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
