"""What the figures of a year are to reach, of one unit or of all together."""

from typing import Any

from broker_bridge.database import rows
from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.rows import existing

KEY = ("year", "question", "figure", "unit")


def put(connection: Connection, target: dict[str, Any]) -> bool:
    """Store `year`, `question`, `figure`, `unit` and `value` in place of the target before; tell whether it is new.

    Raises Unknown for a unit that is not stored; '' is all units together.
    """
    with transaction(connection):
        if target["unit"]:
            existing(connection, "units", "code", target["unit"], "unit")
        return rows.put(connection, "targets", KEY, target) == "new"


def remove(connection: Connection, key: dict[str, Any]) -> bool:
    """Forget a target; tell whether there was one."""
    tests = " AND ".join(f"{name} = :{name}" for name in KEY)
    with transaction(connection):
        return connection.execute(f"DELETE FROM targets WHERE {tests}", key).rowcount == 1


def targets(connection: Connection) -> list[dict[str, Any]]:
    """Return all targets, year by year."""
    return [dict(row) for row in connection.execute(f"SELECT * FROM targets ORDER BY {', '.join(KEY)}")]
