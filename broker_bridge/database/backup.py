"""Copies the database while it is in use, and puts a copy back.

PostgreSQL has tools of its own for this; after its `pg_restore`, `ask_every_device` of `replays.py` is what is left.
"""

from collections.abc import Callable
from pathlib import Path

from broker_bridge.database import replays
from broker_bridge.database.connect import Connection, connect, is_file, path_of, transaction
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.migrate import open_database

PAGES_AT_ONCE = 1_000

Progress = Callable[[int, int], None]


def quiet(done: int, pages: int) -> None:
    """Show no progress."""


def back_up(url: str, copy: Path, progress: Progress = quiet) -> None:
    """Copy a SQLite database to a file that does not exist yet, while others write; `progress` gets (done, pages).

    Raises Invalid for a PostgreSQL database, Conflict when the file exists, UnsafeDatabase when the copy is damaged.
    """
    refuse_server(url)
    if copy.exists():
        raise Conflict("copy", str(copy), "a file that does not exist yet")
    unfinished = copy.with_name(copy.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    copy_pages(url, str(unfinished), progress)
    unfinished.rename(copy)


def restore(copy: Path, url: str, progress: Progress = quiet) -> int:
    """Make a copy the database at the URL; every device will be asked for what the copy lacks. Return how many.

    Raises Conflict when there is a database already: it may have what the copy lacks, so somebody has to move it away.
    """
    refuse_server(url)
    if not copy.is_file():
        raise Invalid("copy", str(copy), "the file of a backup")
    if path_of(url).exists():
        raise Conflict("database", url, "no database there: move the present one away first, with its -wal file")
    copy_pages(str(copy), url, progress)
    connection = open_database(url)
    try:
        with transaction(connection):
            return replays.ask_every_device(connection)
    finally:
        connection.close()


def refuse_server(url: str) -> None:
    """Raise Invalid when the database is not a file."""
    if not is_file(url):
        raise Invalid("database", url, "a SQLite file; for PostgreSQL use pg_dump and pg_restore")


def copy_pages(source_url: str, target_url: str, progress: Progress) -> None:
    """Copy all pages, a few at a time so that nobody waits long, and check the result."""
    source, target = connect(source_url), connect(target_url)
    try:
        source.raw.backup(
            target.raw, pages=PAGES_AT_ONCE, progress=lambda _, left, pages: progress(pages - left, pages)
        )
        settle(target)
    finally:
        source.close()
        target.close()


def settle(target: Connection) -> None:
    """Check a copy, and leave all of it in one file."""
    target.execute("PRAGMA journal_mode = WAL")
    target.check_integrity()
    target.execute("PRAGMA wal_checkpoint(TRUNCATE)")
