"""When devices were running: one row for each boot, from what its messages say of their uptime.

A device that says it has been up for an hour was able to take answers in that hour, whether it was connected or not. So
a quiet hour can be told from an hour in which the device was off.
"""

from collections.abc import Iterable
from typing import NamedTuple

from broker_bridge.database.connect import Connection


class Seen(NamedTuple):
    """A device was `uptime_s` into a boot at `at_ms`: its own clock where that is plausible, else the receipt."""

    device_id: str
    epoch: str
    boot: int
    uptime_s: int
    at_ms: int


def seen_all(connection: Connection, sightings: Iterable[Seen]) -> None:
    """Take what messages vouch for, in any order. The earliest start wins: a message is late, and never early."""
    rows = [{**seen._asdict(), "booted_ms": seen.at_ms - seen.uptime_s * 1000} for seen in sorted(sightings)]
    connection.executemany(
        """INSERT INTO boots (device_id, epoch, boot, booted_ms, seen_uptime_s)
           VALUES (:device_id, :epoch, :boot, :booted_ms, :uptime_s)
           ON CONFLICT (device_id, epoch, boot) DO UPDATE
           SET booted_ms = CASE WHEN excluded.booted_ms < boots.booted_ms THEN excluded.booted_ms
                                ELSE boots.booted_ms END,
               seen_uptime_s = CASE WHEN excluded.seen_uptime_s > boots.seen_uptime_s THEN excluded.seen_uptime_s
                                    ELSE boots.seen_uptime_s END""",
        rows,
    )


def left(connection: Connection, device_id: str, epoch: str, boot: int, at_ms: int) -> None:
    """Take a goodbye that the device said itself: it was running until then. One by its will vouches for nothing."""
    connection.execute(
        """UPDATE boots SET seen_uptime_s = (:at_ms - booted_ms) / 1000
           WHERE device_id = :device_id AND epoch = :epoch AND boot = :boot
             AND booted_ms + seen_uptime_s * 1000 < :at_ms""",
        {"device_id": device_id, "epoch": epoch, "boot": boot, "at_ms": at_ms},
    )
