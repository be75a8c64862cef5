"""The one checker of every fault: what was acknowledged is stored, and nothing is stored twice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from broker_bridge.database.connect import Connection
from broker_bridge.database.rollup_accounts import verify
from tests.faults.journal import Journal, Said

STORED = """
SELECT responses.device_id, responses.seq, answers.value, answers.n
FROM responses JOIN answers ON answers.response_id = responses.id
"""
ROWS = "SELECT device_id, seq FROM responses"


@dataclass(frozen=True)
class Account:
    """What a database lacks, and what it has too often."""

    lost: int
    doubled: int

    def __add__(self, other: "Account") -> "Account":
        return Account(self.lost + other.lost, self.doubled + other.doubled)


def account(connection: Connection, acknowledged: dict[str, int], devices: Iterable[Journal]) -> Account:
    """Compare a database with how far each device was told that its journal is stored.

    Lost is what was acknowledged and is not there with its value. Doubled is what is there more than once, with
    another value, without having been said, or counted otherwise in the rollups than stored.
    """
    said = {each for journal in devices for each in journal.said()}
    found = Counter(Said(*row[:3]) for row in connection.execute(STORED))
    rows = Counter(tuple(row) for row in connection.execute(ROWS))
    promised = {each for each in said if each.seq <= acknowledged.get(each.device_id, 0)}
    surplus = sum(n - 1 for n in rows.values()) + sum(n - 1 for n in found.values())
    return Account(len(promised - found.keys()), surplus + len(found.keys() - said) + miscounted(connection))


def miscounted(connection: Connection) -> int:
    """Return how many rows of the rollups differ from what is stored."""
    connection.execute("ANALYZE")  # PostgreSQL joins what it knows nothing about in the slowest way
    return sum(rollup["different"] for rollup in verify(connection))
