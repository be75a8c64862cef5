"""The engine beyond one machine: a PostgreSQL server, spoken to with the same SQL."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any, ClassVar

import psycopg
from psycopg import errors
from psycopg.adapt import Loader
from psycopg.pq import TransactionStatus
from psycopg.rows import no_result
from psycopg.types.numeric import Int8BinaryDumper

from broker_bridge.database.connection import (
    Connection,
    Outrun,
    Unavailable,
    UnsafeDatabase,
    Values,
    Violated,
    on_one_line,
)

LOCK_TIMEOUT_MS = 10_000
# A server that is gone without a word is noticed after half a minute, not after the two hours of TCP's default.
PATIENCE: dict[str, Any] = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "tcp_user_timeout": 30_000,
}

PASSING = (psycopg.OperationalError, psycopg.InterfaceError, errors.ReadOnlySqlTransaction)
OUTRUN = (errors.SerializationFailure, errors.DeadlockDetected)
DAMAGED = (errors.DataCorrupted, errors.IndexCorrupted, errors.IoError)

# A comment, a text, a quoted name, a cast, a value, or a sign that the driver would take for its own.
TOKENS = re.compile(r"--[^\n]*|'[^']*'|\"[^\"]*\"|::|:([a-z_][a-z_0-9]*)|%", re.IGNORECASE)


class Postgresql(Connection):
    """A connection to a PostgreSQL database."""

    engine = "postgresql"
    errors = (psycopg.Error,)

    def __init__(self, url: str) -> None:
        try:
            self.raw = psycopg.connect(url, autocommit=True, row_factory=rows_by_name, **PATIENCE)
        except psycopg.Error as trouble:
            self.explain(trouble)
            raise
        self.raw.adapters.register_dumper(int, Int8BinaryDumper)  # sized by value, two could overflow in a product
        self.raw.adapters.register_loader("numeric", WholeNumber)
        self.execute(f"SET lock_timeout = {LOCK_TIMEOUT_MS}")

    def run(self, sql: str, values: Values) -> "psycopg.Cursor[Named]":
        cursor: psycopg.Cursor[Named] = self.raw.execute(translated(sql), values)
        return cursor

    def run_many(self, sql: str, rows: Iterable[Values]) -> None:
        with self.raw.cursor() as cursor:
            cursor.executemany(translated(sql), rows)

    def run_append(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        with self.raw.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def run_merge(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], otherwise: str) -> None:
        values = list(zip(*rows, strict=True))
        places = ", ".join("%s::text[]" if isinstance(column[0], str) else "%s::bigint[]" for column in values)
        self.raw.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({places}) {otherwise}",
            [array(column) for column in values],
        )

    def explain(self, trouble: Exception) -> None:
        if isinstance(trouble, DAMAGED):
            raise UnsafeDatabase(
                f"the database server cannot read or write its files: {on_one_line(trouble)}"
            ) from trouble
        if isinstance(trouble, psycopg.IntegrityError | errors.RaiseException):
            raise Violated(on_one_line(trouble)) from trouble
        if isinstance(trouble, OUTRUN):
            raise Outrun(on_one_line(trouble)) from trouble
        if isinstance(trouble, PASSING):
            raise Unavailable(on_one_line(trouble)) from trouble

    def begin(self) -> None:
        self.execute("BEGIN")

    def begin_reading(self) -> None:
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")

    def check_durability(self) -> None:
        """Read the server's settings back; with any of them off, it loses commits in a power cut."""
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            if self.execute(f"SHOW {setting}").fetchone()[0] == "off":
                raise UnsafeDatabase(f"{setting}=off; it has to be on")

    def check_integrity(self) -> None:
        """The server checks its own files when it starts; here only whether it takes writes."""
        if self.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
            raise Unavailable("the database server is a standby and takes no writes")

    def check_room(self) -> None:
        """The server's disk is not ours to see; a write that finds it full says so."""

    def prove_writable(self) -> None:
        """Lock a row as nobody minds: that is written and synced, and refused where nothing may be written."""
        self.execute("SELECT pg_current_xact_id() FROM registry_version FOR KEY SHARE")

    def version(self) -> str:
        return str(self.execute("SELECT CAST(pg_current_snapshot() AS TEXT)").fetchone()[0])

    def is_current(self) -> bool:
        try:
            self.execute("")
        except Unavailable:
            return False
        return True

    @property
    def in_transaction(self) -> bool:
        return self.raw.info.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)


def array(column: Sequence[Any]) -> list[str] | str:
    """Return a column as the driver takes it: of integers it would choose a size by the first one."""
    if isinstance(column[0], str):
        return list(column)
    return f"{{{','.join(map(str, column))}}}"


@lru_cache(maxsize=1000)
def translated(sql: str) -> str:
    """Return SQL with the driver's way of naming values."""

    def place(token: re.Match[str]) -> str:
        if token[1]:
            return f"%({token[1]})s"
        return token[0].replace("%", "%%")

    return TOKENS.sub(place, sql)


class Named(tuple[Any, ...]):
    """A row that knows its columns by name; each set of columns has a class of its own."""

    __slots__ = ()
    places: ClassVar[dict[str, int]] = {}

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(self.places[key] if isinstance(key, str) else key)

    def keys(self) -> Iterator[str]:
        """Return the names of the columns, in order."""
        return iter(self.places)


@lru_cache(maxsize=1000)
def named(*columns: str) -> type[Named]:
    """Return the class of rows with these columns."""
    return type("Named", (Named,), {"__slots__": (), "places": {name: place for place, name in enumerate(columns)}})


def rows_by_name(cursor: psycopg.Cursor[Any]) -> Callable[[Any], Named]:
    """Return what makes a row of a statement's values."""
    if cursor.description is None:
        return no_result
    return named(*(column.name for column in cursor.description))


class WholeNumber(Loader):
    """Reads a sum of integers as an integer, as SQLite does, and any other number as a float."""

    def load(self, data: Any) -> int | float:
        text = bytes(data)
        return float(text) if b"." in text else int(text)
