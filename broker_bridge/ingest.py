"""Takes what devices said into the tables, in one transaction, and returns what to answer once that is committed."""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from broker_bridge.database import alarms, device_settings, journals, moments, rejected, responses
from broker_bridge.database.attachment import attach, last_response_id
from broker_bridge.database.connect import Connection, Row, transaction
from device.protocol import messages, topics
from device.protocol.kinds import Refused

RETAINED = "retained: no message of this contract is retained"


@dataclass(frozen=True)
class Received:
    """A message as the broker delivered it."""

    topic: str
    payload: bytes
    retained: bool
    received_ms: int


@dataclass(frozen=True)
class Outgoing:
    """A message to publish, after the commit and not before."""

    topic: str
    payload: bytes


@dataclass
class Replies:
    """What is to be answered: one ack for each journal that was heard, and whatever else is due."""

    acks: dict[tuple[str, str], int] = field(default_factory=dict)
    others: list[Outgoing] = field(default_factory=list)

    def say(self, device_id: str, name: str, fields: dict[str, Any]) -> None:
        """Add a message for a device."""
        self.others.append(Outgoing(topics.topic(device_id, name), messages.encode(name, fields)))

    def outgoing(self, now_s: int) -> list[Outgoing]:
        """Return all replies; acks come first, so that a device knows the time before its settings."""
        acks = [
            Outgoing(
                topics.topic(device_id, "down/ack"),
                messages.encode("down/ack", {"epoch": epoch, "seq": seq, "now": now_s}),
            )
            for (device_id, epoch), seq in self.acks.items()
        ]
        return acks + self.others


def ingest(connection: Connection, received: Iterable[Received], now_ms: int) -> list[Outgoing]:
    """Take all messages in one transaction; return the replies, to be published after it.

    Raises sqlite3.DatabaseError when the database cannot take them now: then nothing of it is stored, and nothing
    may be acknowledged. A message that cannot be understood never stops the others.
    """
    replies = Replies()
    with transaction(connection):
        for message in received:
            take_apart_from_others(connection, message, replies)
        for device_id, epoch in replies.acks:
            replies.acks[device_id, epoch] = journals.advance(connection, device_id, epoch)
    return replies.outgoing(now_ms // 1000)


def take_apart_from_others(connection: Connection, message: Received, replies: Replies) -> None:
    """Take one message within a savepoint: should it be refused half-way, nothing of it stays but the refusal."""
    connection.execute("SAVEPOINT message")
    try:
        take(connection, message, replies)
    except Refused as refusal:
        connection.execute("ROLLBACK TO message")
        refuse(connection, message, refusal.reason, replies)
    except Exception as mistake:
        if not of_ours(mistake):
            raise
        connection.execute("ROLLBACK TO message")
        refuse(connection, message, f"internal: {type(mistake).__name__}", replies)
    connection.execute("RELEASE message")


def of_ours(mistake: Exception) -> bool:
    """Tell whether a mistake in our code spoiled a message, which then is kept, and not a machine that gives way.

    A damaged database raises the bare DatabaseError. Were its messages refused, the boxes would set them aside.
    """
    away = isinstance(mistake, sqlite3.OperationalError | sqlite3.InternalError | MemoryError)
    return not away and type(mistake) is not sqlite3.DatabaseError


def take(connection: Connection, message: Received, replies: Replies) -> None:
    """Take one message; raise Refused when it cannot be understood or its sender is not known."""
    if message.retained:
        raise Refused(RETAINED)
    decoded = messages.decode(message.topic, message.payload)
    device = known_device(connection, decoded.device_id)
    if device is None:
        raise Refused("device: unknown or revoked")
    TAKERS.get(decoded.name, take_nothing)(connection, device, decoded.fields, message.received_ms, replies)


def known_device(connection: Connection, device_id: str | None) -> Row | None:
    """Return the device if it is registered and not revoked."""
    device = journals.device(connection, device_id) if device_id else None
    return device if device and device["status"] == "registered" else None


def take_hello(connection: Connection, device: Row, hello: dict[str, Any], received_ms: int, replies: Replies) -> None:
    """Note the device's last word; answer with an ack, and with settings when it runs others than it should."""
    device_id = device["device_id"]
    journals.heard(connection, device_id, hello["epoch"], hello["next_seq"], received_ms)
    journals.note_hello(connection, device_id, hello)
    moments.anchor(connection, device_id, hello["epoch"], hello, received_ms)
    moments.narrow(connection, device_id, hello["epoch"])
    settings = device_settings.due(connection, device, hello.get("settings"))
    if settings:
        replies.say(device_id, "down/settings", settings)
    replies.acks[device_id, hello["epoch"]] = 0


def take_batch(connection: Connection, device: Row, batch: dict[str, Any], received_ms: int, replies: Replies) -> None:
    """Store the records of a batch, and attach them; the ack will say how far the journal is accounted for."""
    device_id, epoch, records = device["device_id"], batch["epoch"], batch["responses"]
    highest_seq = max((record.seq for record in records), default=0)
    journals.heard(connection, device_id, epoch, highest_seq + 1, received_ms)
    moments.anchor(connection, device_id, epoch, batch, received_ms)
    before = last_response_id(connection)
    sender = responses.Sender(device_id, epoch, device["channel"], received_ms)
    outcomes = [responses.store(connection, sender, record) for record in records]
    moments.narrow(connection, device_id, epoch)
    attach(connection, before)
    report(connection, sender, outcomes)
    replies.acks[device_id, epoch] = 0


def report(connection: Connection, sender: responses.Sender, outcomes: list[str]) -> None:
    """Count duplicates and conflicts; a conflict is alarmed."""
    duplicates, conflicts = outcomes.count(responses.DUPLICATE), outcomes.count(responses.CONFLICT)
    if duplicates or conflicts:
        journals.count(connection, sender.device_id, sender.epoch, duplicates, conflicts)
    if conflicts:
        reason = f"{conflicts} records of epoch {sender.epoch} differ from what is stored under their numbers"
        alarms.alarm(connection, sender.device_id, alarms.CONFLICT, reason, sender.received_ms)


def take_bye(connection: Connection, device: Row, bye: dict[str, Any], received_ms: int, replies: Replies) -> None:
    """Note why a device went offline."""
    journals.note_bye(connection, device["device_id"], bye["epoch"], bye["reason"])


def take_nothing(
    connection: Connection, device: Row, fields: dict[str, Any], received_ms: int, replies: Replies
) -> None:
    """Refuse a message that is well formed but that nobody here has use for."""
    raise Refused("topic: this bridge takes no such message")


Taker = Callable[[Connection, Row, dict[str, Any], int, Replies], None]
TAKERS: dict[str, Taker] = {"up/hello": take_hello, "up/responses": take_batch, "up/bye": take_bye}


def refuse(connection: Connection, message: Received, reason: str, replies: Replies) -> None:
    """Keep a message as rejected and raise an alarm; tell the device why, unless nobody knows it."""
    claim = rejected.keep(connection, message.topic, message.payload, reason, message.received_ms)
    known = known_device(connection, claim.device_id)
    kind = alarms.REFUSED if known else alarms.UNKNOWN_DEVICE
    alarms.alarm(connection, claim.device_id or "", kind, reason, message.received_ms)
    if known and claim.device_id:
        replies.say(claim.device_id, "down/refused", {"epoch": claim.epoch, "reason": reason})
