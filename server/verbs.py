"""The verbs of the server: reports and registry, and what is written and read as files."""

import json
import os
from datetime import date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

from broker_bridge.database.verbs import Refused, data_option, database_option, json_option, opened, refusing, say
from server.settings import HTTP_PORT

PORTS = click.IntRange(1, 65535)

http_port_option = click.option(
    "--http-port",
    type=PORTS,
    default=HTTP_PORT,
    show_default=True,
    envvar="HYMIO_HTTP_PORT",
    help="The server's port on loopback.",
)


@click.command()
@data_option
@http_port_option
@database_option
def server(data: Path, http_port: int, database: str | None) -> None:
    """Serve reports, registry and page on loopback."""
    from server import app, settings
    from server.trial import ports

    ports.refuse_taken(http_port, "--http-port")
    given = {"HYMIO_DATA": str(data), "HYMIO_HTTP_PORT": str(http_port)}
    given |= {"HYMIO_DATABASE": database} if database else {}
    try:
        app.serve(settings.from_environment(os.environ | given))
    except settings.Unusable as error:
        raise Refused(str(error)) from error


@click.command()
@click.option("--responses", type=click.IntRange(1), default=1_000_000, show_default=True, help="How many.")
@click.option("--years", type=click.IntRange(1, 20), default=3, show_default=True, help="Over how many years.")
@click.option("--units", type=click.IntRange(1, 900), default=300, show_default=True, help="In how many units.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same past.")
@click.option(
    "--until", type=click.DateTime(["%Y-%m-%d"]), help="The day after the last; this month's first unless given."
)
@click.option(
    "--truth", type=click.Path(dir_okay=False, path_type=Path), help="The file of what is true; truth.json there."
)
@data_option
@database_option
@json_option
def generate(
    data: Path, database: str | None, truth: Path | None, until: datetime | None, as_json: bool, **asked: int
) -> None:
    """Write a made-up past of a county into an empty database."""
    from server.trial.history import generate as history
    from server.trial.history.county import Plan
    from server.trial.history.tables import NotEmpty

    data.mkdir(parents=True, exist_ok=True)
    plan = Plan(until=until.date() if until else date.today().replace(day=1), **asked)
    try:
        made = history.generate(database or str(data / "hymio.db"), plan, truth or data / "truth.json", say)
    except (history.NoRoom, NotEmpty) as error:
        raise Refused(str(error)) from error
    click.echo(json.dumps(made) if as_json else ", ".join(f"{value} {name}" for name, value in made.items()))


@click.group()
def classes() -> None:
    """Service classes, such as those of AURA."""


@classes.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--scheme", required=True, help="The list's name and version, such as hva-aura-2026.")
@click.option("--preview", is_flag=True, help="Only list the classes, and say what importing them would change.")
@data_option
@database_option
@json_option
def import_classes(file: BinaryIO, scheme: str, preview: bool, **where: Any) -> None:
    """Import a list of service classes, all of it or nothing. It is CSV, Excel or JSON of the national code service."""
    content, act = file.read(), preview_classes if preview else store_classes
    with refusing():
        act(content, scheme, file.name, **where)


def store_classes(content: bytes, scheme: str, source: str, *, data: Path, database: str | None, as_json: bool) -> None:
    """Import a list, and say how many rows did what."""
    from broker_bridge.database import service_classes

    with opened(data, database) as connection:
        done = service_classes.import_service_classes(connection, scheme, content, source)
    click.echo(json.dumps(done) if as_json else ", ".join(f"{count} {what}" for what, count in done.items()))


def preview_classes(
    content: bytes, scheme: str, source: str, *, data: Path, database: str | None, as_json: bool
) -> None:
    """Say what importing a list would change; without a database there is nothing yet that could change."""
    from broker_bridge.database import class_files, class_previews
    from server.registry import class_table

    read = class_files.read(scheme, content, source)
    if database is None and not (data / "hymio.db").exists():
        preview = class_previews.compared(scheme, read, {})
    else:
        with opened(data, database) as connection:
            preview = class_previews.preview(connection, scheme, read)
    click.echo(json.dumps(preview) if as_json else "\n".join(class_table.table(preview)))
