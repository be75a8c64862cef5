"""Stores a record under its identity (device, epoch, seq), once; other content under it is quarantined."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from broker_bridge.database import answers
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.moments import Moment, moment
from device.protocol import canonical
from device.protocol.kinds import Refused
from device.protocol.messages import SURVEY, Record, content

NEW = "new"
DUPLICATE = "duplicate"
CONFLICT = "conflict"


@dataclass(frozen=True)
class Sender:
    """Whose records these are, and when they came."""

    device_id: str
    epoch: str
    channel: str
    received_ms: int

    def key(self, seq: int) -> dict[str, Any]:
        """Return the identity of one of this sender's records."""
        return {"device_id": self.device_id, "epoch": self.epoch, "seq": seq}


def content_hash(record: dict[str, Any]) -> str:
    """Return the SHA-256, in hex, of a record's canonical content."""
    return hashlib.sha256(canonical.dumps(content(record)).encode()).hexdigest()


def store(connection: Connection, sender: Sender, record: Record) -> str:
    """Store a record unless its identity is known; return NEW, DUPLICATE or CONFLICT.

    A record that is bad by its schema or its survey holds its place as `rejected`, with the reason and what came.
    """
    hashed = content_hash(record.given)
    known = connection.execute(
        "SELECT hash FROM responses WHERE device_id = :device_id AND epoch = :epoch AND seq = :seq",
        sender.key(record.seq),
    ).fetchone()
    if known:
        return DUPLICATE if known["hash"] == hashed else quarantine(connection, sender, record, hashed)
    insert(connection, sender, record, hashed)
    return NEW


def insert(connection: Connection, sender: Sender, record: Record, hashed: str) -> None:
    """Insert a record that was never seen, with its answers, or as rejected."""
    row = sender.key(record.seq) | {
        "hash": hashed,
        "channel": sender.channel,
        "received_ms": sender.received_ms,
    }
    if record.content is None:
        insert_row(connection, row | rejected_row(record.given, record.reason))
        return
    try:
        given = answers.checked(connection, record.content) if asks(record.content) else []
    except Invalid as invalid:
        insert_row(connection, row | rejected_row(record.given, str(invalid)))
        return
    response_id = insert_row(connection, row | accepted_row(connection, sender, record))
    answers.insert(connection, response_id, given)


def asks(said: dict[str, Any]) -> bool:
    """Tell whether a record's content answers questions, and so needs its survey to be understood."""
    return "answers" in said or "counters" in said


def rejected_row(given: dict[str, Any], reason: str | None) -> dict[str, Any]:
    """Return the columns of a record that is kept as rejected."""
    return {
        "kind": "rejected",
        "reason": reason,
        "content": json.dumps(given),
        "survey": named_survey(given),
    }


def named_survey(given: dict[str, Any]) -> str | None:
    """Return the survey version that a record names, so that it can be found again when the survey comes."""
    try:
        SURVEY.check(given.get("survey"), "survey")
    except Refused:
        return None
    return str(given["survey"])


def accepted_row(connection: Connection, sender: Sender, record: Record) -> dict[str, Any]:
    """Return the columns of a record that the contract and its survey allow."""
    said = record.content
    if "lost" in said:
        return {"kind": "lost", "reason": said["lost"]}
    at = moment(connection, sender.device_id, sender.epoch, said, sender.received_ms)
    return moment_columns(at) | {
        "kind": next(kind for field, kind in KINDS.items() if field in said),
        "boot": said["boot"],
        "uptime_s": said["uptime_s"],
        "device_at": said["at"],
        "survey": said.get("survey"),
        "language": said.get("language"),
        "flags": ",".join(said.get("flags", [])),
        "undoes": said.get("undoes"),
        "n": answers.visitors(said),
    }


KINDS = {"answers": "response", "undoes": "undo", "counters": "counters"}


def moment_columns(at: Moment) -> dict[str, Any]:
    """Return the columns of a moment."""
    return {
        "at_ms": at.at_ms,
        "earliest_ms": at.earliest_ms,
        "latest_ms": at.latest_ms,
        "time_quality": at.quality,
    }


COLUMNS = (
    *("device_id", "epoch", "seq", "hash", "kind", "reason", "content", "boot", "uptime_s", "device_at"),
    *("at_ms", "earliest_ms", "latest_ms", "time_quality", "received_ms", "survey", "language", "channel"),
    *("flags", "undoes", "n"),
)
DEFAULTS: dict[str, Any] = dict.fromkeys(COLUMNS) | {"flags": "", "n": 1}

# An undo record may come before the response it undoes (they can travel in different batches), or after it.
INSERT = f"""
INSERT INTO responses ({", ".join(COLUMNS)}, undone)
VALUES ({", ".join(":" + column for column in COLUMNS)}, (
    SELECT count(*) FROM (
        SELECT 1 FROM responses WHERE device_id = :device_id AND epoch = :epoch AND undoes = :seq LIMIT 1) AS undoing))
RETURNING id
"""


def insert_row(connection: Connection, row: dict[str, Any]) -> int:
    """Insert one row of `responses` and return its id; a response that it undoes is marked."""
    values = DEFAULTS | row
    response_id = int(connection.execute(INSERT, values).fetchone()["id"])
    if values["undoes"] is not None:
        connection.execute(
            "UPDATE responses SET undone = 1 WHERE device_id = :device_id AND epoch = :epoch AND seq = :undoes", values
        )
    return response_id


def quarantine(connection: Connection, sender: Sender, record: Record, hashed: str) -> str:
    """Keep a record whose identity is taken by other content; the first stays counted. Return CONFLICT, or DUPLICATE
    when this very record was quarantined before."""
    kept = connection.execute(
        """INSERT INTO quarantine (device_id, epoch, seq, hash, content, received_ms)
           VALUES (:device_id, :epoch, :seq, :hash, :content, :received_ms)
           ON CONFLICT (device_id, epoch, seq, hash) DO NOTHING RETURNING id""",
        sender.key(record.seq)
        | {"hash": hashed, "content": json.dumps(record.given), "received_ms": sender.received_ms},
    ).fetchone()
    return CONFLICT if kept else DUPLICATE


def stored(connection: Connection) -> Iterator[Row]:
    """Yield every row of `responses` in the order of its identity, for whoever checks what is stored."""
    yield from connection.execute("SELECT * FROM responses ORDER BY device_id, epoch, seq")
