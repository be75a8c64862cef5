"""The bridge on a real broker: it acknowledges what is committed, and waits for what is away."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from broker_bridge.database.connect import Connection
from broker_bridge.settings import Settings
from broker_bridge.subscriber import Subscriber
from device.protocol import messages, topics
from tests.broker_bridge.conftest import BOX, EPOCH, Listen, do_not_wait, locked, press
from tests.broker_bridge.listener import Listener, wait_until

DOWN = topics.every_down(BOX)


@pytest.fixture
def bridge(connection: Connection, database: str, port: int, tmp_path: Path) -> Iterator[Subscriber]:
    """Give a bridge that is subscribed, in a thread of its own."""
    bridge = Subscriber(Settings(tmp_path, port, database))
    thread = Thread(target=bridge.run, daemon=True)
    thread.start()
    wait_until(bridge.settings.ready_file.exists)
    yield bridge
    bridge.stop(0, None)
    thread.join(20)


def batch(*seqs: int) -> bytes:
    fields = {"epoch": EPOCH, "boot": 1, "uptime_s": 100, "responses": [press(seq) for seq in seqs]}
    return messages.encode("up/responses", fields)


def acked(box: Listener) -> list[int]:
    return [messages.decode(*heard).fields["seq"] for heard in zip(box.heard, box.payloads, strict=True)]


@pytest.mark.usefixtures("bridge")
def test_a_batch_is_answered_with_an_ack_once_it_is_stored(listen: Listen, connection: Connection) -> None:
    box = listen(BOX, DOWN)

    box.say(topics.topic(BOX, "up/responses"), batch(1, 2))

    wait_until(lambda: box.heard)
    assert acked(box) == [2]
    assert connection.execute("SELECT count(*) FROM responses").fetchone()[0] == 2


def test_nothing_is_acknowledged_while_the_database_is_locked_and_everything_after(
    bridge: Subscriber, listen: Listen, database: str
) -> None:
    do_not_wait(bridge.connection)
    box = listen(BOX, DOWN)

    with locked(database):
        box.say(topics.topic(BOX, "up/responses"), batch(1, 2))
        wait_until(lambda: not bridge.settings.ready_file.exists())
        heard_while_locked = list(box.heard)

    assert heard_while_locked == []
    wait_until(lambda: box.heard)
    assert acked(box) == [2]


def test_messages_sent_while_the_bridge_is_away_are_taken_when_it_is_back(
    bridge: Subscriber, listen: Listen, connection: Connection
) -> None:
    box = listen(BOX, DOWN)
    bridge.stop(0, None)
    wait_until(lambda: not bridge.settings.ready_file.exists())

    for seq in range(1, 6):
        box.say(topics.topic(BOX, "up/responses"), batch(seq))
    successor = Subscriber(bridge.settings)
    thread = Thread(target=successor.run, daemon=True)
    thread.start()
    wait_until(lambda: box.heard and acked(box)[-1] == 5)
    successor.stop(0, None)
    thread.join(20)

    assert connection.execute("SELECT count(*) FROM responses").fetchone()[0] == 5
