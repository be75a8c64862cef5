"""The verbs of a trial: the whole chain on this machine, its demonstration, and a box in the terminal."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from broker_bridge.database.verbs import data_option, database_option, json_option, say
from server.verbs import PORTS, http_port_option

MQTT_PORT = 18830
MOST_DAYS = 7  # of visitors within a minute; the boxes of a fleet have little flash to keep them in
SOON_MS = 3_000  # a person who has started the broker again waits for the box

mqtt_port_option = click.option(
    "--mqtt-port",
    type=PORTS,
    default=MQTT_PORT,
    show_default=True,
    envvar="HYMIO_MQTT_PORT",
    help="The broker's port on loopback.",
)


@click.command()
@data_option
@http_port_option
@mqtt_port_option
@database_option
def up(data: Path, http_port: int, mqtt_port: int, database: str | None) -> None:
    """Run broker, bridge and server on loopback until Ctrl-C."""
    from server.trial import chain

    chain.up(chain.Trial(data, http_port, mqtt_port, database), say)


@click.command()
@click.option("--seconds", type=click.IntRange(0), default=60, show_default=True, help="How long; 0: until Ctrl-C.")
@click.option("--faults", is_flag=True, help="Stop the broker, kill bridge, box and broker while presses go on.")
@json_option
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep the files here, not temporarily.")
@click.option("--http-port", type=PORTS, help="The server's port on loopback; any free one unless given.")
@click.option("--mqtt-port", type=PORTS, help="The broker's port on loopback; any free one unless given.")
@click.option("--boxes", type=click.IntRange(3, 10), default=4, show_default=True, help="How many simulated boxes.")
@click.option("--seed", type=int, default=1, show_default=True, help="Of the visitors' moods and hours.")
def demo(as_json: bool, **options: Any) -> None:
    """Let boxes press, and check that every press arrives once."""
    from server.trial import demo as trial_demo

    reckoning = trial_demo.run(trial_demo.Plan(brisk=as_json, **options), say)
    click.echo(json.dumps(reckoning.figures()) if as_json else reckoning.table())
    sys.exit(0 if reckoning.holds() else 1)


@click.command()
@click.option("--devices", type=click.IntRange(10), default=1_000, show_default=True, help="How many boxes.")
@click.option(
    "--days", type=click.IntRange(1, MOST_DAYS), default=1, show_default=True, help="Of how many days visitors come."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the visitors' moods and hours.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep the files here, not temporarily.")
@json_option
def simulate(as_json: bool, data: Path | None, **options: int) -> None:
    """Let thousands of boxes live a day in some minutes. Their broker is killed, and every press must arrive once."""
    from server.trial.fleet import account
    from server.trial.fleet.run import Plan

    told = account.simulate(Plan(**options), data, say)  # type: ignore[arg-type]  # whole numbers only
    click.echo(json.dumps(told.figures) if as_json else told.table())
    sys.exit(0 if told.holds else 1)


@click.group()
def device() -> None:
    """Feedback boxes."""


@device.command("simulate")
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
def simulate_one(folder: Path, **settings: Any) -> None:
    """Run one box in this terminal; number keys are its buttons."""
    from server.trial import boxes

    given = {name: value for name, value in settings.items() if value is not None}
    defaults = {"device_id": "box-1", "model": "button-5", "port": MQTT_PORT, "longest_retry_ms": SOON_MS}
    sys.exit(boxes.in_terminal(folder, defaults, given))
