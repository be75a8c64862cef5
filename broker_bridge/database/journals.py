"""What is known of each device's journal: how far it is accounted for, and the device's last word on it."""

from typing import Any

from broker_bridge.database.connect import Connection, Row
from device.protocol import canonical


def heard(connection: Connection, device_id: str, epoch: str, next_seq: int, now_ms: int) -> None:
    """Note that a device spoke of a journal whose next record will have `next_seq` or more."""
    connection.execute(
        """INSERT INTO journals (device_id, epoch, contiguous_seq, next_seq, duplicates, quarantined, heard_ms)
           VALUES (:device_id, :epoch, 0, :next_seq, 0, 0, :now_ms)
           ON CONFLICT (device_id, epoch) DO UPDATE
           SET next_seq = CASE WHEN excluded.next_seq > journals.next_seq THEN excluded.next_seq
                               ELSE journals.next_seq END,
               heard_ms = excluded.heard_ms, bye = NULL""",
        {"device_id": device_id, "epoch": epoch, "next_seq": next_seq, "now_ms": now_ms},
    )


def note_hello(connection: Connection, device_id: str, hello: dict[str, Any]) -> None:
    """Keep a device's last hello, and from which number on it still holds its records."""
    oldest_seq = hello.get("oldest_seq")
    connection.execute(
        """UPDATE journals SET hello = :hello, oldest_seq = coalesce(:oldest_seq, oldest_seq)
           WHERE device_id = :device_id AND epoch = :epoch""",
        {
            "device_id": device_id,
            "epoch": hello["epoch"],
            "hello": canonical.dumps(hello),
            "oldest_seq": None if oldest_seq is None else min(oldest_seq, hello["next_seq"]),
        },
    )


def note_bye(connection: Connection, device_id: str, epoch: str, reason: str) -> None:
    """Note that a device went offline, and why."""
    connection.execute(
        "UPDATE journals SET bye = :reason WHERE device_id = :device_id AND epoch = :epoch",
        {"device_id": device_id, "epoch": epoch, "reason": reason},
    )


def count(connection: Connection, device_id: str, epoch: str, duplicates: int, conflicts: int) -> None:
    """Add to the numbers of duplicates and of quarantined records of a journal."""
    connection.execute(
        """UPDATE journals SET duplicates = duplicates + :duplicates, quarantined = quarantined + :conflicts
           WHERE device_id = :device_id AND epoch = :epoch""",
        {"device_id": device_id, "epoch": epoch, "duplicates": duplicates, "conflicts": conflicts},
    )


def advance(connection: Connection, device_id: str, epoch: str) -> int:
    """Move a journal's contiguous seq as far as its records allow, and return it: everything up to it is accounted for.

    Numbers below `oldest_seq` that never came will never come: they do not hold the rest up, and stay listed as a gap.
    """
    key: dict[str, Any] = {"device_id": device_id, "epoch": epoch}
    journal = connection.execute(
        "SELECT contiguous_seq, oldest_seq FROM journals WHERE device_id = :device_id AND epoch = :epoch", key
    ).fetchone()
    start = max(journal["contiguous_seq"], (journal["oldest_seq"] or 1) - 1)
    reached = end_of_run(connection, key | {"start": start})
    if reached != journal["contiguous_seq"]:
        connection.execute(
            "UPDATE journals SET contiguous_seq = :reached WHERE device_id = :device_id AND epoch = :epoch",
            key | {"reached": reached},
        )
    return reached


def end_of_run(connection: Connection, after: dict[str, Any]) -> int:
    """Return the last number of the run of records right above `start`, or `start` when none begins there."""
    end = connection.execute(
        """SELECT seq FROM responses AS this
           WHERE device_id = :device_id AND epoch = :epoch AND seq > :start
             AND EXISTS (SELECT 1 FROM responses WHERE device_id = :device_id AND epoch = :epoch AND seq = :start + 1)
             AND NOT EXISTS (SELECT 1 FROM responses AS next
                             WHERE next.device_id = :device_id AND next.epoch = :epoch AND next.seq = this.seq + 1)
           ORDER BY seq LIMIT 1""",
        after,
    ).fetchone()
    return int(end["seq"]) if end else int(after["start"])


def device(connection: Connection, device_id: str) -> Row | None:
    """Return the registered device, None when it is unknown."""
    row: Row | None = connection.execute(
        "SELECT * FROM devices WHERE device_id = :device_id", {"device_id": device_id}
    ).fetchone()
    return row
