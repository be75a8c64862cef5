"""The `hymio` command: a verb parses, calls one function and prints; its folder is imported only when it runs."""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, BinaryIO

import click

HTTP_PORT = 8765
MQTT_PORT = 18830
PORTS = click.IntRange(1, 65535)
PEM = click.Path(exists=True, dir_okay=False, path_type=Path)

data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("hymio-data"),
    show_default=True,
    envvar="HYMIO_DATA",
    help="The folder that keeps database, broker state and logs.",
)
http_port_option = click.option(
    "--http-port",
    type=PORTS,
    default=HTTP_PORT,
    show_default=True,
    envvar="HYMIO_HTTP_PORT",
    help="The server's port on loopback.",
)
mqtt_port_option = click.option(
    "--mqtt-port",
    type=PORTS,
    default=MQTT_PORT,
    show_default=True,
    envvar="HYMIO_MQTT_PORT",
    help="The broker's port on loopback.",
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


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Customer feedback for public service points: boxes, broker, bridge, database, reports."""


@main.command()
@data_option
@http_port_option
@mqtt_port_option
@database_option
def up(data: Path, http_port: int, mqtt_port: int, database: str | None) -> None:
    """Run broker, bridge and server on loopback until Ctrl-C."""
    from server.trial import chain

    chain.up(chain.Trial(data, http_port, mqtt_port, database), say)


@main.command()
@click.option("--seconds", type=click.IntRange(0), default=60, show_default=True, help="How long; 0: until Ctrl-C.")
@click.option("--faults", is_flag=True, help="Stop the broker, kill bridge, box and broker while presses go on.")
@json_option
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep the files here, not temporarily.")
@click.option("--http-port", type=PORTS, help="The server's port on loopback; any free one unless given.")
@click.option("--mqtt-port", type=PORTS, help="The broker's port on loopback; any free one unless given.")
@click.option("--boxes", type=click.IntRange(3, 10), default=4, show_default=True, help="How many simulated boxes.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the visitors' moods and hours.")
def demo(as_json: bool, **options: Any) -> None:
    """Let simulated boxes press, and check that every press arrives once."""
    from server.trial import demo as trial_demo

    reckoning = trial_demo.run(trial_demo.Plan(brisk=as_json, **options), say)
    click.echo(json.dumps(reckoning.figures()) if as_json else reckoning.table())
    sys.exit(0 if reckoning.holds() else 1)


@main.command()
@data_option
@mqtt_port_option
def broker(data: Path, mqtt_port: int) -> None:
    """Run mosquitto on loopback, configured for Hymio."""
    from broker_bridge.broker import write_configuration
    from server.trial import ports
    from server.trial.chain import mosquitto

    program = mosquitto()
    ports.refuse_taken(mqtt_port, "--mqtt-port")
    os.execv(program, [program, "-c", str(write_configuration(data, mqtt_port))])  # noqa: S606 - found, not typed


@main.command()
@data_option
@mqtt_port_option
@database_option
@click.option("--name", envvar="HYMIO_BRIDGE", help="Of this bridge, when several share one PostgreSQL database.")
@click.option(
    "--monitor-port",
    type=PORTS,
    envvar="HYMIO_MONITOR_PORT",
    help="Answer /metrics and /health on this port of loopback; nowhere unless given.",
)
@click.option(
    "--log",
    type=click.Choice(["lines", "json"]),
    default="lines",
    show_default=True,
    envvar="HYMIO_LOG",
    help="What the events on standard error look like.",
)
@click.option("--mqtt-host", envvar="HYMIO_MQTT_HOST", default="127.0.0.1", show_default=True, help="The broker's.")
@click.option("--mqtt-ca", "ca", type=PEM, envvar="HYMIO_MQTT_CA", help="Who signs the broker's certificate.")
@click.option("--mqtt-certificate", "certificate", type=PEM, envvar="HYMIO_MQTT_CERTIFICATE", help="The bridge's own.")
@click.option("--mqtt-key", "key", type=PEM, envvar="HYMIO_MQTT_KEY", help="The key of the bridge's certificate.")
def bridge(ca: Path | None, certificate: Path | None, key: Path | None, **options: Any) -> None:
    """Take responses from the broker into the database."""
    from broker_bridge import subscriber
    from broker_bridge.database.connect import UnsafeDatabase
    from broker_bridge.settings import Settings, Tls, Unusable
    from server.trial import ports

    if options["monitor_port"]:
        ports.refuse_taken(options["monitor_port"], "--monitor-port")
    files = [file for file in (ca, certificate, key) if file]
    if len(files) in (1, 2):
        raise Refused("TLS takes all three of --mqtt-ca, --mqtt-certificate and --mqtt-key.")
    options["database_url"] = options.pop("database")
    try:
        subscriber.run(Settings(**options, tls=Tls(*files) if files else None))
    except UnsafeDatabase as error:
        raise Refused(f"Nothing is acknowledged: {error}") from error
    except Unusable as error:
        raise Refused(str(error)) from error


@main.command()
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


@main.command()
@data_option
@database_option
@json_option
def completeness(data: Path, database: str | None, as_json: bool) -> None:
    """Say how far every box's responses are accounted for, and which numbers are missing."""
    from broker_bridge.database import completeness as accounts

    with opened(data, database) as connection:
        journals = accounts.journals(connection)
    for journal in journals:
        click.echo(json.dumps(journal) if as_json else accounted(journal))


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format", "kind", type=click.Choice(["excel", "csv", "jsonl", "parquet"]), default="excel", show_default=True
)
@click.option(
    "--filter", "filters", multiple=True, help="As in a report's address, such as unit=salla; may be repeated."
)
@data_option
@database_option
def export(file: Path, kind: str, filters: tuple[str, ...], data: Path, database: str | None) -> None:
    """Write responses to a file, a row for each answer, with comments masked."""
    from broker_bridge.database.invalid import Invalid
    from server.responses import files

    with opened(data, database) as connection:
        try:
            count = files.write(connection, dict(each.partition("=")[::2] for each in filters), kind, file, say)
        except Invalid as invalid:
            raise Refused(str(invalid)) from invalid
    click.echo(f"{count:,} responses in {file}")


