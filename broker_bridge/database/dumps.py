"""Copies a PostgreSQL database with pg_dump while it is in use, and puts the copy back with pg_restore."""

import shutil
import subprocess
from pathlib import Path

from broker_bridge.database.connect import connect
from broker_bridge.database.invalid import Conflict, Invalid


class Failed(RuntimeError):
    """One of PostgreSQL's programs failed; the text is what it said."""


AS_WHOEVER_RESTORES = ("--no-owner", "--no-privileges")


def dump(url: str, copy: Path) -> None:
    """Write one state of the database to a file of PostgreSQL's custom format, compressed and synced."""
    run("pg_dump", "--format=custom", *AS_WHOEVER_RESTORES, f"--file={copy}", f"--dbname={url}")


def load(copy: Path, url: str) -> None:
    """Put a dump into an empty database, all of it or nothing; raise Conflict when something is there already."""
    connection = connect(url)
    try:
        if connection.execute("SELECT to_regclass('journals')").fetchone()[0]:
            raise Conflict("database", connection.raw.info.dbname, "an empty database: make one with createdb")
    finally:
        connection.close()
    run("pg_restore", "--single-transaction", "--exit-on-error", *AS_WHOEVER_RESTORES, f"--dbname={url}", str(copy))


def run(name: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; raise Failed with what it says when it fails."""
    program = shutil.which(name)
    if program is None:
        raise Invalid("PATH", name, "a path with PostgreSQL's programs: apt-get install postgresql-client")
    done = subprocess.run([program, *options], capture_output=True, text=True, check=False)
    if done.returncode:
        raise Failed(" ".join(done.stderr.split()))
