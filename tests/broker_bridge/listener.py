"""A client of a real broker that says things and keeps what it hears."""

import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

PATIENCE_S = 90.0


class Listener:
    """A client that keeps what it hears."""

    def __init__(
        self, port: int, username: str, topic: str, client_id: str = "", tls: tuple[Path, Path, Path] | None = None
    ) -> None:
        self.heard: list[str] = []
        self.payloads: list[bytes] = []
        self.subscribed = self.disconnected = False
        self.client = Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        if tls:
            self.client.tls_set(*map(str, tls))
        self.client.username_pw_set(username)
        self.client.on_message = self.hear
        self.client.on_subscribe = self.note_subscription
        self.client.on_disconnect = self.note_end
        wait_until(lambda: connected(self.client, port))
        self.client.subscribe(topic, qos=1)
        self.client.loop_start()
        wait_until(lambda: self.subscribed)

    def note_subscription(self, *arguments: Any) -> None:
        self.subscribed = True

    def note_end(self, *arguments: Any) -> None:
        self.disconnected = True

    def hear(self, client: Client, userdata: object, message: MQTTMessage) -> None:
        self.heard.append(message.topic)
        self.payloads.append(bytes(message.payload))

    def say(self, topic: str, payload: bytes = b"{}") -> None:
        self.client.publish(topic, payload, qos=1).wait_for_publish(PATIENCE_S)


def connected(client: Client, port: int) -> bool:
    try:
        client.connect("localhost", port)
    except ssl.SSLError:
        raise
    except OSError:  # of the last of the addresses that localhost has, of which a machine may lack one
        return False
    return True


def wait_until(condition: Callable[[], Any]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s, "waited in vain"
        time.sleep(0.02)
