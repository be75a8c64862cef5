"""Brings the schema up to date by the numbered files of `migrations/`; a released file is never edited."""

from collections.abc import Callable
from pathlib import Path

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from broker_bridge.database.connect import Connection, connect, transaction

FOLDER = Path(__file__).parent / "migrations"


def open_database(path: Path) -> Connection:
    """Open the database at `path` and bring its schema up to date; several processes may do so at once."""
    connection = connect(path)
    with transaction(connection):
        migrations().apply(Database(connection))
    return connection


def migrations() -> Migrations:
    """Return the migrations in the order of their file names, such as `0001_first_tables.sql`."""
    found = Migrations("hymio")
    for path in sorted(FOLDER.glob("[0-9]*.sql")):
        found(name=path.stem)(statements_of(path))
    return found


def statements_of(path: Path) -> Callable[[Database], None]:
    """Return a function that runs a file's statements one by one, so that they stay in the caller's transaction."""

    def run(database: Database) -> None:
        for statement in path.read_text(encoding="utf-8").split(";\n"):
            database.execute(statement)

    return run
