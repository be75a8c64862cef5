"""Tells whether the database answers, and has room."""

from broker_bridge.database.connect import Unavailable, UnsafeDatabase, Url, connect


def trouble(url: Url) -> str | None:
    """Return why the database cannot be used, None when it answers."""
    try:
        connection = connect(url)
    except (Unavailable, UnsafeDatabase) as mistake:
        return str(mistake)
    try:
        connection.check_room()
        connection.execute("SELECT count(*) FROM units").fetchone()
    except Exception as mistake:  # noqa: BLE001 - also what only a driver knows, such as a missing table
        return str(mistake)
    finally:
        connection.close()
    return None
