"""Copies the database while it is in use, and puts a copy back: a SQLite file by its pages, else by PostgreSQL's tools.

A copy is written under another name first: what has its name is whole.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from broker_bridge.database import dumps, replays
from broker_bridge.database.connect import Connection, Url, connect, is_file, path_of, transaction
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.migrate import open_database

PAGES_AT_ONCE = 1_000

Progress = Callable[[int, int], None]


def quiet(done: int, pages: int) -> None:
    """Show no progress."""


def back_up(url: Url, copy: Path, progress: Progress = quiet) -> int:
    """Copy a database to a file that does not exist yet, while others write; return its size in bytes.

    `progress` gets (done, pages) of a SQLite file. Raises Conflict when the copy exists, Invalid when there is nothing
    to copy or no folder for it, Unavailable, Failed, and UnsafeDatabase when the copy is damaged.
    """
    if copy.exists():
        raise Conflict("copy", str(copy), "a file that does not exist yet")
    if not copy.absolute().parent.is_dir():
        raise Invalid("copy", str(copy), "a file in a folder that exists")
    if is_file(url) and not path_of(url).is_file():
        raise Invalid("database", str(url), "a database that exists")
    with whole(copy) as unfinished:
        if is_file(url):
            copy_pages(path_of(url), unfinished, progress)
        else:
            dumps.dump(str(url), unfinished)
    return copy.stat().st_size


def restore(copy: Path, url: Url, progress: Progress = quiet) -> int:
    """Make a copy the database at the URL; every device will be asked for what the copy lacks. Return how many journals
    that concerns.

    Raises as `back_up`, and Conflict when there is a database already: it may have what the copy lacks, so somebody has
    to move it away.
    """
    if not copy.is_file():
        raise Invalid("copy", str(copy), "the file of a backup")
    if not is_file(url):
        dumps.load(copy, str(url))
        return ask_every_device(url)
    if path_of(url).exists():
        raise Conflict("database", str(url), "no database there: move the present one away first, with its -wal file")
    with whole(path_of(url)) as unfinished:
        copy_pages(copy, unfinished, progress)
        return ask_every_device(unfinished)


def ask_every_device(url: Url) -> int:
    """Bring a restored database up to date, and note that every device is to be asked."""
    connection = open_database(url)
    try:
        with transaction(connection):
            asked = replays.ask_every_device(connection)
        connection.execute("ANALYZE")  # PostgreSQL plans blindly after a restore
        return asked
    finally:
        connection.close()


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Give a file to be filled, which gets its name when that is done, and is removed when it fails."""
    unfinished = begun(path)
    try:
        yield unfinished
    except BaseException:
        for left in path.parent.glob(f"{unfinished.name}*"):
            left.unlink()
        raise
    unfinished.rename(path)
    sync_folder(path)


def begun(path: Path) -> Path:
    """Return an empty file beside a path that only the folder's owner may read: answers may hold words of visitors."""
    unfinished = path.with_name(path.name + ".unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    if os.geteuid() == 0:
        owner = path.absolute().parent.stat()
        shutil.chown(unfinished, owner.st_uid, owner.st_gid)
    return unfinished


def sync_folder(path: Path) -> None:
    """Let the new name of a file survive a power cut."""
    folder = os.open(path.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def copy_pages(source_path: Path, target_path: Path, progress: Progress) -> None:
    """Copy all pages of one moment, a few at a time so that progress can be seen, and check the result.

    Without the transaction every commit of somebody else would make the copy begin anew.
    """
    source, target = connect(source_path), connect(target_path)
    try:
        source.begin_reading()
        source.execute("SELECT count(*) FROM sqlite_master").fetchone()
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
