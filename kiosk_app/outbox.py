"""The durable queue of responses: put, peek, acknowledge, capacity, in SQLite on the kiosk's data partition.

What `put` returned is on the disk: write-ahead log, synchronous FULL, one synchronisation a response. What the bridge
has acknowledged stays for a while, so that a server restored from a backup can ask for it again. A file that cannot be
read is left as it is, since it may hold responses that nobody else has.
"""

import contextlib
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from kiosk_app import disk
from kiosk_app.envelope import Envelope

CAPACITY = 200_000  # responses; 300 a day for nearly two years
LARGEST_FILE = 512 * 1024 * 1024
REPLAY_S = 30 * 86_400  # how long acknowledged responses stay
MARK_EVERY_S = 6 * 3_600
FORMAT = 1
PAGE = 4096

TABLES = """
CREATE TABLE journal (format INTEGER, epoch TEXT, boot INTEGER, next_seq INTEGER, acked_seq INTEGER);
CREATE TABLE records (seq INTEGER PRIMARY KEY, content BLOB NOT NULL, crc INTEGER NOT NULL, acked_seq INTEGER NOT NULL);
CREATE TABLE acknowledged (at INTEGER NOT NULL, seq INTEGER NOT NULL);
"""

REASONS = {
    sqlite3.SQLITE_FULL: "disk_full",
    sqlite3.SQLITE_READONLY: "read_only",
    sqlite3.SQLITE_CANTOPEN: "read_only",
    sqlite3.SQLITE_CORRUPT: "unreadable",
    sqlite3.SQLITE_NOTADB: "unreadable",
    sqlite3.SQLITE_BUSY: "in_use",
}


class OutboxError(Exception):
    """A response is not stored; the text is one word for why, such as `full` or `read_only`."""


