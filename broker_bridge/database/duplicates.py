"""Tells new records from those seen before; other content under a known identity is quarantined."""

from collections.abc import Iterable, Sequence

from broker_bridge.database.connect import Connection
from broker_bridge.database.journals import Journal
from broker_bridge.database.records import Said
from broker_bridge.database.rows import find_many

IDENTITY = ("device_id", "epoch", "seq")
Identity = tuple[str, str, int]

QUARANTINE = """
INSERT INTO quarantine (device_id, epoch, seq, hash, content, received_ms)
VALUES (:device_id, :epoch, :seq, :hash, :content, :received_ms)
ON CONFLICT (device_id, epoch, seq, hash) DO NOTHING RETURNING id
"""


class Seen:
    """The hash of every record that one ingest could meet again: what is stored of it, and what it brings itself."""

    def __init__(self, connection: Connection, batches: Iterable[tuple[Journal, Sequence[Said]]]) -> None:
        self.connection = connection
        # What is above the highest number that is stored is new: the index need not be asked.
        known = [
            (journal.device_id, journal.epoch, said.seq)
            for journal, records in batches
            for said in records
            if said.seq <= journal.highest_seq
        ]
        rows = find_many(connection, "device_id, epoch, seq, hash", "responses", IDENTITY, known) if known else ()
        self.hashes: dict[Identity, str] = {(row[0], row[1], row[2]): row[3] for row in rows}

    def new(self, journal: Journal, records: Sequence[Said], received_ms: int) -> tuple[list[Said], int]:
        """Return the records that were never seen, and how many contradict one that was."""
        fresh = []
        conflicts = 0
        for said in records:
            identity = (journal.device_id, journal.epoch, said.seq)
            known = self.hashes.get(identity)
            if known is None:
                self.hashes[identity] = said.hash
                fresh.append(said)
            elif known != said.hash and self.quarantine(identity, said, received_ms):
                conflicts += 1
        journal.duplicates += len(records) - len(fresh) - conflicts
        journal.quarantined += conflicts
        return fresh, conflicts

    def quarantine(self, identity: Identity, said: Said, received_ms: int) -> bool:
        """Keep a record whose identity is taken by other content; the first stays counted. Tell whether it is new."""
        kept = self.connection.execute(
            QUARANTINE,
            dict(zip(IDENTITY, identity, strict=True))
            | {"hash": said.hash, "content": said.json(), "received_ms": received_ms},
        ).fetchone()
        return kept is not None
