"""What somebody should look at: one row for each device and kind of trouble, with a count."""

from broker_bridge.database.connect import Connection

CONFLICT = "conflict"
INTERNAL = "internal"
REFUSED = "refused"
UNKNOWN_DEVICE = "unknown_device"


def alarm(connection: Connection, device_id: str, kind: str, reason: str, now_ms: int) -> None:
    """Raise an alarm, or count it again; `reason` is that of the last time."""
    connection.execute(
        """INSERT INTO alarms (device_id, kind, reason, times, first_ms, last_ms)
           VALUES (:device_id, :kind, :reason, 1, :now_ms, :now_ms)
           ON CONFLICT (device_id, kind) DO UPDATE
           SET reason = excluded.reason, times = alarms.times + 1, last_ms = excluded.last_ms""",
        {"device_id": device_id, "kind": kind, "reason": reason, "now_ms": now_ms},
    )