class Outbox:
    """One journal in a folder, used by one process; its methods may be called from several threads.

    While the file cannot be used, `trouble` says why and every `put` raises; `trouble` also tries anew. An
    acknowledgement costs no write of its own: the next response carries it, and `tidy` notes it a few times a day.
    """

    def __init__(self, folder: Path, envelope: Envelope, capacity: int = CAPACITY, on_disk: bool = False) -> None:
        self.path = folder / "outbox.db"
        self.capacity = capacity
        self.refused_acks = 0
        self.epoch = ""
        self.boot = 0
        self.next_seq = 1
        self.oldest_seq = 1
        self.acked_seq = 0
        self._marked_seq = 0
        self._marked_at: int | None = None
        self._envelope = envelope
        self._on_disk = on_disk
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None
        self._failure = ""
        self._is_counted = False
        self.trouble()

    # Writing

    def put(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """Return the record once the disk holds it; raise OutboxError when it is not stored."""
        with self._lock, self._guarded() as connection:
            if self.waiting >= self.capacity:
                raise OutboxError("full")
            seq = self.next_seq
            sealed, crc = self._envelope.seal(seq, content)
            with transaction(connection):
                oldest_seq = self._make_room(connection)
                connection.execute("INSERT INTO records VALUES (?, ?, ?, ?)", (seq, sealed, crc, self.acked_seq))
            self.oldest_seq = oldest_seq
            self.next_seq = seq + 1
        return {"seq": seq} | dict(content)

    def _make_room(self, connection: sqlite3.Connection) -> int:
        """Give up the oldest acknowledged record where another one needs its place."""
        if self.next_seq - self.oldest_seq < self.capacity:
            return self.oldest_seq
        connection.execute("DELETE FROM records WHERE seq <= ?", (self.oldest_seq,))
        return self.oldest_seq + 1

    def acknowledge(self, seq: int) -> None:
        """Note that the bridge has stored everything up to `seq`; what was never put cannot be acknowledged."""
        with self._lock:
            if seq >= self.next_seq:
                self.refused_acks += 1
            else:
                self.acked_seq = max(self.acked_seq, seq)

    def tidy(self, now_at: int | None) -> None:
        """Remove what was acknowledged longer ago than a replay may ask for; to be called between visitors.

        `now_at` is Unix seconds; without a certain clock nothing is removed. It leaves no trace in the file.
        """
        due = now_at is not None and (self._marked_at is None or now_at - self._marked_at >= MARK_EVERY_S)
        if now_at is None or not due or self._failure:
            return
        with self._lock, contextlib.suppress(OutboxError), self._guarded() as connection:
            with transaction(connection):
                gone_seq = self._forget(connection, now_at)
            self._marked_at = now_at
            if gone_seq >= self.oldest_seq:
                self.oldest_seq = gone_seq + 1
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _forget(self, connection: sqlite3.Connection, now_at: int) -> int:
        """Mark how far is acknowledged now; return up to where the replay window is over."""
        if self.acked_seq > self._marked_seq:
            connection.execute("INSERT INTO acknowledged VALUES (?, ?)", (now_at, self.acked_seq))
            self._marked_seq = self.acked_seq
        over = "SELECT coalesce(max(seq), 0) FROM acknowledged WHERE at <= ?"
        gone_seq: int = connection.execute(over, (now_at - REPLAY_S,)).fetchone()[0]
        connection.execute("DELETE FROM acknowledged WHERE seq < ?", (gone_seq,))
        if connection.execute("DELETE FROM records WHERE seq <= ?", (gone_seq,)).rowcount:
            connection.execute("UPDATE journal SET next_seq = ?, acked_seq = ?", (self.next_seq, self.acked_seq))
        return gone_seq

    def close(self) -> None:
        """Write down how far is acknowledged, and let the file go."""
        with self._lock, contextlib.suppress(OutboxError):
            if self._connection and not self._failure:
                with self._guarded() as connection, transaction(connection):
                    connection.execute("UPDATE journal SET acked_seq = ?", (self.acked_seq,))
            self._leave()
            self._failure = "closed"

    # Reading

    @property
    def waiting(self) -> int:
        """How many records the bridge has not acknowledged."""
        return self.next_seq - 1 - self.acked_seq

    @property
    def used(self) -> float:
        """The share of the capacity that waits for the bridge; responses are refused at 1."""
        return min(1.0, self.waiting / self.capacity)

    def peek(self, limit: int) -> list[dict[str, Any]]:
        """Return at most `limit` records that the bridge has not acknowledged, oldest first."""
        return self.peek_from(self.acked_seq + 1, limit)

    def peek_from(self, seq: int, limit: int) -> list[dict[str, Any]]:
        """Return records with consecutive seq from `seq`, or from the oldest held one where that is later.

        One that cannot be read has `lost` with the reason in place of its content.
        """
        first, after = max(seq, self.oldest_seq), self.next_seq
        with self._lock, self._guarded() as connection:
            asked = "SELECT seq, content, crc FROM records WHERE seq >= ? AND seq < ? ORDER BY seq"
            rows = {row[0]: row for row in connection.execute(asked, (first, min(after, first + limit)))}
        return [self._record(number, rows.get(number)) for number in range(first, min(after, first + limit))]

    def _record(self, seq: int, row: tuple[int, bytes, int] | None) -> dict[str, Any]:
        return {"seq": seq} | (self._envelope.open(seq, row[1], row[2]) if row else {"lost": "missing"})

    # The file

    def trouble(self) -> str:
        """Return one word for why nothing could be stored now, or "" when it could."""
        with self._lock:
            if self._failure == "closed":
                return self._failure
            with contextlib.suppress(OutboxError):
                self._look_at_disk()
                if self._connection is None:
                    self._open()
                self._failure = "full" if self.waiting >= self.capacity else ""
            return self._failure

    def _look_at_disk(self) -> None:
        why = disk.trouble(self.path.parent, self._on_disk)
        if why:
            self._fail(why)

    def _open(self) -> None:
        self._connection = None
        with self._guarded(lambda: connect(self.path)) as connection:
            if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                self._create(connection)
            kept_format, self.epoch, boot, next_seq, acked_seq = connection.execute("SELECT * FROM journal").fetchone()
            if kept_format != FORMAT:
                raise sqlite3.DatabaseError(f"format {kept_format}")
            oldest, newest, carried = connection.execute(
                "SELECT min(seq), max(seq), max(acked_seq) FROM records"
            ).fetchone()
            self.next_seq = max(next_seq, (newest or 0) + 1)
            self.oldest_seq = oldest or self.next_seq
            self.acked_seq = max(self.acked_seq, acked_seq, carried or 0)
            self._count_boot(connection, boot)
            self._connection = connection

    def _create(self, connection: sqlite3.Connection) -> None:
        with transaction(connection):
            for statement in TABLES.split(";")[:-1]:
                connection.execute(statement)
            epoch = os.urandom(10).hex()
            connection.execute("INSERT INTO journal VALUES (?, ?, 0, 1, 0)", (FORMAT, epoch))

    def _count_boot(self, connection: sqlite3.Connection, boot: int) -> None:
        """A process is one boot, however often it has to open the file anew."""
        if not self._is_counted:
            with transaction(connection):
                connection.execute("UPDATE journal SET boot = ?", (boot + 1,))
            self.boot, self._is_counted = boot + 1, True

    @contextmanager
    def _guarded(self, opened: Any = None) -> Iterator[sqlite3.Connection]:
        """Give the connection; what the disk refuses ends its use, since SQLite may then not know what is written."""
        connection: sqlite3.Connection | None = None
        try:
            connection = opened() if opened else self._connection
            if connection is None:
                raise OutboxError(self._failure or "unreadable")
            yield connection
        except sqlite3.Error as error:
            if connection is not None and opened:
                connection.close()
            self._fail(reason(error))

    def _fail(self, why: str) -> None:
        self._failure = why
        self._leave()
        raise OutboxError(why)

    def _leave(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            with contextlib.suppress(sqlite3.Error):
                connection.close()


def connect(path: Path) -> sqlite3.Connection:
    """Open or create the file as it has to be used; what an earlier use left in the log is moved into it."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=1)
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # a second kiosk on the same folder is refused
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")
        connection.execute(f"PRAGMA max_page_count = {LARGEST_FILE // PAGE}")
        # After a failed synchronisation the log may end in what only looks written: what comes next must not follow it.
        if connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            raise sqlite3.OperationalError("the log could not be moved")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what is done inside, or none of it."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def reason(error: sqlite3.Error) -> str:
    """Return one word for what SQLite says; the visitor's page explains it, the staff's has it as it is."""
    code = getattr(error, "sqlite_errorcode", None)
    return REASONS.get(code & 0xFF, "unwritable") if code is not None else "unreadable"
