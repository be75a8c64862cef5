"""The bridge of the product, killed without warning the n-th time that it passes a stage; or a wrong bridge.

`python dying_bridge.py STAGE N MARKER ...`: the marker file keeps it from dying a second time; the rest is what
`hymio bridge` takes.
"""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

from broker_bridge import notify
from broker_bridge.acks import Outgoing, ack
from broker_bridge.database.connection import Connection
from broker_bridge.database.sqlite import Sqlite
from broker_bridge.ingest import Received
from broker_bridge.subscriber import Pending, Subscriber
from device.protocol import messages
from hymio import main


class Fuse:
    """Kills this process the n-th time that it is passed, unless one was killed before."""

    def __init__(self, passes: int, marker: Path) -> None:
        self.left = passes
        self.marker = marker

    def __call__(self) -> None:
        self.left -= 1
        if self.left == 0 and not self.marker.exists():
            self.marker.touch()
            os.kill(os.getpid(), signal.SIGKILL)


def around(owner: Any, name: str, before: Callable[..., None], after: Callable[..., None]) -> None:
    """Let something be done before and after a function of the product."""
    real = getattr(owner, name)

    def passed(*arguments: Any, **named: Any) -> Any:
        before(*arguments)
        result = real(*arguments, **named)
        after(*arguments)
        return result

    setattr(owner, name, passed)


def nothing(*_: Any) -> None:
    """Do nothing."""


def of_responses(received: list[Received]) -> bool:
    return any(each.topic.endswith("up/responses") for each in received)


def on_commit(fuse: Fuse) -> Callable[..., None]:
    """Return what lights the fuse at the COMMIT of something written."""

    def light(connection: Connection, sql: str, *_: Any) -> None:
        if sql == "COMMIT" and connection.written:
            fuse()

    return light


def told(fuse: Fuse) -> Callable[..., None]:
    """Return what lights the fuse when the devices were told that their responses are stored."""

    def light(self: Subscriber, pending: Pending, *_: Any) -> None:
        if of_responses(pending.received):
            flush(self)
            fuse()

    return light


def flush(bridge: Subscriber) -> None:
    """Send what waits to be sent."""
    while bridge.client.want_write() or bridge.client.link.flush():
        bridge.client.loop_write()


def mark(connection: Connection, *_: Any) -> None:
    """Note that responses were written on this connection."""
    connection.written = True


def set_up(stage: str, fuse: Fuse) -> None:
    """Put the fuse where the stage is."""
    Connection.written = False
    around(Connection, "append", nothing, mark)
    if stage == "read":
        around(Pending, "add", lambda *_: fuse(), nothing)
    elif stage == "begun":
        around(Connection, "append", lambda *_: fuse(), nothing)
    elif stage == "inserted":
        around(Connection, "append", nothing, lambda *_: fuse())
    elif stage == "committing":
        around(Connection, "execute", on_commit(fuse), nothing)
    elif stage == "committed":
        around(Connection, "execute", nothing, on_commit(fuse))
    elif stage == "answered":
        around(Pending, "acknowledge", lambda *_: fuse(), nothing)
    elif stage == "acknowledged":
        around(Subscriber, "answer", nothing, told(fuse))
    elif stage == "unsynced":
        be_unsynced()
        around(Subscriber, "answer", nothing, told(fuse))
    elif stage.startswith("hung"):
        around(Connection, "append", lambda *_: hang(fuse), nothing)
        if stage == "hung and fed by a thread":
            Thread(target=feed, daemon=True).start()
    elif stage == "hasty":
        if not fuse.marker.exists():
            be_hasty(fuse)
    else:
        sys.exit(f"no stage {stage}")


STAGES = ("read", "begun", "inserted", "committing", "committed", "answered", "acknowledged")


def hang(fuse: Fuse) -> None:
    """Do nothing for longer than any test waits."""
    fuse.marker.touch()
    time.sleep(600)


def feed() -> None:
    """Be the wrong bridge: tell the service manager that all is well, whatever the loop does."""
    while True:
        notify.tell(notify.ALIVE)
        time.sleep(0.1)


def be_hasty(fuse: Fuse) -> None:
    """Be the wrong bridge: tell the devices and the broker first, then die before anything is stored."""

    def drained(self: Subscriber) -> Pending:
        pending = real(self)
        if of_responses(pending.received):
            self.answer(pending, [promise(each) for each in pending.received if of_responses([each])])
            flush(self)
            fuse()
        return pending

    real = Subscriber.drain
    Subscriber.drain = drained


def be_unsynced() -> None:
    """Be the wrong bridge: let commits wait for no disk."""
    real = Sqlite.prepare

    def prepared(self: Sqlite) -> None:
        real(self)
        self.execute("PRAGMA synchronous = NORMAL")

    Sqlite.prepare = prepared
    Sqlite.check_durability = nothing


def promise(received: Received) -> Outgoing:
    """Return the ack of a batch that nobody has stored."""
    message = messages.decode(received.topic, received.payload)
    return ack(str(message.device_id), message.fields["epoch"], message.fields["responses"][-1].seq, 1_795_325_101)


if __name__ == "__main__":
    set_up(sys.argv[1], Fuse(int(sys.argv[2]), Path(sys.argv[3])))
    main(["bridge", *sys.argv[4:]])
