"""Ingests records that were kept as rejected once the reason is mended: their survey came, or the bridge is well."""

import json
from collections.abc import Iterator, Sequence

from msgspec.structs import asdict

from broker_bridge.database import responses, rollups, undoing
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.dating import date_all
from broker_bridge.database.journals import journals
from broker_bridge.database.memory import Memory, memory_of
from broker_bridge.database.records import Said
from broker_bridge.database.responses import COLUMNS, Response, Sender
from device.protocol.messages import judged

MENDED_AT_ONCE = 1_000

WAITING = """
SELECT * FROM responses WHERE kind = 'rejected' AND survey = :survey AND id > :after ORDER BY id LIMIT :most
"""
# The signs keep SQLite from walking through all responses by their ids: few are rejected, and an index has them.
TRIPPING = """
SELECT id, device_id, epoch FROM responses
WHERE kind IN ('lost', 'rejected') AND kind = 'rejected' AND reason LIKE 'internal: %' AND +id > :after
ORDER BY +id LIMIT :most
"""
STILL_REJECTED = "SELECT * FROM responses WHERE id = :id AND kind = 'rejected'"
MEND = f"""
UPDATE responses SET {", ".join(f"{column} = :{column}" for column in COLUMNS if column not in ("id", "hash"))}
WHERE id = :id
"""


def ingest_rejected(connection: Connection, survey: str) -> int:
    """Take the rejected records of a survey version that can be understood now; return how many. Runs in the caller's
    transaction."""
    memory = memory_of(connection)
    mended = after = 0
    while waiting := connection.execute(WAITING, {"survey": survey, "after": after, "most": MENDED_AT_ONCE}).fetchall():
        mended += mend(connection, memory, waiting)
        after = waiting[-1]["id"]
    return mended


def tripping(connection: Connection) -> Iterator[Row]:
    """Yield the id, device and epoch of every record that tripped the bridge."""
    after = 0
    while found := connection.execute(TRIPPING, {"after": after, "most": MENDED_AT_ONCE}).fetchall():
        yield from found
        after = found[-1]["id"]


def ingest_one(connection: Connection, tripping: Row) -> int:
    """Take a record that tripped the bridge; return how many were taken. Runs in the caller's transaction."""
    memory = memory_of(connection)
    journals(connection, [(tripping["device_id"], tripping["epoch"])])  # locked: another bridge may try it too
    row = connection.execute(STILL_REJECTED, {"id": tripping["id"]}).fetchone()
    return mend(connection, memory, [row]) if row else 0


def mend(connection: Connection, memory: Memory, waiting: Sequence[Row]) -> int:
    """Turn rejected rows into what their content says; those that are still not allowed stay as they are."""
    rows = [row for row in (understood(connection, memory, each) for each in waiting) if row.kind != "rejected"]
    known = journals(connection, {(row.device_id, row.epoch) for row in rows})
    for row in rows:
        known[row.device_id, row.epoch].new.append(row)
    date_all(connection, memory, known, {})
    undoing.undo(connection, known.values())
    connection.executemany(MEND, [asdict(row) for row in rows])
    responses.insert_answers(connection, rows)
    rollups.add(connection, memory, rows)
    return len(rows)


def understood(connection: Connection, memory: Memory, row: Row) -> Response:
    """Return what a rejected row says by what is known now."""
    said = Said.of(judged(json.loads(row["content"]), "record"))
    sender = Sender(row["device_id"], row["epoch"], row["channel"], row["received_ms"])
    response = responses.response(sender, said, memory.survey(connection, said.survey))
    response.id = row["id"]
    return response
