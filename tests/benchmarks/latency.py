"""How long a message takes to be durable when they come at a steady rate: our bridge beside a commit a message."""

import multiprocessing
import select
import socket
import sqlite3
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from broker_bridge.settings import Settings
from broker_bridge.subscriber import Subscriber
from device.protocol import topics
from tests.benchmarks import candidates, workload
from tests.benchmarks.backlog import HOST, Broker, connected, publication
from tests.benchmarks.workload import Said

RATE_PER_S = 1_000
SHARE = 0.99

Durable = list[float]  # when each message was, in the order in which they were published
Take = Callable[[Event, Durable], None]


def bridge(broker: Broker, folder: Path, messages: Sequence[Said]) -> float:
    """Return the 99th percentile of the seconds until our bridge had committed."""
    url = str(folder / "hymio.db")
    workload.opened(url).close()
    subscriber = Subscriber(Settings(folder, broker.port, url))
    subscribed, ingested = subscriber.subscribed, subscriber.ingested

    def take(is_ready: Event, durable: Durable) -> None:
        def ready(*arguments: Any) -> None:
            subscribed(*arguments)
            is_ready.set()

        def timing(connection, received):
            replies = ingested(connection, received)
            durable.extend([time.monotonic()] * len(received))
            subscriber.stopping = len(durable) >= len(messages)
            return replies

        subscriber.client.on_subscribe, subscriber.ingested = ready, timing
        subscriber.run()

    return percentile(broker, messages, take)


def commit_a_message(broker: Broker, folder: Path, messages: Sequence[Said]) -> float:
    """Return the 99th percentile for a script that commits each message, to a write-ahead log with every sync."""
    database = candidates.naive_database(folder)
    database.execute("PRAGMA journal_mode = WAL")

    def take(is_ready: Event, durable: Durable) -> None:
        client = Client(CallbackAPIVersion.VERSION2, client_id="naive")
        client.on_connect = lambda *arguments: client.subscribe(topics.EVERY_UP, qos=1)
        client.on_subscribe = lambda *arguments: is_ready.set()
        client.on_message = lambda client, userdata, message: store(client, database, message, durable)
        client.connect(HOST, broker.port)
        client.loop_forever()

    def store(client: Client, database: sqlite3.Connection, message: Any, durable: Durable) -> None:
        candidates.commit(database, message)
        durable.append(time.monotonic())
        if len(durable) == len(messages):
            client.disconnect()

    return percentile(broker, messages, take)


def percentile(broker: Broker, messages: Sequence[Said], take: Take) -> float:
    """Publish from another process while something takes; one publisher and one taker keep the order."""
    is_ready, durable = multiprocessing.Event(), []
    sent = multiprocessing.Array("d", len(messages))
    publisher = multiprocessing.Process(target=publish, args=(broker.port, messages, is_ready, sent), daemon=True)
    publisher.start()
    take(is_ready, durable)
    publisher.join(10)
    waits = sorted(stored_s - sent_s for stored_s, sent_s in zip(durable, sent, strict=True))
    return waits[int(SHARE * len(waits))]


def publish(port: int, messages: Sequence[Said], is_ready: Event, sent: Any) -> None:
    """Publish each message when it is due, and note when that was."""
    with connected(port) as link:
        is_ready.wait(30)
        start_s = time.monotonic()
        for number, message in enumerate(messages):
            wait_until(link, start_s + number / RATE_PER_S)
            sent[number] = time.monotonic()
            link.sendall(publication(message, number % 60_000 + 1))
        wait_until(link, time.monotonic() + 1)


def wait_until(link: socket.socket, due_s: float) -> None:
    """Wait, reading what the broker acknowledges meanwhile."""
    while (left_s := due_s - time.monotonic()) > 0:
        if select.select([link], [], [], left_s)[0]:
            link.recv(65_536)
