"""The same tables in DuckDB's own format, read from the SQLite file in pieces, so that no copy lies around."""

import csv
from pathlib import Path

import duckdb

PIECE = 1_000_000
TABLES = {
    "responses": ("id", "kind", "flags", "undone", "at_ms", "unit", "scheme", "service_class", "language"),
    "answers": ("response_id", "question", "value", "n"),
}
TYPES = dict.fromkeys(("id", "undone", "at_ms", "response_id", "value", "n"), "BIGINT")
NEVER_NULL = {"responses": ("kind", "flags"), "answers": ("question",)}
PAGED = {"responses": "id", "answers": "response_id"}


def load(connection, path: Path, say) -> duckdb.DuckDBPyConnection:
    """Copy the columns that the questions need into a DuckDB file beside the SQLite one."""
    duck = duckdb.connect(str(path))
    last = connection.execute("SELECT max(id) FROM responses").fetchone()[0]
    for table, columns in TABLES.items():
        typed = {name: TYPES.get(name, "VARCHAR") for name in columns}
        duck.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in typed.items())})")
        for after in range(0, last, PIECE):
            copy(connection, duck, table, path.with_suffix(".csv"), after)
            say(f"DuckDB: {min(after + PIECE, last):,} of {last:,} {table}")
    return duck


def copy(connection, duck, table: str, file: Path, after: int) -> None:
    """Copy one piece of a table."""
    page = PAGED[table]
    rows = connection.raw.cursor()
    rows.row_factory = None
    rows.execute(
        f"SELECT {', '.join(TABLES[table])} FROM {table} WHERE {page} > ? AND {page} <= ?", (after, after + PIECE)
    )
    with file.open("w", newline="") as text:
        csv.writer(text).writerows(rows)
    duck.execute(f"COPY {table} FROM '{file}' (FORMAT csv, FORCE_NOT_NULL ({', '.join(NEVER_NULL[table])}))")
    file.unlink()
