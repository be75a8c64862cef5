"""The verbs about the tables, and the options by which every verb finds them."""

import json
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("hymio-data"),
    show_default=True,
    envvar="HYMIO_DATA",
    help="The folder that keeps database, broker state and logs.",
)
database_option = click.option(
    "--database",
    envvar="HYMIO_DATABASE",
    metavar="URL",
    help="postgresql://... or the file of a SQLite database; hymio.db in the folder unless given.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON line, for programs.")


class Refused(click.ClickException):
    """What the person asked for cannot be done; the text says why, on one line."""

    exit_code = 2


@click.command()
@data_option
@database_option
@json_option
def completeness(data: Path, database: str | None, as_json: bool) -> None:
    """Say which responses of every box are stored or missing."""
    from broker_bridge.database import completeness as accounts

    with opened(data, database) as connection:
        journals = accounts.journals(connection)
    for journal in journals:
        click.echo(json.dumps(journal) if as_json else accounted(journal))


def accounted(journal: dict[str, Any]) -> str:
    """Return one journal's account as a line for people."""
    counts = ("stored", "duplicates", "rejected", "quarantined", "lost", "held_by_device")
    told = [f"{journal[name]} {name.replace('_', ' ')}" for name in counts]
    told += [f"of import {journal['import_id']}"] if journal["import_id"] else []
    gaps = ", ".join(f"{first}-{last}" for first, last in journal["gaps"]) or "none"
    named = f"{journal['device_id'] or 'unknown device'} {journal['epoch'] or 'unreadable epoch'}"
    return f"{named}: {', '.join(told)}; gaps: {gaps}"


copy_argument = click.argument("copy", type=click.Path(dir_okay=False, path_type=Path))


@click.command()
@copy_argument
@data_option
@database_option
@json_option
def backup(copy: Path, data: Path, database: str | None, as_json: bool) -> None:
    """Copy the database to a new file, while the bridge goes on."""
    from broker_bridge.database import backup as backups

    with refusing():
        size = backups.back_up(database or data / "hymio.db", copy, copying)
    click.echo(json.dumps({"copy": str(copy), "bytes": size}) if as_json else f"{copy}: {size:,} bytes")


@click.command()
@copy_argument
@data_option
@database_option
@json_option
def restore(copy: Path, data: Path, database: str | None, as_json: bool) -> None:
    """Restore a backup where there is no database. End the bridge before; start it and the broker after."""
    from broker_bridge.database import backup as backups

    with refusing():
        if copy.is_file():
            data.mkdir(parents=True, exist_ok=True)
        asked = backups.restore(copy, database or data / "hymio.db", copying)
    told = f"Restored; {asked} journals will be asked for what they still have above the backup."
    click.echo(json.dumps({"journals": asked}) if as_json else told)


@contextmanager
def refusing() -> Iterator[None]:
    """Say on one line why something cannot be done."""
    from broker_bridge.database.connect import Unavailable, UnsafeDatabase
    from broker_bridge.database.dumps import Failed
    from broker_bridge.database.invalid import Invalid

    try:
        yield
    except OSError as error:
        raise Refused(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from error
    except (Failed, Invalid, Unavailable, UnsafeDatabase) as error:
        raise Refused(str(error)) from error


def copying(done: int, of: int) -> None:
    """Tell the person how far a copy is."""
    say(f"{done:,} of {of:,} pages copied")


@click.command()
@data_option
@database_option
@json_option
def rejected(data: Path, database: str | None, as_json: bool) -> None:
    """List what was kept but not counted. By device and reason, the latest first."""
    from broker_bridge.database import rejected as kept

    with opened(data, database) as connection:
        found = kept.summary(connection)
    for each in found:
        last = datetime.fromtimestamp(each["last_ms"] / 1000, UTC).isoformat(timespec="seconds")
        counted = f"{each['times']} {each['what']}{'s' if each['times'] > 1 else ''}"
        told = f"{each['device_id'] or 'unknown device'}: {counted}, the last at {last}: {each['reason']}"
        click.echo(json.dumps(each) if as_json else told)


@click.group()
def rollups() -> None:
    """The counts that reports are made of."""


@rollups.command()
@data_option
@database_option
@json_option
def verify(data: Path, database: str | None, as_json: bool) -> None:
    """Count all responses anew and compare. A bridge on the same database waits meanwhile."""
    from broker_bridge.database import rollup_accounts

    with opened(data, database) as connection:
        found = rollup_accounts.verify(connection, counting)
    for each in found:
        click.echo(json.dumps(each) if as_json else "{table}: {rows} rows, {different} different".format_map(each))
    sys.exit(int(any(each["different"] for each in found)))


@rollups.command()
@data_option
@database_option
@json_option
def rebuild(data: Path, database: str | None, as_json: bool) -> None:
    """Count all responses anew and keep what was counted. A bridge on the same database waits meanwhile."""
    from broker_bridge.database import rollup_accounts

    with opened(data, database) as connection:
        rows = rollup_accounts.rebuild(connection, counting)
    click.echo(json.dumps(rows) if as_json else ", ".join(f"{table}: {count} rows" for table, count in rows.items()))


def counting(done: int, of: int) -> None:
    """Tell the person how far the counting is."""
    say(f"{done:,} of {of:,} responses counted")


@contextmanager
def opened(data: Path, url: str | None) -> Iterator[Any]:
    """Open the database of a URL, or else that of a folder that is in use already."""
    from broker_bridge.database.connect import Unavailable
    from broker_bridge.database.migrate import open_database

    if url is None and not (data / "hymio.db").exists():
        raise Refused(f"There is no database in {data}; choose the folder with --data.")
    try:
        with closing(open_database(url or data / "hymio.db")) as connection:
            yield connection
    except Unavailable as error:
        where = "" if url else f" in {data}"
        raise Refused(f"The database{where} does not answer now: {error}.") from error


def say(line: str) -> None:
    """Tell the person in front of the terminal; standard output is for results."""
    click.echo(line, err=True)
