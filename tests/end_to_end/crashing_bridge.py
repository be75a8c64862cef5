"""The bridge of the product, killed once at a chosen point of its first batch of responses; or a wrong bridge.

`python crashing_bridge.py POINT MARKER DATA MQTT_PORT`: the marker file keeps it from dying a second time.
"""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

from broker_bridge import ingest, subscriber
from broker_bridge.settings import Settings
from broker_bridge.subscriber import Subscriber
from device.protocol import messages, topics

MARKER = Path(sys.argv[2])


def die_once() -> None:
    """Kill this process without warning, but only the first time."""
    if not MARKER.exists():
        MARKER.touch()
        os.kill(os.getpid(), signal.SIGKILL)


def has_responses(subscribed: Subscriber) -> bool:
    return any(received.topic.endswith("up/responses") for _, received in subscribed.pending)


def during_commit(change: Callable[[], None]) -> None:
    """Apply a change to the bridge when its first responses are about to be committed."""
    commit = Subscriber.commit

    def changed(self: Subscriber) -> None:
        if has_responses(self):
            change()
        commit(self)

    Subscriber.commit = changed


def before_commit() -> None:
    """Die with the rows inserted and the transaction open."""
    transaction = ingest.transaction

    @contextmanager
    def cut_short(connection):
        with transaction(connection) as opened:
            yield opened
            die_once()

    ingest.transaction = cut_short


def after_commit() -> None:
    """Die with the rows committed and nobody told."""
    take = subscriber.ingest

    def taken(*arguments):
        replies = take(*arguments)
        die_once()
        return replies

    subscriber.ingest = taken


def after_ack() -> None:
    """Die when device and broker have been told."""
    answer = Subscriber.answer

    def answered(self: Subscriber, *arguments) -> None:
        answer(self, *arguments)
        while self.client.want_write():
            self.client.loop_write()
        die_once()

    Subscriber.answer = answered


def ack_before_commit() -> None:
    """Be the wrong bridge: tell device and broker first, then die before anything is stored."""
    commit = Subscriber.commit

    def hasty(self: Subscriber) -> None:
        if has_responses(self) and not MARKER.exists():
            self.answer([ack(received) for _, received in self.pending if received.topic.endswith("up/responses")])
            while self.client.want_write():
                self.client.loop_write()
            die_once()
        commit(self)

    Subscriber.commit = hasty


def ack(received: ingest.Received) -> ingest.Outgoing:
    message = messages.decode(received.topic, received.payload)
    stored = {"epoch": message.fields["epoch"], "seq": message.fields["responses"][-1].seq, "now": 1795325101}
    topic = topics.topic(message.device_id, "down/ack")
    return ingest.Outgoing(topic, messages.encode("down/ack", stored))


POINTS = {"before_commit": before_commit, "after_commit": after_commit, "after_ack": after_ack}

if __name__ == "__main__":
    if sys.argv[1] == "ack_before_commit":
        ack_before_commit()
    else:
        during_commit(POINTS[sys.argv[1]])
    subscriber.run(Settings(Path(sys.argv[3]), int(sys.argv[4])))
