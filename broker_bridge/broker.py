"""Writes the configuration of the mosquitto broker: what it listens to, what it limits, who may say what."""

import getpass
import secrets
from pathlib import Path

from broker_bridge.settings import LOOPBACK
from device.protocol import topics

LARGEST_PACKET = 16 * 1024  # refused by closing the connection; message_size_limit would acknowledge and drop it


def write_configuration(data: Path, mqtt_port: int) -> Path:
    """Write mosquitto's files below `data` and return the path of its configuration."""
    folder = data.resolve() / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    access = folder / "access.acl"
    configuration = folder / "mosquitto.conf"
    write_private(access, access_list(bridge_username(data)))
    write_private(configuration, render(folder, access, mqtt_port, getpass.getuser()))
    return configuration


def render(folder: Path, access: Path, mqtt_port: int, user: str) -> str:
    """Return mosquitto's configuration.

    It listens on loopback alone, so it asks for no passwords. What it persists is a convenience, never a promise.
    """
    return f"""\
listener {mqtt_port} {LOOPBACK}
allow_anonymous true
acl_file {access}
user {user}
persistence true
persistence_location {folder}/
max_packet_size {LARGEST_PACKET}
max_queued_messages 10000
retain_available false
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
connection_messages false
"""


def access_list(bridge: str) -> str:
    """Return the access list: a device speaks below its own `up/` and hears its own `down/`, the bridge all of both."""
    own = topics.topic("%u", "")
    return f"""\
pattern write {own}up/#
pattern read {own}down/#

user {bridge}
topic read {topics.EVERY_UP}
topic write {topics.EVERY_DOWN}
"""


def bridge_username(data: Path) -> str:
    """Return the name under which the bridge may read everything: random, and known only to who can read `data`."""
    path = data / "broker" / "bridge-username"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, "bridge-" + secrets.token_hex(16))
    return path.read_text(encoding="ascii")


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, in one step."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)
