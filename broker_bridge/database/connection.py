"""What a connection to the tables is on either engine, and what may go wrong with one."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, ClassVar, Literal, Protocol

Engine = Literal["sqlite", "postgresql"]
Values = Mapping[str, Any]
NONE: Values = {}


class Unavailable(Exception):
    """The database cannot take it now: locked, full, away, or somebody else was first.

    Raised by a commit it leaves open whether the transaction was stored, wholly or not at all; doing the same again is
    safe. The connection may be of no use any more: close it and open another one.
    """


class Outrun(Unavailable):
    """Somebody else was first; nothing is stored, and the same may be done again at once on the same connection."""


class UnsafeDatabase(RuntimeError):
    """The database does not keep, or no longer has, what it was given; nothing may be acknowledged on it.

    After a failed sync nobody knows what the disk holds, so the process has to end: what a new one reads is checked.
    """


class Violated(Exception):
    """A row breaks a constraint or a trigger of the tables; nothing of its transaction is stored."""


def on_one_line(trouble: Exception) -> str:
    """Return what a driver says as one line of a log."""
    return " ".join(str(trouble).split())


class Row(Protocol):
    """A row: its values in order, or by the name or place of their column; `dict(row)` has them by name."""

    def __getitem__(self, key: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...
    def keys(self) -> Iterable[str]:
        """Return the names of the columns, in order."""


class Connection(ABC):
    """One connection of one thread. SQL is in the dialect that both engines know, with `:name` for values.

    Statements outside of a transaction are committed one by one. Raises Unavailable, UnsafeDatabase and Violated;
    mistakes in the SQL stay what the driver raises.
    """

    engine: ClassVar[Engine]
    errors: ClassVar[tuple[type[Exception], ...]]
    raw: Any  # the driver's own connection, for what only one engine can do

    def execute(self, sql: str, values: Values = NONE) -> "Rows":
        """Run one statement and return its rows."""
        try:
            return Rows(self, self.run(sql, values))
        except self.errors as trouble:
            self.explain(trouble)
            raise

    def executemany(self, sql: str, rows: Iterable[Values]) -> None:
        """Run one statement for each of the rows."""
        try:
            self.run_many(sql, rows)
        except self.errors as trouble:
            self.explain(trouble)
            raise

    def append(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows, each with its values in the order of the columns, in the engine's fastest way."""
        if not rows:
            return
        try:
            self.run_append(table, columns, rows)
        except self.errors as trouble:
            self.explain(trouble)
            raise

    def merge(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], otherwise: str) -> None:
        """Insert rows as `append` does, in their order; `otherwise` is SQL for those that are there already. All values
        of a column are integers, or all are texts."""
        if not rows:
            return
        try:
            self.run_merge(table, columns, rows, otherwise)
        except self.errors as trouble:
            self.explain(trouble)
            raise

    @abstractmethod
    def run_merge(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], otherwise: str) -> None:
        """Let the driver merge rows."""

    @abstractmethod
    def run_append(self, table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Let the driver insert rows."""

    @abstractmethod
    def run(self, sql: str, values: Values) -> Any:
        """Let the driver run a statement; return its cursor."""

    @abstractmethod
    def run_many(self, sql: str, rows: Iterable[Values]) -> None:
        """Let the driver run a statement for many rows."""

    @abstractmethod
    def explain(self, trouble: Exception) -> None:
        """Raise our exception for one of the driver's, if it has one."""

    @abstractmethod
    def begin(self) -> None:
        """Begin a transaction that writes; nothing else may make its commit fail but the machine."""

    @abstractmethod
    def begin_reading(self) -> None:
        """Begin a transaction that sees one state of the database from its first read on."""

    @abstractmethod
    def check_durability(self) -> None:
        """Raise UnsafeDatabase unless a commit is on the disk when it returns."""

    @abstractmethod
    def check_integrity(self) -> None:
        """Raise UnsafeDatabase when the database is damaged; afterwards all that can be read is on the disk."""

    @abstractmethod
    def check_room(self) -> None:
        """Raise Unavailable when the disk is about to be full, as far as we can see it."""

    @abstractmethod
    def prove_writable(self) -> None:
        """Commit a write that changes nothing; raise Unavailable while the database takes none, or has no room."""

    @abstractmethod
    def version(self) -> str:
        """Return what is something else after another connection has committed; no row is read for it."""

    @abstractmethod
    def is_current(self) -> bool:
        """Tell whether it still leads to the database: its file was not replaced, its server is there."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Tell whether a transaction is open."""

    def close(self) -> None:
        """Close the connection; what is not committed is undone."""
        self.raw.close()


class Rows:
    """The result of one statement."""

    def __init__(self, connection: Connection, cursor: Any) -> None:
        self.connection = connection
        self.cursor = cursor

    @property
    def rowcount(self) -> int:
        """Return how many rows the statement changed."""
        return int(self.cursor.rowcount)

    def fetchone(self) -> Any:
        """Return the next row, None when there is none."""
        try:
            return self.cursor.fetchone()
        except self.connection.errors as trouble:
            self.connection.explain(trouble)
            raise

    def fetchall(self) -> list[Any]:
        """Return all rows that are left."""
        try:
            rows: list[Any] = self.cursor.fetchall()
            return rows
        except self.connection.errors as trouble:
            self.connection.explain(trouble)
            raise

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self.cursor
        except self.connection.errors as trouble:
            self.connection.explain(trouble)
            raise
