"""The verbs of exports: responses as a file, and the file for the national comparison."""

import json
from pathlib import Path

import click

from broker_bridge.database.verbs import data_option, database_option, json_option, opened, refusing, say

file_argument = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@click.group()
def export() -> None:
    """Files for others. One is there when it is whole, and not before."""


@export.command("responses")
@file_argument
@click.option(
    "--format", "kind", type=click.Choice(["excel", "csv", "jsonl", "parquet"]), default="excel", show_default=True
)
@click.option(
    "--filter", "filters", multiple=True, help="As in a report's address, such as unit=salla; may be repeated."
)
@data_option
@database_option
@json_option
def export_responses(
    file: Path, *, kind: str, filters: tuple[str, ...], data: Path, database: str | None, as_json: bool
) -> None:
    """Write responses to a file, a row for each answer. Comments are masked."""
    from server.responses import files

    with opened(data, database) as connection, refusing():
        count = files.write(connection, dict(each.partition("=")[::2] for each in filters), kind, file, say)
    told = {"file": str(file), "responses": count, "bytes": file.stat().st_size}
    click.echo(json.dumps(told) if as_json else f"{count:,} responses in {file}")


@export.command("national")
@file_argument
@click.option("--month", required=True, help="A month that was released to the county, such as 2026-10.")
@click.option("--provider", help="The business id, where units have several.")
@click.option("--who", default="", help="Your name, kept with the release.")
@click.option("--why", default="", help="The reason, kept with the release.")
@data_option
@database_option
@json_option
def export_national(
    file: Path, *, month: str, provider: str | None, data: Path, database: str | None, as_json: bool, **said: str
) -> None:
    """Write a month for the national comparison. In our own profile hymio-national/1: there is no official one yet.

    The first time makes it, and keeps it as a release; afterwards the same bytes come again.
    """
    from broker_bridge.database.corrections import Because
    from server.exports import deliveries, whole

    with opened(data, database) as connection, refusing():
        kept = deliveries.made(connection, month, provider, Because(**said), say)
        whole.write(file, [kept.content.encode()])
    records = json.loads(kept.content)["records"]
    hidden = sum(each["n"] is None for each in records)
    told = {"file": str(file), "release": kept.id, "new": kept.new, "records": len(records), "hidden": hidden}
    line = f"{len(records):,} records, {hidden:,} of them hidden, in {file}: release {kept.id}"
    click.echo(json.dumps(told) if as_json else line + ("" if kept.new else ", made before"))


@export.command("schema")
def export_schema() -> None:
    """Print the JSON Schema of hymio-national/1."""
    from server.exports.national import SCHEMA

    click.echo(json.dumps(SCHEMA, indent=2))
