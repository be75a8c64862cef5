"""Tells new records from those seen before; other content under a known identity is quarantined."""

from collections.abc import Iterable, Sequence

from broker_bridge.database.connect import Connection
from broker_bridge.database.journals import Journal, Key
from broker_bridge.database.records import Said
from broker_bridge.database.rows import find_many

QUARANTINE = """
INSERT INTO quarantine (device_id, epoch, seq, hash, content, received_ms)
VALUES (:device_id, :epoch, :seq, :hash, :content, :received_ms)
ON CONFLICT (device_id, epoch, seq, hash) DO NOTHING RETURNING id
"""


class Seen:
    """The hash of every record that one ingest could meet again: what is stored of it, and what it brings itself."""

    def __init__(self, connection: Connection, batches: Iterable[tuple[Journal, Sequence[Said]]]) -> None:
        self.connection = connection
        self.hashes: dict[Key, dict[int, str]] = {}
        # What is above the highest number that is stored is new: the index need not be asked.
        known = [(*j.key, said.seq) for j, records in batches for said in records if said.seq <= j.highest_seq]
        for row in find_many(
            connection, "device_id, epoch, seq, hash", "responses", ("device_id", "epoch", "seq"), known
        ):
            self.hashes.setdefault((row[0], row[1]), {})[row[2]] = row[3]

    def new(self, journal: Journal, records: Sequence[Said], received_ms: int) -> tuple[list[Said], int]:
        """Return the records that were never seen, and how many contradict one that was."""
        hashes = self.hashes.setdefault(journal.key, {})
        fresh = []
        conflicts = 0
        for said in records:
            known = hashes.get(said.seq)
            if known is None:
                hashes[said.seq] = said.hash
                fresh.append(said)
            elif known != said.hash and self.quarantine(journal, said, received_ms):
                conflicts += 1
        journal.duplicates += len(records) - len(fresh) - conflicts
        journal.quarantined += conflicts
        return fresh, conflicts

    def quarantine(self, journal: Journal, said: Said, received_ms: int) -> bool:
        """Keep a record whose identity is taken by other content; the first stays counted. Tell whether it is new."""
        row = {"device_id": journal.device_id, "epoch": journal.epoch, "seq": said.seq, "hash": said.hash}
        kept = self.connection.execute(
            QUARANTINE, row | {"content": said.json(), "received_ms": received_ms}
        ).fetchone()
        return kept is not None
