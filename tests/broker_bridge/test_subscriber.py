"""The bridge on a real broker: it acknowledges what is committed, and waits for what is away."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from broker_bridge.acks import Outgoing
from broker_bridge.buffered import Buffered
from broker_bridge.database.connect import Connection
from broker_bridge.settings import Settings
from broker_bridge.subscriber import MOST_BYTES, Pending, Subscriber
from device.protocol import messages, topics
from tests.broker_bridge.conftest import BOX, EPOCH, Listen, do_not_wait, locked, press
from tests.broker_bridge.database import rollup_model
from tests.broker_bridge.listener import Listener, wait_until
from tests.broker_bridge.test_buffered import Silent

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
    thread.join(60)


def batch(*seqs: int) -> bytes:
    fields = {"epoch": EPOCH, "boot": 1, "uptime_s": 100, "responses": [press(seq) for seq in seqs]}
    return messages.encode("up/responses", fields)


def acked(box: Listener) -> list[int]:
    heard = [messages.decode(*each) for each in zip(box.heard, box.payloads, strict=True)]
    return [each.fields["seq"] for each in heard if each.name == "down/ack"]


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
    wait_until(lambda: acked(box)[-1:] == [5])
    successor.stop(0, None)
    thread.join(60)

    assert connection.execute("SELECT count(*) FROM responses").fetchone()[0] == 5


def test_two_bridges_share_the_devices_and_store_everything_once(
    connection: Connection, database: str, port: int, tmp_path: Path, listen: Listen
) -> None:
    bridges = [Subscriber(Settings(tmp_path, port, database, name)) for name in ("one", "two")]
    threads = [Thread(target=bridge.run, daemon=True) for bridge in bridges]
    taken = [count_taken(bridge) for bridge in bridges]
    for bridge, thread in zip(bridges, threads, strict=True):
        thread.start()
        wait_until(bridge.settings.ready_file.exists)
    box = listen(BOX, DOWN)

    for seq in range(1, 101):
        box.client.publish(topics.topic(BOX, "up/responses"), batch(seq, seq + 1), qos=1)
    wait_until(lambda: duplicates(connection) == 99)
    wait_until(lambda: 101 in acked(box))
    for bridge, thread in zip(bridges, threads, strict=True):
        bridge.stop(0, None)
        thread.join(60)

    assert connection.execute("SELECT count(*) FROM responses").fetchone()[0] == 101
    assert rollup_model.kept(connection) == rollup_model.expected(connection)
    assert all(sum(each) > 0 for each in taken)


def duplicates(connection: Connection) -> int:
    return int(connection.execute("SELECT coalesce(sum(duplicates), 0) FROM journals").fetchone()[0])


def count_taken(bridge: Subscriber) -> list[int]:
    """Return a list to which the bridge adds how many messages it answered at a time."""
    taken: list[int] = []
    answer = bridge.answer

    def counting(pending: Pending, replies: list[Outgoing]) -> None:
        taken.append(len(pending.received))
        answer(pending, replies)

    bridge.answer = counting  # type: ignore[method-assign]
    return taken


def test_a_message_of_an_old_connection_is_not_acknowledged_on_the_new_one() -> None:
    old, new = Buffered(Silent()), Buffered(Silent())
    pending = Pending(old)
    pending.mids = [7]

    pending.acknowledge()

    assert (bytes(old.unsent), bytes(new.unsent)) == (b"\x40\x02\x00\x07", b"")


def test_a_drain_ends_at_its_limits() -> None:
    pending = Pending(Buffered(Silent()))
    pending.size = MOST_BYTES - 1

    before, pending.size = pending.is_full(), MOST_BYTES

    assert (before, pending.is_full()) == (False, True)
