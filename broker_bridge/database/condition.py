"""Tells whether the database answers, and has room."""

import shutil

from broker_bridge.database.connect import Unavailable, UnsafeDatabase, Url, connect, is_file, path_of

ROOM_BYTES = 1024 * 1024  # what is left then is spent within minutes, by one checkpoint or another


def trouble(url: Url) -> str | None:
    """Return why the database cannot be used, None when it answers."""
    try:
        connection = connect(url)
    except (Unavailable, UnsafeDatabase) as mistake:
        return str(mistake)
    try:
        if is_file(url) and shutil.disk_usage(path_of(url).parent).free < ROOM_BYTES:
            return "the disk is full"
        connection.execute("SELECT count(*) FROM units").fetchone()
    except Exception as mistake:  # noqa: BLE001 - also what only a driver knows, such as a missing table
        return str(mistake)
    finally:
        connection.close()
    return None
