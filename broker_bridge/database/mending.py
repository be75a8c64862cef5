"""Ingests records that were kept as rejected once the reason is mended: their survey has come."""

import json
from typing import Any

from broker_bridge.database import answers
from broker_bridge.database.attachment import attach_rows
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.moments import narrow
from broker_bridge.database.responses import Sender, accepted_row
from device.protocol.messages import judged

MENDED = (
    *(
        "kind",
        "reason",
        "content",
        "boot",
        "uptime_s",
        "device_at",
        "at_ms",
        "earliest_ms",
        "latest_ms",
        "time_quality",
    ),
    *("survey", "language", "flags", "undoes", "n"),
)


def ingest_rejected(connection: Connection, survey: str) -> int:
    """Take the rejected records of a survey version that can be understood now; return how many. Runs in the caller's
    transaction."""
    waiting = connection.execute(
        "SELECT * FROM responses WHERE kind = 'rejected' AND survey = :survey ORDER BY id", {"survey": survey}
    ).fetchall()
    taken = [row for row in waiting if mended(connection, row)]
    attach_rows(connection, [row["id"] for row in taken])
    for device_id, epoch in {(row["device_id"], row["epoch"]) for row in taken}:
        narrow(connection, device_id, epoch)
    return len(taken)


def mended(connection: Connection, row: Row) -> bool:
    """Turn one rejected row into what its content says; leave it as it is when it is still not allowed."""
    record = judged(json.loads(row["content"]), "record")
    if record.content is None:
        return False
    try:
        given = answers.checked(connection, record.content)
    except Invalid:
        return False
    sender = Sender(row["device_id"], row["epoch"], row["channel"], row["received_ms"])
    accept(connection, row["id"], accepted_row(connection, sender, record))
    answers.insert(connection, row["id"], given)
    return True


def accept(connection: Connection, response_id: int, columns: dict[str, Any]) -> None:
    """Overwrite a rejected row's columns with those of an accepted record."""
    changes = ", ".join(f"{column} = :{column}" for column in MENDED)
    connection.execute(
        f"UPDATE responses SET {changes} WHERE id = :id", dict.fromkeys(MENDED) | columns | {"id": response_id}
    )
