"""Lets several reads see one state of the database, whatever is committed meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from broker_bridge.database.connect import Connection


@contextmanager
def snapshot(connection: Connection) -> Iterator[Connection]:
    """Read one state from the first read inside to the end; what is written inside is undone."""
    connection.begin_reading()
    try:
        yield connection
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
