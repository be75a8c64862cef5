"""The `hymio` command: a verb parses, calls one function and prints; its folder is imported only when it runs."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import click

HTTP_PORT = 8765
MQTT_PORT = 18830
PORTS = click.IntRange(1, 65535)

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
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON line, for programs.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Customer feedback for public service points: boxes, broker, bridge, database, reports."""


@main.command()
@data_option
@http_port_option
@mqtt_port_option
def up(data: Path, http_port: int, mqtt_port: int) -> None:
    """Run broker, bridge and server on loopback until Ctrl-C."""
    from server.trial import chain

    chain.up(chain.Trial(data, http_port, mqtt_port), say)


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
    from server.trial.chain import mosquitto

    program = mosquitto()
    os.execv(program, [program, "-c", str(write_configuration(data, mqtt_port))])  # noqa: S606 - found, not typed


@main.command()
@data_option
@mqtt_port_option
def bridge(data: Path, mqtt_port: int) -> None:
    """Take responses from the broker into the database."""
    from broker_bridge import subscriber
    from broker_bridge.settings import Settings

    subscriber.run(Settings(data, mqtt_port))


@main.command()
@data_option
@http_port_option
def server(data: Path, http_port: int) -> None:
    """Serve reports, registry and page on loopback."""
    from server import app, settings
    from server.trial.unstartable import Unstartable

    given = {"HYMIO_DATA": str(data), "HYMIO_HTTP_PORT": str(http_port)}
    try:
        app.serve(settings.from_environment(os.environ | given))
    except settings.Unusable as error:
        raise Unstartable(str(error)) from error


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
    help="The folder that is the box's flash.",
)
@click.option("--device-id", default="box-1", show_default=True, help="The name under which the box is registered.")
@click.option(
    "--model", type=click.Choice(["button-4", "button-5", "button-11"]), default="button-5", show_default=True,
    help="How many buttons it has.",
)  # fmt: skip
@mqtt_port_option
def simulate(folder: Path, device_id: str, model: str, mqtt_port: int) -> None:
    """Run one box in this terminal; number keys are its buttons."""
    from server.trial import boxes

    sys.exit(boxes.in_terminal(folder, device_id, model, mqtt_port))


def say(line: str) -> None:
    """Tell the person in front of the terminal; standard output is for results."""
    click.echo(line, err=True)


if __name__ == "__main__":
    main()
