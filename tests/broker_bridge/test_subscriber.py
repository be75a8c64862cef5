"""The bridge on a real broker: it acknowledges what is committed, and waits for what is away."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from broker_bridge.database.connect import Connection
from broker_bridge.settings import Settings
from broker_bridge.subscriber import Subscriber
from device.protocol import messages, topics
from tests.broker_bridge.conftest import BOX, EPOCH, Listen, press
from tests.broker_bridge.listener import Listener, wait_until

DOWN = topics.every_down(BOX)


@pytest.fixture
def bridge(connection: Connection, port: int, tmp_path: Path) -> Iterator[Subscriber]:
    """Give a bridge that is subscribed, in a thread of its own."""
    bridge = Subscriber(Settings(tmp_path, port), connection)
    thread = Thread(target=bridge.run)
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
    bridge: Subscriber, listen: Listen, tmp_path: Path
) -> None:
    bridge.connection.execute("PRAGMA busy_timeout = 50")
    box = listen(BOX, DOWN)
    other = sqlite3.connect(tmp_path / "hymio.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    box.say(topics.topic(BOX, "up/responses"), batch(1, 2))
    wait_until(lambda: not bridge.settings.ready_file.exists())
    heard_while_locked = list(box.heard)
    other.execute("ROLLBACK")
    other.close()

    assert heard_while_locked == []
    wait_until(lambda: box.heard)
    assert acked(box) == [2]


def test_messages_sent_while_the_bridge_is_away_are_taken_when_it_is_back(
    bridge: Subscriber, listen: Listen, connection: Connection, tmp_path: Path
) -> None:
    box = listen(BOX, DOWN)
    bridge.stop(0, None)
    wait_until(lambda: not bridge.settings.ready_file.exists())

    for seq in range(1, 6):
        box.say(topics.topic(BOX, "up/responses"), batch(seq))
    successor = Subscriber(bridge.settings, connection)
    thread = Thread(target=successor.run)
    thread.start()
    wait_until(lambda: box.heard and acked(box)[-1] == 5)
    successor.stop(0, None)
    thread.join(20)

    assert connection.execute("SELECT count(*) FROM responses").fetchone()[0] == 5


class Unlucky(Subscriber):
    """A bridge whose every attempt fails, some of them after something was answered."""

    answering = iter([False, False, True, False])

    def attempt(self) -> str:
        answered = next(self.answering, None)
        self.stopping = answered is None
        self.answered = bool(answered)
        return "broker away"


def test_the_wait_grows_until_something_was_answered(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited: list[float] = []
    monkeypatch.setattr("broker_bridge.subscriber.time.sleep", waited.append)

    Unlucky(Settings(tmp_path, 1), connection).run()

    assert waited == [0.2, 0.4, 0.2, 0.4, 0]