@main.command()
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


copy_argument = click.argument("copy", type=click.Path(dir_okay=False, path_type=Path))


@main.command()
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


@main.command()
@copy_argument
@data_option
@database_option
@json_option
def restore(copy: Path, data: Path, database: str | None, as_json: bool) -> None:
    """Make a backup the database, where there is none; end the bridge before, start it and the broker after."""
    from broker_bridge.database import backup as backups

    with refusing():
        if copy.is_file():
            data.mkdir(parents=True, exist_ok=True)
        asked = backups.restore(copy, database or data / "hymio.db", copying)
    told = f"Restored; {asked} journals will be asked for what they still have above the backup."
    click.echo(json.dumps({"journals": asked}) if as_json else told)


@contextmanager
def refusing() -> Iterator[None]:
    """Say on one line why a backup or a restore cannot be done."""
    from broker_bridge.database.connect import Unavailable, UnsafeDatabase
    from broker_bridge.database.dumps import Failed
    from broker_bridge.database.invalid import Invalid

    try:
        yield
    except (Failed, Invalid, OSError, Unavailable, UnsafeDatabase) as error:
        raise Refused(str(error)) from error


def copying(done: int, of: int) -> None:
    """Tell the person how far a copy is."""
    say(f"{done:,} of {of:,} pages copied")


@main.command("rejected")
@data_option
@database_option
@json_option
def list_rejected(data: Path, database: str | None, as_json: bool) -> None:
    """List what was kept but not counted, by device and reason, the latest first."""
    from broker_bridge.database import rejected

    with opened(data, database) as connection:
        found = rejected.summary(connection)
    for each in found:
        last = datetime.fromtimestamp(each["last_ms"] / 1000, UTC).isoformat(timespec="seconds")
        counted = f"{each['times']} {each['what']}{'s' if each['times'] > 1 else ''}"
        told = f"{each['device_id'] or 'unknown device'}: {counted}, the last at {last}: {each['reason']}"
        click.echo(json.dumps(each) if as_json else told)


@main.group()
def rollups() -> None:
    """The counts that reports are made of."""


@rollups.command()
@data_option
@database_option
@json_option
def verify(data: Path, database: str | None, as_json: bool) -> None:
    """Count all responses anew and compare; a bridge on the same database waits meanwhile."""
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
    """Count all responses anew and keep what was counted; a bridge on the same database waits meanwhile."""
    from broker_bridge.database import rollup_accounts

    with opened(data, database) as connection:
        rows = rollup_accounts.rebuild(connection, counting)
    click.echo(json.dumps(rows) if as_json else ", ".join(f"{table}: {count} rows" for table, count in rows.items()))


