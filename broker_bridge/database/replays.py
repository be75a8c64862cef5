"""Whom to ask for a replay: devices that were told of more than a restored database has.

A device keeps what was acknowledged until it needs the space, so a backup may be older than the last acknowledgement.
"""

from collections.abc import Iterator
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.journals import Journal

# What was imported has no device that could send it again.
ASK = """
INSERT INTO replays (device_id, epoch) SELECT device_id, epoch FROM journals
WHERE device_id NOT IN (SELECT device_id FROM imported_devices) ON CONFLICT DO NOTHING
"""

WAITING = """
SELECT journals.device_id, journals.epoch, journals.contiguous_seq + 1 AS from_seq
FROM replays JOIN journals ON journals.device_id = replays.device_id AND journals.epoch = replays.epoch
ORDER BY journals.device_id, journals.epoch
"""


def ask_every_device(connection: Connection) -> int:
    """Note that every journal is to be asked, after a restore; return how many there are. Runs in a transaction."""
    return connection.execute(ASK).rowcount


def waiting(connection: Connection) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (device_id, fields of `down/replay`) for every journal to be asked that has not spoken since."""
    for row in connection.execute(WAITING).fetchall():
        yield row["device_id"], {"epoch": row["epoch"], "from_seq": row["from_seq"]}


def due(connection: Connection, journal: Journal, hello: dict[str, Any]) -> dict[str, Any] | None:
    """Return the fields of `down/replay` when the device was told that more is stored than there is, else None.

    Its hello settles what a restore had left to ask.
    """
    connection.execute(
        "DELETE FROM replays WHERE device_id = :device_id AND epoch = :epoch",
        {"device_id": journal.device_id, "epoch": journal.epoch},
    )
    if (hello.get("acked_seq") or 0) <= journal.contiguous_seq:
        return None
    return {"epoch": journal.epoch, "from_seq": journal.contiguous_seq + 1}
