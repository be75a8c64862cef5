"""The anchors of boots as they are stored, and the records that a better one dates anew."""

from collections.abc import Iterable, Mapping

from broker_bridge.database.connect import Connection
from broker_bridge.database.moments import Anchor, Point, date_by_boot
from broker_bridge.database.rows import find_many

Boot = tuple[str, str, int]  # device_id, epoch, boot

SAVE = """
INSERT INTO anchors (device_id, epoch, boot, uptime_s, booted_ms)
VALUES (:device_id, :epoch, :boot, :uptime_s, :booted_ms)
ON CONFLICT (device_id, epoch, boot) DO UPDATE SET uptime_s = excluded.uptime_s, booted_ms = excluded.booted_ms
"""

WITHOUT_CLOCK = """
SELECT id, seq, received_ms, at_ms, earliest_ms, latest_ms, time_quality, uptime_s FROM responses
WHERE device_id = :device_id AND epoch = :epoch AND boot = :boot AND time_quality <> 'clock'
"""


def anchors(connection: Connection, boots: Iterable[Boot]) -> dict[Boot, Anchor]:
    """Return the stored anchors of those of the boots that have one."""
    rows = find_many(connection, "anchors.*", "anchors", ("device_id", "epoch", "boot"), boots)
    return {(row["device_id"], row["epoch"], row["boot"]): Anchor(row["uptime_s"], row["booted_ms"]) for row in rows}


def save(connection: Connection, better: Mapping[Boot, Anchor]) -> None:
    """Store the anchors of boots."""
    connection.executemany(SAVE, [named(boot) | anchor._asdict() for boot, anchor in better.items()])


def dated_anew(connection: Connection, boot: Boot, anchor: Anchor) -> list[Point]:
    """Return the stored records of a boot that had no clock of their own, at the times that the anchor gives them."""
    points = []
    for row in connection.execute(WITHOUT_CLOCK, named(boot)).fetchall():
        *columns, uptime_s = row
        point = Point(*columns)
        date_by_boot(point, uptime_s, anchor)
        points.append(point)
    return points


def named(boot: Boot) -> dict[str, str | int]:
    """Return the columns that name a boot."""
    return dict(zip(("device_id", "epoch", "boot"), boot, strict=True))
