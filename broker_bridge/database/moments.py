"""When a response was made, in UTC milliseconds, and how well that is known.

A box has no clock after a power cut, but it counts the seconds of each boot. One reading of a set clock in the same
boot is an anchor: it dates every other second of that boot. What no anchor dates lies between its neighbours.
"""

from dataclasses import dataclass
from typing import Any

from broker_bridge.database.attachment import attach_boot, attach_rows
from broker_bridge.database.connect import Connection, Row

EARLIEST_PLAUSIBLE_S = 1735689600  # 2025-01-01T00:00:00Z: no device existed before
AHEAD_S = 300


@dataclass(frozen=True)
class Moment:
    """A time with its quality: `clock` by the device, `reconstructed` from an anchor, else `bounded`."""

    at_ms: int
    earliest_ms: int | None
    latest_ms: int
    quality: str


def plausible(unix_s: int | None, received_ms: int) -> bool:
    """Tell whether a device's idea of the time can be true: from 2025 on, at most five minutes ahead of receipt."""
    return unix_s is not None and EARLIEST_PLAUSIBLE_S <= unix_s <= received_ms // 1000 + AHEAD_S


def moment(
    connection: Connection, device_id: str, epoch: str, record: dict[str, int | None], received_ms: int
) -> Moment:
    """Return when a record (`boot`, `uptime_s`, `at`) was made.

    Without clock and anchor it is bounded: here by its receipt alone, until `narrow` has looked at its neighbours.
    """
    at = record["at"]
    if at is not None and plausible(at, received_ms):
        return Moment(at * 1000, at * 1000, at * 1000 + 999, "clock")
    anchor = connection.execute(
        "SELECT booted_ms FROM anchors WHERE device_id = :device_id AND epoch = :epoch AND boot = :boot",
        {"device_id": device_id, "epoch": epoch, "boot": record["boot"]},
    ).fetchone()
    at_ms = anchor["booted_ms"] + (record["uptime_s"] or 0) * 1000 if anchor else None
    if at_ms is not None and plausible(at_ms // 1000, received_ms):
        return Moment(at_ms, at_ms - 1000, at_ms + 1000, "reconstructed")
    return Moment(received_ms, None, received_ms, "bounded")


def anchor(connection: Connection, device_id: str, epoch: str, said: dict[str, int | None], received_ms: int) -> None:
    """Take the clock of a hello or batch (`boot`, `uptime_s`, `clock_at`) as the anchor of its boot, if both the clock
    and the beginning of the boot are plausible.

    The anchor with the lowest uptime is kept, so that the result does not depend on the order of arrival. Records of
    that boot that had no clock get their time, and with it their service class, from it.
    """
    clock_at = said.get("clock_at")
    if clock_at is None or not plausible(clock_at, received_ms):
        return
    booted_at = clock_at - (said["uptime_s"] or 0)
    if not plausible(booted_at, received_ms):
        return
    key = {"device_id": device_id, "epoch": epoch, "boot": said["boot"]}
    changed = connection.execute(
        """INSERT INTO anchors (device_id, epoch, boot, uptime_s, booted_ms)
           VALUES (:device_id, :epoch, :boot, :uptime_s, :booted_ms)
           ON CONFLICT (device_id, epoch, boot) DO UPDATE
           SET uptime_s = excluded.uptime_s, booted_ms = excluded.booted_ms
           WHERE excluded.uptime_s < anchors.uptime_s
              OR (excluded.uptime_s = anchors.uptime_s AND excluded.booted_ms < anchors.booted_ms)
           RETURNING booted_ms""",
        key | {"uptime_s": said["uptime_s"], "booted_ms": booted_at * 1000},
    ).fetchone()
    if changed:
        redate(connection, key | {"booted_ms": changed["booted_ms"]})
        attach_boot(connection, device_id, epoch, said["boot"] or 0)


def redate(connection: Connection, anchored: dict[str, object]) -> None:
    """Date the records of one boot that had no plausible clock of their own."""
    connection.execute(
        """UPDATE responses
           SET at_ms = :booted_ms + uptime_s * 1000, earliest_ms = :booted_ms + uptime_s * 1000 - 1000,
               latest_ms = :booted_ms + uptime_s * 1000 + 1000, time_quality = 'reconstructed'
           WHERE device_id = :device_id AND epoch = :epoch AND boot = :boot
             AND time_quality IN ('reconstructed', 'bounded')
             AND :booted_ms + uptime_s * 1000 <= received_ms + :ahead_ms""",
        anchored | {"ahead_ms": AHEAD_S * 1000},
    )


# The nearest dated records by number.
NEIGHBOURS = """
SELECT id, earliest_ms, latest_ms, received_ms,
       (SELECT before.at_ms FROM responses AS before
        WHERE before.device_id = :device_id AND before.epoch = :epoch AND before.seq < bounded.seq
          AND before.time_quality IN ('clock', 'reconstructed') ORDER BY before.seq DESC LIMIT 1) AS before_ms,
       (SELECT after.at_ms FROM responses AS after
        WHERE after.device_id = :device_id AND after.epoch = :epoch AND after.seq > bounded.seq
          AND after.time_quality IN ('clock', 'reconstructed') ORDER BY after.seq LIMIT 1) AS after_ms
FROM responses AS bounded
WHERE device_id = :device_id AND epoch = :epoch AND time_quality = 'bounded'
"""


def narrow(connection: Connection, device_id: str, epoch: str) -> None:
    """Put each record of a journal that has no known time between its neighbours, and attach those that moved.

    Such a record has the latest moment at which it can have been made.
    """
    found = connection.execute(NEIGHBOURS, {"device_id": device_id, "epoch": epoch}).fetchall()
    moved = [wanted for row in found if (wanted := bounds(row)) != {column: row[column] for column in wanted}]
    connection.executemany(
        "UPDATE responses SET at_ms = :latest_ms, earliest_ms = :earliest_ms, latest_ms = :latest_ms WHERE id = :id",
        moved,
    )
    attach_rows(connection, [wanted["id"] for wanted in moved])


def bounds(row: Row) -> dict[str, Any]:
    """Return the earliest and the latest moment of a bounded record, as columns with its id.

    Clocks that contradict each other cannot put the earliest after the latest.
    """
    latest_ms = row["received_ms"] if row["after_ms"] is None else min(row["received_ms"], row["after_ms"])
    earliest_ms = None if row["before_ms"] is None else min(row["before_ms"], latest_ms)
    return {"id": row["id"], "earliest_ms": earliest_ms, "latest_ms": latest_ms}
