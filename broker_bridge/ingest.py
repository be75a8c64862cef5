"""Takes what devices said into the tables, in one transaction, and returns what to answer once that is committed.

1. Decode every message that one drain of the socket brought.
2. Let `intake` store what is new in it; what trips us is sought out and kept, and does not stop the rest.
3. Commit.
4. Answer: one ack for each journal.
"""

import gc
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from msgspec import structs

from broker_bridge import decoder, metrics
from broker_bridge.acks import Outgoing, Replies
from broker_bridge.database import alarms, rejected
from broker_bridge.database.connect import Connection, Unavailable, UnsafeDatabase, transaction
from broker_bridge.database.memory import forget
from broker_bridge.database.records import Said
from broker_bridge.intake import Decoded, Received, Refusal, take
from broker_bridge.logs import traced
from device.protocol.kinds import Refused
from device.protocol.messages import Message

log = structlog.get_logger()

RETAINED = "retained: no message of this contract is retained"
USELESS = "topic: this bridge takes no such message"
TAKEN = ("up/hello", "up/responses", "up/bye")


def ingest(connection: Connection, received: Iterable[Received], now_ms: int) -> list[Outgoing]:
    """Take all messages in one transaction; return the replies, to be published after it.

    Raises Unavailable when the database cannot take them now: then nothing of it is stored, and nothing
    may be acknowledged. A message that cannot be understood never stops the others.
    """
    with collecting_later():
        decoded = [(message, decode(message)) for message in received]
        try:
            with transaction(connection):
                replies = take_all(connection, decoded)
                committing_s = metrics.stopwatch()
        except BaseException:
            forget(connection)
            raise
        metrics.committed([said for _, said in decoded], replies, committing_s(), now_ms)
        return replies.outgoing(now_ms // 1000)


@contextmanager
def collecting_later() -> Iterator[None]:
    """Let Python look for cycles afterwards: an ingest makes a hundred thousand objects and no cycle, and looking
    takes a sixth of its time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def decode(received: Received) -> Message | Refusal:
    """Return what a message says, or why it is not taken."""
    if received.retained:
        return Refusal(received, RETAINED)
    try:
        message = decoder.decode(received.topic, received.payload)
    except Refused as refusal:
        return Refusal(received, refusal.reason)
    return message if message.name in TAKEN else Refusal(received, USELESS)


def take_all(connection: Connection, decoded: Sequence[Decoded]) -> Replies:
    """Take the messages together; should one of them trip us, take each by itself."""
    try:
        return apart(connection, decoded)
    except (Unavailable, UnsafeDatabase, MemoryError):
        raise
    except Exception:  # noqa: BLE001 - a mistake of ours; which message it concerns is found below
        replies = Replies()
        for message in decoded:
            replies.add(take_one(connection, message))
        return replies


def take_one(connection: Connection, decoded: Decoded) -> Replies:
    """Take one message, or what of it does not trip us."""
    taken = attempt(connection, decoded)
    return taken if isinstance(taken, Replies) else salvage(connection, *decoded, internal(taken))


def attempt(connection: Connection, decoded: Decoded) -> Replies | Exception:
    """Take one message, or return what tripped us, once those who watch us know of it."""
    try:
        return apart(connection, [decoded])
    except (Unavailable, UnsafeDatabase, MemoryError):
        raise
    except Exception as mistake:  # noqa: BLE001 - as said above
        log.error("internal mistake", topic=decoded[0].topic, **traced(mistake))  # noqa: TRY400 - without its text
        metrics.mistakes.inc()
        return mistake


def internal(mistake: Exception) -> str:
    """Return the reason under which something is kept that tripped us."""
    return rejected.INTERNAL + type(mistake).__name__


def salvage(connection: Connection, received: Received, said: Message | Refusal, reason: str) -> Replies:
    """Take a batch record by record; one that trips us holds its place, to be ingested when we are mended.

    What cannot even be kept in that way stays as a whole message, without an answer: a device that is refused would
    give its records up, and one that is not answered keeps them.
    """
    replies = Replies()
    done = []
    if isinstance(said, Message) and said.name == "up/responses":
        done = [taken_or_held(connection, received, said, record, replies) for record in said.fields["responses"]]
    if not done or not all(done):
        claim = rejected.keep(connection, received.topic, received.payload, reason, received.received_ms)
        alarms.alarm(connection, claim.device_id or "", alarms.INTERNAL, reason, received.received_ms)
        replies.rejected["message", metrics.cause(reason)] += 1
    return replies


def taken_or_held(connection: Connection, received: Received, said: Message, record: Said, replies: Replies) -> bool:
    """Take one record of a batch, or let it hold its place as rejected; tell whether either was possible."""
    taken = attempt(connection, (received, batch_of(said, record)))
    if not isinstance(taken, Replies):
        reason = internal(taken)
        taken = attempt(connection, (received, batch_of(said, structs.replace(record, reason=reason))))
        if not isinstance(taken, Replies):
            return False
        alarms.alarm(connection, said.device_id, alarms.INTERNAL, reason, received.received_ms)
    replies.add(taken)
    return True


def batch_of(said: Message, record: Said) -> Message:
    """Return a batch with one of its records."""
    return said._replace(fields=said.fields | {"responses": [record]})


def apart(connection: Connection, decoded: Sequence[Decoded]) -> Replies:
    """Take messages within a savepoint: should they trip us half-way, nothing of them stays."""
    connection.execute("SAVEPOINT messages")
    try:
        replies = take(connection, decoded)
    except (Unavailable, UnsafeDatabase, MemoryError):
        raise
    except BaseException:
        connection.execute("ROLLBACK TO SAVEPOINT messages")
        forget(connection)
        raise
    connection.execute("RELEASE SAVEPOINT messages")
    return replies
