"""Opens the database of a URL so that a commit is a commit, and runs transactions on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from broker_bridge.database.connection import Connection, Outrun, Row, Unavailable, UnsafeDatabase, Violated

__all__ = [
    "Connection",
    "Outrun",
    "Row",
    "Unavailable",
    "UnsafeDatabase",
    "Url",
    "Violated",
    "connect",
    "transaction",
]

Url = str | Path

SQLITE = "sqlite:///"
POSTGRESQL = ("postgresql://", "postgres://")


def connect(url: Url) -> Connection:
    """Open a database with durable commits: `postgresql://...`, `sqlite:///path`, or the path of a SQLite file.

    A SQLite file is made if it is missing. Raises Unavailable, and UnsafeDatabase when commits would not be durable:
    no write-ahead log or no full synchronisation (as on network file systems), or a server that does not sync.
    """
    connection = opened(str(url))
    try:
        connection.check_durability()
    except BaseException:
        connection.close()
        raise
    return connection


def opened(url: str) -> Connection:
    """Return a connection of the engine that the URL names; a trial on SQLite never loads the other's library."""
    if url.startswith(POSTGRESQL):
        from broker_bridge.database.postgresql import Postgresql  # noqa: PLC0415 - as said above

        return Postgresql(url)
    from broker_bridge.database.sqlite import Sqlite  # noqa: PLC0415 - as said above

    return Sqlite(url.removeprefix(SQLITE))


def is_file(url: Url) -> bool:
    """Tell whether the database is a file of this machine."""
    return not str(url).startswith(POSTGRESQL)


def path_of(url: Url) -> Path:
    """Return the file of a SQLite database."""
    return Path(str(url).removeprefix(SQLITE))


@contextmanager
def transaction(connection: Connection) -> Iterator[Connection]:
    """Commit all that is done inside, or nothing; on SQLite the write lock is taken at once."""
    connection.begin()
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
