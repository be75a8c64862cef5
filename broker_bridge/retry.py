"""Takes again what tripped the bridge itself, at its start: an upgrade may have mended it."""

from collections.abc import Callable

import structlog

from broker_bridge import ingest
from broker_bridge.database import mending, rejected
from broker_bridge.database.connect import Connection, Row, Unavailable, UnsafeDatabase, transaction
from broker_bridge.database.memory import forget
from broker_bridge.intake import Received
from broker_bridge.logs import traced

log = structlog.get_logger()


def retry(connection: Connection) -> int:
    """Ingest what was kept because of a mistake of ours, each by itself; return how much could be taken.

    What trips us still stays as it is. Raises Unavailable and UnsafeDatabase.
    """
    records = sum(mended(connection, mending.ingest_one, row) for row in mending.tripping(connection))
    batches = sum(mended(connection, take_batch, row) for row in rejected.tripping(connection))
    if records or batches:
        log.info("mended", records=records, batches=batches)
    return records + batches


def mended(connection: Connection, take: Callable[[Connection, Row], int], row: Row) -> int:
    """Take one of them in a transaction of its own; return 0 when it trips us again."""
    try:
        with transaction(connection):
            return take(connection, row)
    except (Unavailable, UnsafeDatabase):
        raise
    except Exception as mistake:  # noqa: BLE001 - a mistake of ours; what concerns it stays
        forget(connection)
        log.warning("still not mended", device_id=row["device_id"], **traced(mistake))
        return 0


def take_batch(connection: Connection, row: Row) -> int:
    """Take a batch that was kept as a whole; its device, which was not answered, may have sent it again meanwhile."""
    received = Received(row["topic"], bytes(row["payload"]), False, row["received_ms"])
    ingest.apart(connection, [(received, ingest.decode(received))])
    rejected.forget(connection, row["id"])
    return 1
