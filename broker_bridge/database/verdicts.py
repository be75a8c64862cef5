"""What people say against verdicts of the rules; it can be said again, and taken back itself."""

import time
from collections.abc import Iterable

from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.corrections import Because
from broker_bridge.database.rows import existing, find, find_many, insert

Taken = tuple[int, str]  # the id of a response, and a rule with its version


def take_back(connection: Connection, response: int, rule: str, because: Because) -> bool:
    """Let a verdict not stand; tell whether that is new. Raises Unknown when there is no such response."""
    with transaction(connection):
        existing(connection, "responses", "id", response, "response")
        key = {"response_id": response, "rule": rule}
        if find(connection, "verdicts_taken_back", key):
            return False
        said = {"taken_ms": time.time_ns() // 1_000_000, "who": because.who, "why": because.why}
        insert(connection, "verdicts_taken_back", key | said)
    return True


def let_stand(connection: Connection, response: int, rule: str) -> bool:
    """Let a verdict stand after all; tell whether it had been taken back."""
    sql = "DELETE FROM verdicts_taken_back WHERE response_id = :response_id AND rule = :rule"
    with transaction(connection):
        return connection.execute(sql, {"response_id": response, "rule": rule}).rowcount == 1


def taken_back(connection: Connection, responses: Iterable[int]) -> set[Taken]:
    """Return which verdicts on these responses do not stand."""
    keys = [(each,) for each in responses]
    rows = find_many(connection, "response_id, rule", "verdicts_taken_back", ("response_id",), keys)
    return {(row["response_id"], row["rule"]) for row in rows}
