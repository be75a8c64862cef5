"""Counts the rollups anew from the responses, to compare them or to replace them."""

from collections.abc import Callable
from typing import Any

from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.contributions import COUNTERS, ROLLUPS, Rollup, add

AT_ONCE = 500_000  # responses counted between two reports of progress
SHOWN = 10

Progress = Callable[[int, int], None]  # how many responses were counted, and how many there are


def verify(connection: Connection, progress: Progress = lambda done, of: None) -> list[dict[str, Any]]:
    """Count all responses anew; return for each rollup its `table`, how many `rows` it should have, how many of them
    are `different`, and `examples` of those. Nothing is changed; a bridge on the same database waits meanwhile."""
    with transaction(connection):
        recount(connection, progress)
        return [compared(connection, rollup) for rollup in ROLLUPS]


def rebuild(connection: Connection, progress: Progress = lambda done, of: None) -> dict[str, int]:
    """Replace the rollups by what the responses say, in one transaction; return how many rows each has then."""
    with transaction(connection):
        recount(connection, progress)
        return {rollup.table: replaced(connection, rollup) for rollup in ROLLUPS}


def recount(connection: Connection, progress: Progress) -> None:
    """Count all responses into temporary tables beside the rollups."""
    for rollup in ROLLUPS:
        columns = ", ".join(rollup.columns)
        connection.execute(f"DROP TABLE IF EXISTS recounted_{rollup.table}")
        connection.execute(
            f"CREATE TEMP TABLE recounted_{rollup.table} AS SELECT {columns} FROM {rollup.table} WHERE 1 = 0"
        )
        key = ", ".join(("place", "question", *rollup.keys))
        connection.execute(f"CREATE UNIQUE INDEX key_of_{rollup.table} ON recounted_{rollup.table} ({key})")
    last = connection.execute("SELECT coalesce(max(id), 0) FROM responses").fetchone()[0]
    for after in range(0, last, AT_ONCE):
        upto = min(after + AT_ONCE, last)
        condition = "responses.id > :after AND responses.id <= :upto"
        add(connection, condition, {"after": after, "upto": upto}, prefix="recounted_")
        progress(upto, last)


def compared(connection: Connection, rollup: Rollup) -> dict[str, Any]:
    """Return how a rollup differs from what was counted anew; rows that count nothing are as good as none."""
    kept, counted = filled(rollup, rollup.table), filled(rollup, f"recounted_{rollup.table}")
    different = f"""SELECT 'kept' AS side, * FROM ({kept} EXCEPT {counted}) AS too_many
                    UNION ALL SELECT 'counted', * FROM ({counted} EXCEPT {kept}) AS missing"""
    count = connection.execute(f"SELECT count(*) FROM ({different}) AS different").fetchone()[0]
    rows = connection.execute(f"SELECT count(*) FROM ({counted}) AS counted").fetchone()[0]
    examples = [dict(row) for row in connection.execute(f"{different} LIMIT {SHOWN}")] if count else []
    return {"table": rollup.table, "rows": rows, "different": count, "examples": examples}


def filled(rollup: Rollup, table: str) -> str:
    """Return the query of a table's rows that count anything."""
    counting = " OR ".join(f"{name} <> 0" for name in COUNTERS)
    return f"SELECT {', '.join(rollup.columns)} FROM {table} WHERE {counting}"


def replaced(connection: Connection, rollup: Rollup) -> int:
    """Put what was counted anew in the place of a rollup; return how many rows it has."""
    columns = ", ".join(rollup.columns)
    connection.execute(f"DELETE FROM {rollup.table}")
    return connection.execute(
        f"INSERT INTO {rollup.table} ({columns}) SELECT {columns} FROM recounted_{rollup.table}"
    ).rowcount
