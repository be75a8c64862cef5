"""A real broker with a queue: what was said to a session while it was away."""

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from device.protocol import topics
from server.trial.ports import answers, free_port
from tests.benchmarks.workload import Said

HOST = "127.0.0.1"
PATIENCE_S = 60.0
AT_ONCE = 200  # messages that are published before the broker's word on them is waited for
CONFIGURATION = """
listener {port} 127.0.0.1
allow_anonymous true
persistence false
max_queued_messages 0
max_queued_bytes 0
set_tcp_nodelay true
log_type error
"""


class Broker:
    """A mosquitto whose queues have no limit; it forgets everything when it ends."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        configuration = folder / "mosquitto.conf"
        configuration.write_text(CONFIGURATION.format(port=self.port))
        self.process = subprocess.Popen(["mosquitto", "-c", str(configuration)], stderr=subprocess.DEVNULL)
        deadline_s = time.monotonic() + PATIENCE_S
        while not answers(self.port):
            assert time.monotonic() < deadline_s, "the broker does not answer"
            time.sleep(0.02)

    def queue(self, client_id: str, messages: Sequence[Said]) -> None:
        """Publish messages for a session that is away."""
        subscribe(self.port, client_id)
        publish(self.port, messages)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)


@contextmanager
def broker(folder: Path) -> Iterator[Broker]:
    """Give a running broker."""
    running = Broker(folder)
    try:
        yield running
    finally:
        running.stop()


def subscribe(port: int, client_id: str) -> None:
    """Begin a session that hears all that devices say, and leave it."""
    client = Client(CallbackAPIVersion.VERSION2, client_id=client_id, protocol=MQTTProtocolVersion.MQTTv5)
    heard = []
    client.on_subscribe = lambda *arguments: heard.append(True)
    client.on_connect = lambda *arguments: client.subscribe(topics.EVERY_UP, qos=1)
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600
    client.connect(HOST, port, clean_start=True, properties=properties)
    while not heard:
        client.loop(1)
    client.disconnect()
    client.loop_misc()


def publish(port: int, messages: Sequence[Said]) -> None:
    """Publish messages with QoS 1, and return when the broker has taken all of them."""
    with connected(port) as link:
        for start in range(0, len(messages), AT_ONCE):
            some = messages[start : start + AT_ONCE]
            link.sendall(b"".join(publication(message, mid) for mid, message in enumerate(some, start=1)))
            take(link, 4 * len(some))


def connected(port: int) -> socket.socket:
    """Return a connection to the broker as a client that only publishes."""
    link = socket.create_connection((HOST, port))
    link.sendall(packet(0x10, b"\x00\x04MQTT\x04\x02\x00\x00" + text(b"crowd")))
    take(link, 4)
    return link


def publication(message: Said, mid: int) -> bytes:
    return packet(0x32, text(message.topic.encode()) + mid.to_bytes(2, "big") + message.payload)


def text(value: bytes) -> bytes:
    return len(value).to_bytes(2, "big") + value


def packet(kind: int, rest: bytes) -> bytes:
    """Return an MQTT packet: its kind, its length in sevens of bits, the rest."""
    length, written = len(rest), bytearray([kind])
    while True:
        length, low = length >> 7, length & 127
        written.append(low | (128 if length else 0))
        if not length:
            return bytes(written) + rest


def take(link: socket.socket, size: int) -> None:
    """Read so many bytes: what the broker acknowledges is always of one size."""
    while size:
        read = link.recv(size)
        assert read, "the broker hung up"
        size -= len(read)
