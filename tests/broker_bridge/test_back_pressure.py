"""A bridge that is slower than its broker holds one transaction's worth, and leaves the rest where it is."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from broker_bridge.acks import Outgoing
from broker_bridge.buffered import LARGEST_READ, Buffered
from broker_bridge.database.connect import Connection
from broker_bridge.ingest import Received
from broker_bridge.settings import Settings
from broker_bridge.subscriber import MOST_AT_ONCE, MOST_BYTES, MOST_UNANSWERED, Pending, Subscriber
from device.protocol import messages, topics
from tests.broker_bridge.conftest import BOX, EPOCH, Listen, press
from tests.broker_bridge.listener import wait_until
from tests.broker_bridge.test_buffered import Silent

ENOUGH_READS = 40  # ten megabytes
TOPIC = topics.topic(BOX, "up/responses").encode()


class Flood:
    """A connection on which messages of one size come without end, as fast as one reads."""

    def __init__(self, payload: bytes) -> None:
        self.reading, self.writing = os.pipe()
        os.write(self.writing, b"there is always something")
        rest = len(TOPIC).to_bytes(2, "big") + TOPIC + b"\x00\x01" + b"\x00" + payload
        packet = bytes([0x32, len(rest) & 127 | 128, len(rest) >> 7]) + rest
        self.packets = packet * (LARGEST_READ // len(packet))
        self.reads = 0

    def recv(self, size: int) -> bytes:
        self.reads += 1
        assert self.reads < ENOUGH_READS, "it reads without end"
        return self.packets

    def send(self, data: bytes | bytearray) -> int:
        raise BlockingIOError

    def fileno(self) -> int:
        return self.reading

    def close(self) -> None:
        os.close(self.reading)
        os.close(self.writing)

    def setblocking(self, flag: bool) -> None:
        return


def drained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, payload: bytes) -> Pending:
    """Return what a bridge takes at once of a flood."""
    flood = Flood(payload)
    link = Buffered(flood)
    bridge = Subscriber(Settings(tmp_path, 1))
    monkeypatch.setattr(bridge, "link", lambda: link)
    try:
        return bridge.drain()
    finally:
        flood.close()


@pytest.mark.parametrize("size", [200, 8_000])
def test_of_a_flood_one_transactions_worth_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, size: int) -> None:
    pending = drained(monkeypatch, tmp_path, b"x" * size)

    one_read = LARGEST_READ // size
    assert len(pending.received) <= MOST_AT_ONCE + one_read
    assert pending.size <= MOST_BYTES + LARGEST_READ


def test_a_bridge_that_takes_all_that_there_is_is_caught(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Pending, "is_full", lambda pending: False)

    with pytest.raises(AssertionError, match="without end"):
        drained(monkeypatch, tmp_path, b"x" * 8_000)


class Deaf:
    """A connection by which much comes, and whose other end reads nothing of what we say."""

    def __init__(self) -> None:
        self.ours, self.theirs = socket.socketpair()
        self.ours.setblocking(False)
        self.ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4_096)
        self.theirs.sendall(b"\xd0\x00")


@pytest.fixture
def deaf() -> Iterator[Deaf]:
    pair = Deaf()
    yield pair
    pair.ours.close()
    pair.theirs.close()


@pytest.mark.parametrize(("unsent", "is_read"), [(0, True), (2 * MOST_BYTES, False)])
def test_a_broker_that_does_not_listen_is_not_listened_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, deaf: Deaf, unsent: int, is_read: bool
) -> None:
    link = Buffered(deaf.ours)
    link.send(b"x" * unsent)
    bridge = Subscriber(Settings(tmp_path, 1))
    monkeypatch.setattr(bridge, "take", lambda pending: None)

    came = bridge.read(Pending(link), 0)

    assert came is is_read


def test_replies_that_nobody_acknowledges_are_kept_up_to_a_limit(tmp_path: Path) -> None:
    bridge = Subscriber(Settings(tmp_path, 1))
    replies = [Outgoing(f"hymio/v1/box-{number:05d}/down/ack", b"{}") for number in range(MOST_AT_ONCE)]

    for _ in range(12):
        bridge.answer(Pending(Buffered(Silent())), replies)

    assert len(bridge.client._out_messages) == MOST_UNANSWERED


def test_while_it_is_at_work_a_bridge_reads_nothing_and_afterwards_everything(
    listen: Listen, connection: Connection, database: str, port: int, tmp_path: Path
) -> None:
    bridge, may_go_on, sizes = Subscriber(Settings(tmp_path, port, database)), Event(), []
    ingested = bridge.ingested

    def slowly(connection: Connection, received: list[Received]) -> list[Outgoing]:
        sizes.append(sum(len(message.payload) for message in received))
        assert may_go_on.wait(60)
        return ingested(connection, received)

    bridge.ingested = slowly  # type: ignore[method-assign]
    thread = Thread(target=bridge.run, daemon=True)
    thread.start()
    wait_until(bridge.settings.ready_file.exists)
    box = listen(BOX, topics.every_down(BOX))
    for first in range(1, 6_001, 20):
        box.client.publish(TOPIC.decode(), batch(first), qos=1)
    wait_until(lambda: sizes and not box.client.want_write())
    held = len(bridge.link().received) - bridge.link().place

    may_go_on.set()
    wait_until(lambda: connection.execute("SELECT count(*) FROM responses").fetchone()[0] == 6_000)
    bridge.stop(0, None)
    thread.join(30)

    assert held <= LARGEST_READ
    assert max(sizes) <= MOST_BYTES + LARGEST_READ


def batch(first: int) -> bytes:
    responses = [press(seq) for seq in range(first, first + 20)]
    return messages.encode("up/responses", {"epoch": EPOCH, "boot": 1, "uptime_s": 100, "responses": responses})
