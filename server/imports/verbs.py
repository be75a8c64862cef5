"""The verbs of imports: a file of an older system is previewed, imported, listed, undone."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import click

from broker_bridge.database.verbs import data_option, database_option, json_option, opened, refusing, say

WORDS = {"who": "Your name, for the audit.", "why": "The reason, for the audit."}


def because_options(verb: Callable[..., None]) -> Callable[..., None]:
    """Add the options by which somebody says who he is, and why."""
    for name, told in WORDS.items():
        verb = click.option(f"--{name}", default="", help=told)(verb)
    return verb


@click.group()
def imports() -> None:
    """What older systems of smiley terminals had collected."""


@imports.command("add")
@click.argument("file", type=click.File("rb"))
@click.option("--mapping", type=click.File("rb"), required=True, help="What the columns and words of the file mean.")
@click.option("--preview", is_flag=True, help="Only say what would be stored, and what is wrong.")
@because_options
@data_option
@database_option
@json_option
def add_import(file: BinaryIO, mapping: BinaryIO, *, preview: bool, **options: Any) -> None:
    """Import the CSV file of an older system, once: all of it or nothing."""
    from server.imports import previews

    older = previews.Older(Path(file.name).name, file.read(), mapping.read())
    act = preview_import if preview else store_import
    act(older, **options)


def store_import(older: Any, *, data: Path, database: str | None, as_json: bool, **said: str) -> None:
    """Import a file, and say how many answers that were."""
    from broker_bridge.database.corrections import Because
    from server.imports import previews

    with opened(data, database) as connection, refusing():
        done = previews.bring(connection, older, Because(**said), storing)
    told = f"import {done.id}: {done.n:,} answers" + ("" if done.new else ", stored before")
    click.echo(json.dumps(done._asdict()) if as_json else told)


def preview_import(older: Any, *, data: Path, database: str | None, as_json: bool, who: str, why: str) -> None:
    """Say what importing a file would do; exit with 1 when it cannot be done so."""
    from server.imports import previews

    with opened(data, database) as connection, refusing():
        told = previews.preview(connection, older)
    click.echo(json.dumps(told) if as_json else "\n".join(previews.table(told)))
    sys.exit(int(not told["ready"] and told["import_id"] is None))


def storing(done: int, of: int) -> None:
    """Tell the person how far an import is."""
    say(f"{done:,} of {of:,} rows stored")


@imports.command("list")
@data_option
@database_option
@json_option
def list_imports(data: Path, database: str | None, as_json: bool) -> None:
    """List the imports, the latest first."""
    from broker_bridge.database import imports as stored

    with opened(data, database) as connection:
        found = stored.listed(connection)
    for each in found:
        undone = "" if each["undone_ms"] is None else ", UNDONE"
        told = "import {id}: {n:,} answers to {question} of {survey}, from {file} of {system}".format_map(each)
        click.echo(json.dumps(each) if as_json else told + undone)


@imports.command("undo")
@click.argument("import_id", metavar="IMPORT", type=int)
@because_options
@data_option
@database_option
@json_option
def undo_import(import_id: int, data: Path, database: str | None, as_json: bool, **said: str) -> None:
    """Take an import out of every report; its file may be imported again."""
    from broker_bridge.database import imports as stored
    from broker_bridge.database.corrections import Because

    with opened(data, database) as connection, refusing():
        done = stored.undo(connection, import_id, Because(**said))
    told = f"import {done.id}: {done.n:,} answers " + ("are out of every report" if done.new else "were undone before")
    click.echo(json.dumps(done._asdict()) if as_json else told)
