"""Tells whether the database answers, and whether anything in it changed."""

import sqlite3
from pathlib import Path

from broker_bridge.database.connect import Connection, UnsafeDatabase, connect

Unavailable = sqlite3.OperationalError  # raised by any statement when the database cannot take it now


def trouble(path: Path) -> str | None:
    """Return why the database cannot be used, None when it answers."""
    try:
        connection = connect(path)
        try:
            connection.execute("SELECT count(*) FROM units").fetchone()
        finally:
            connection.close()
    except (sqlite3.Error, UnsafeDatabase) as mistake:
        return str(mistake)
    return None


def version(connection: Connection) -> int:
    """Return a number that is another one after any other connection has committed; no row is read for it."""
    return int(connection.execute("PRAGMA data_version").fetchone()[0])
