"""Changes stored responses and moves what they contribute to the rollups, as one.

Nothing may change a response's time, attachment, flags, undoing or answers but inside of `moving`, else the rollups and
the responses say different things.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.contributions import add

NOTED = "responses.id IN (SELECT id FROM noted_responses)"


@contextmanager
def moving(connection: Connection, condition: str, values: Mapping[str, Any]) -> Iterator[int]:
    """Take the responses under a condition out of the rollups, let them be changed, and put the same ones back.

    The condition is SQL on `responses`; it is asked once, before the change. Yields how many responses that are. Runs
    in the caller's transaction; one cannot stand inside another.
    """
    count = note(connection, condition, values)
    add(connection, NOTED, {}, sign=-1)
    yield count
    add(connection, NOTED, {})


def note(connection: Connection, condition: str, values: Mapping[str, Any]) -> int:
    """Write down which responses are concerned, and return how many they are."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS noted_responses (id BIGINT PRIMARY KEY)")
    connection.execute("DELETE FROM noted_responses")
    return connection.execute(
        f"INSERT INTO noted_responses SELECT responses.id FROM responses WHERE {condition}", values
    ).rowcount
