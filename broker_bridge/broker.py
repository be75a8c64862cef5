"""Writes the configuration of the mosquitto broker: what it listens to, what it limits, who may say what."""

import getpass
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from broker_bridge.settings import LOOPBACK
from device.protocol import topics

LARGEST_PACKET = 16 * 1024  # refused by closing the connection; message_size_limit would acknowledge and drop it
QUEUED = 10_000


@dataclass(frozen=True)
class Trial:
    """A listener for a trial on one machine: loopback, no passwords, a device is who it says it is."""

    port: int

    def lines(self) -> list[str]:
        """Return the listener as mosquitto reads it."""
        return [f"listener {self.port} {LOOPBACK}", "allow_anonymous true"]


@dataclass(frozen=True)
class Psk:
    """A listener for boxes: TLS by a key that each box shares with the broker; its identity is its name."""

    port: int
    address: str
    psk_file: Path  # lines of identity:hexkey, readable by the broker alone

    def lines(self) -> list[str]:
        """Return the listener as mosquitto reads it."""
        return [
            f"listener {self.port} {self.address}",
            f"psk_file {self.psk_file}",
            "psk_hint hymio",
            *NAMED_BY_KEY,
        ]


@dataclass(frozen=True)
class Certificates:
    """A listener for kiosks and bridges: TLS with certificates both ways; the common name is the name."""

    port: int
    address: str
    authority: Path
    certificate: Path
    key: Path
    revoked: Path | None = None

    def lines(self) -> list[str]:
        """Return the listener as mosquitto reads it."""
        return [
            f"listener {self.port} {self.address}",
            f"cafile {self.authority}",
            f"certfile {self.certificate}",
            f"keyfile {self.key}",
            *([f"crlfile {self.revoked}"] if self.revoked else []),
            "require_certificate true",
            *NAMED_BY_KEY,
        ]


# The name decides about topics, and as client id too: otherwise a device could push another off under its client id.
NAMED_BY_KEY = ("use_identity_as_username true", "use_username_as_clientid true", "tls_version tlsv1.2")

Listener = Trial | Psk | Certificates


def write_configuration(data: Path, mqtt_port: int) -> Path:
    """Write the files of a trial's broker below `data` and return the path of its configuration."""
    return write(data, [Trial(mqtt_port)], bridge_username(data))


def write(data: Path, listeners: Sequence[Listener], bridge: str) -> Path:
    """Write mosquitto's files below `data` and return the path of its configuration; `bridge` may hear everything."""
    folder = data.resolve() / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    access = folder / "access.acl"
    configuration = folder / "mosquitto.conf"
    write_private(access, access_list(bridge))
    write_private(configuration, render(folder, access, listeners, getpass.getuser()))
    return configuration


def render(folder: Path, access: Path, listeners: Sequence[Listener], user: str) -> str:
    """Return mosquitto's configuration. What it persists is a convenience, never a promise.

    Raises ValueError for a trial's listener beside any other: on it anybody on this machine could pass for any device.
    """
    if len(listeners) > 1 and any(isinstance(listener, Trial) for listener in listeners):
        raise ValueError("a listener without passwords stands alone")
    lines = [
        "per_listener_settings false",
        f"acl_file {access}",
        f"user {user}",
        "persistence true",
        f"persistence_location {folder}/",
        f"max_packet_size {LARGEST_PACKET}",
        f"max_queued_messages {QUEUED}",
        "persistent_client_expiration 1d",
        "retain_available false",
        "set_tcp_nodelay true",
        "connection_messages false",
        "log_dest stderr",
        "log_type error",
        "log_type warning",
        *(line for listener in listeners for line in listener.lines()),
    ]
    return "\n".join(lines) + "\n"


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
    """Return the name under which a trial's bridge may hear all: random, and known only to who can read `data`."""
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