def counting(done: int, of: int) -> None:
    """Tell the person how far the counting is."""
    say(f"{done:,} of {of:,} responses counted")


@main.group()
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
    """Import a list of service classes, CSV, Excel or JSON of the national code service: all of it or nothing."""
    from broker_bridge.database.invalid import Invalid

    content, act = file.read(), preview_classes if preview else store_classes
    try:
        act(content, scheme, file.name, **where)
    except Invalid as invalid:
        raise Refused(str(invalid)) from invalid


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


@main.group()
def device() -> None:
    """Feedback boxes."""


@device.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("hymio-box"),
    show_default=True,
    help="The folder that is the box: its flash, settings and log.",
)
@click.option("--device-id", help="The name under which the box is registered; box-1 in a new folder.")
@click.option("--model", type=click.Choice(["button-4", "button-5", "button-11"]), help="button-5 in a new folder.")
@click.option(
    "--mqtt-port", "port", type=PORTS, envvar="HYMIO_MQTT_PORT", help=f"The broker's; {MQTT_PORT} in a new folder."
)
def simulate(folder: Path, **settings: Any) -> None:
    """Run one box in this terminal; number keys are its buttons."""
    from server.trial import boxes

    given = {name: value for name, value in settings.items() if value is not None}
    sys.exit(boxes.in_terminal(folder, {"device_id": "box-1", "model": "button-5", "port": MQTT_PORT}, given))


@main.group()
def kiosk() -> None:
    """Touchscreen kiosks."""


@kiosk.command("run")
@click.option(
    "--settings",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("kiosk.json"),
    show_default=True,
    envvar="HYMIO_KIOSK_SETTINGS",
    help="The kiosk's settings file.",
)
@click.option("--size", metavar="WxH", help="A window of that many pixels, not the full screen.")
@click.option(
    "--screenshot", type=click.Path(dir_okay=False, path_type=Path), help="Leave a picture here at the start."
)
def run_kiosk(file: Path, size: str | None, screenshot: Path | None) -> None:
    """Show the kiosk until SIGTERM or Ctrl-C."""
    from kiosk_app import settings

    try:
        chosen = settings.sized(settings.load(file), size)
    except settings.Unusable as error:
        raise Refused(str(error)) from error
    from kiosk_app.ui import program

    program.run(chosen, screenshot)


@kiosk.command("try")
@click.option("--survey", default="national@1", show_default=True, help="One of the trial's: smiley@1 or national@1.")
@click.option("--size", default="1280x800", show_default=True, metavar="WxH", help="The window's pixels.")
@click.option("--screenshot", type=click.Path(dir_okay=False, path_type=Path), help="Leave a picture here, and end.")
def try_kiosk(survey: str, size: str, screenshot: Path | None) -> None:
    """Show a kiosk with a survey of the trial and no bridge; nothing is kept. The staff's PIN is 123456."""
    from kiosk_app import settings, trial
    from server.trial import county

    surveys = {each["survey"]: each for each in county.surveys()}
    if survey not in surveys:
        raise Refused(f"--survey: {survey!r} is not one of {', '.join(surveys)}")
    try:
        trial.run(surveys[survey], size, screenshot, say)
    except settings.Unusable as error:
        raise Refused(f"--size: {error}") from error


@kiosk.command("pin")
def kiosk_pin() -> None:
    """Ask for the staff's PIN, and print what the settings file keeps of it."""
    from kiosk_app import pin

    try:
        click.echo(json.dumps({"pin_hash": pin.hashed(click.prompt("PIN", hide_input=True, confirmation_prompt=True))}))
    except ValueError as error:
        raise Refused(str(error)) from error


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


def accounted(journal: dict[str, Any]) -> str:
    """Return one journal's account as a line for people."""
    counts = ("stored", "duplicates", "rejected", "quarantined", "lost", "held_by_device")
    told = [f"{journal[name]} {name.replace('_', ' ')}" for name in counts]
    gaps = ", ".join(f"{first}-{last}" for first, last in journal["gaps"]) or "none"
    named = f"{journal['device_id'] or 'unknown device'} {journal['epoch'] or 'unreadable epoch'}"
    return f"{named}: {', '.join(told)}; gaps: {gaps}"


def say(line: str) -> None:
    """Tell the person in front of the terminal; standard output is for results."""
    click.echo(line, err=True)


if __name__ == "__main__":
    main(prog_name="hymio")
