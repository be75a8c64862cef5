"""Keeps whole messages that cannot be taken, with the reason, in a bounded number."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.connect import Connection, Row
from device.protocol import messages, topics
from device.protocol.kinds import Refused

INTERNAL = "internal: "  # begins the reason of what tripped the bridge itself
KEPT_BYTES = 16 * 1024
KEPT_PER_DEVICE = 1_000
KEPT_IN_ALL = 20_000


@dataclass(frozen=True)
class Claim:
    """What a message says of its sender, as far as it can be read."""

    device_id: str | None
    epoch: str | None


def claim(topic: str, payload: bytes) -> Claim:
    """Return what can be read of the sender of a message that is otherwise unreadable."""
    return Claim(claimed_device(topic), claimed_epoch(payload))


def claimed_device(topic: str) -> str | None:
    """Return the device of a topic, None when it names none."""
    try:
        return topics.split(topic)[0]
    except Refused:
        return None


def claimed_epoch(payload: bytes) -> str | None:
    """Return the epoch of a payload, None when it has no readable one."""
    try:
        epoch = json.loads(payload[: messages.LARGEST_PAYLOAD])["epoch"]
        messages.EPOCH.check(epoch, "epoch")
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    return str(epoch)


def keep(connection: Connection, topic: str, payload: bytes, reason: str, received_ms: int) -> Claim:
    """Keep a message with the reason why it was not taken; the oldest of the device, and of all, make room."""
    said = claim(topic, payload)
    connection.execute(
        """INSERT INTO rejected_messages (device_id, epoch, topic, payload, reason, received_ms)
           VALUES (:device_id, :epoch, :topic, :payload, :reason, :received_ms)""",
        {
            "device_id": said.device_id,
            "epoch": said.epoch,
            "topic": topic.replace("\0", "\ufffd"),  # no broker should pass it on, and PostgreSQL has no room for it
            "payload": payload[:KEPT_BYTES],
            "reason": reason,
            "received_ms": received_ms,
        },
    )
    make_room(connection, said.device_id)
    return said


def make_room(connection: Connection, device_id: str | None) -> None:
    """Forget the oldest messages beyond the limits."""
    connection.execute(
        """DELETE FROM rejected_messages WHERE device_id = :device_id AND id <= (
               SELECT id FROM rejected_messages WHERE device_id = :device_id
               ORDER BY id DESC LIMIT 1 OFFSET :most)""",
        {"device_id": device_id, "most": KEPT_PER_DEVICE},
    )
    connection.execute(
        "DELETE FROM rejected_messages WHERE id <= (SELECT max(id) FROM rejected_messages) - :most",
        {"most": KEPT_IN_ALL},
    )


SUMMARY = """
SELECT device_id, 'message' AS what, reason,
       count(*) AS times, min(received_ms) AS first_ms, max(received_ms) AS last_ms
FROM rejected_messages GROUP BY device_id, reason
UNION ALL
SELECT device_id, 'record', reason, count(*), min(received_ms), max(received_ms)
FROM responses WHERE kind IN ('lost', 'rejected') AND kind = 'rejected' GROUP BY device_id, reason
ORDER BY 6 DESC, 1, 2, 3
"""
TRIPPING = """
SELECT * FROM rejected_messages WHERE reason LIKE 'internal: %' AND topic LIKE '%/up/responses' AND id > :after
ORDER BY id LIMIT 1
"""


def summary(connection: Connection) -> list[dict[str, Any]]:
    """Return what is kept as rejected, by device and reason, the latest first: whole messages, and single records."""
    return [dict(row) for row in connection.execute(SUMMARY)]


def tripping(connection: Connection) -> Iterator[Row]:
    """Yield the batches that tripped the bridge, in the order in which they came."""
    after = 0
    while row := connection.execute(TRIPPING, {"after": after}).fetchone():
        yield row
        after = row["id"]


def forget(connection: Connection, message_id: int) -> None:
    """Keep a message no longer, since it is taken."""
    connection.execute("DELETE FROM rejected_messages WHERE id = :id", {"id": message_id})
