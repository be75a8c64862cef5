"""The `hymio` command: finds a verb in the folder that it runs, and holds those that need several folders."""

import json
import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

MQTT_PORT = 18830
PORTS = click.IntRange(1, 65535)
PEM = click.Path(exists=True, dir_okay=False, path_type=Path)
MODULES = {
    "broker_bridge.database.verbs": ("backup", "completeness", "rejected", "restore", "rollups"),
    "server.verbs": ("classes", "generate", "server"),
    "server.exports.verbs": ("export",),
    "server.imports.verbs": ("imports",),
    "server.trial.verbs": ("demo", "device", "simulate", "up"),
}
AWAY = {verb: module for module, verbs in MODULES.items() for verb in verbs}

# The same as in `broker_bridge.database.verbs`, which a kiosk has not got.
data_option = click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("hymio-data"),
    show_default=True,
    envvar="HYMIO_DATA",
    help="The folder that keeps database, broker state and logs.",
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


class Refused(click.ClickException):
    """What the person asked for cannot be done; the text says why, on one line."""

    exit_code = 2


class Folders(click.Group):
    """Imports a folder when one of its verbs is typed; a machine has the verbs of the folders that are on it."""

    def list_commands(self, context: click.Context) -> list[str]:
        """Return the verbs in the order of the alphabet."""
        there = [verb for verb in AWAY if find_spec(folder(verb))]
        return sorted([*super().list_commands(context), *there])

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """Return a verb; raise Refused when its folder is not on this machine."""
        if name not in AWAY:
            return super().get_command(context, name)
        if not find_spec(folder(name)):
            raise Refused(f"{name} needs the folder {folder(name)}, which is not on this machine.")
        found: click.Command = getattr(import_module(AWAY[name]), name)
        return found


def folder(verb: str) -> str:
    """Return the folder that a verb runs."""
    return AWAY[verb].partition(".")[0]


@click.group(cls=Folders, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Customer feedback for public service points: boxes, broker, bridge, database, reports."""


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
    """Show a kiosk with a survey of the trial and no bridge. Nothing is kept; the staff's PIN is 123456."""
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
    """Ask for the staff's PIN; print what the settings file keeps of it."""
    from kiosk_app import pin

    try:
        click.echo(json.dumps({"pin_hash": pin.hashed(click.prompt("PIN", hide_input=True, confirmation_prompt=True))}))
    except ValueError as error:
        raise Refused(str(error)) from error


def say(line: str) -> None:
    """Tell the person in front of the terminal; standard output is for results."""
    click.echo(line, err=True)


if __name__ == "__main__":
    main(prog_name="hymio")
