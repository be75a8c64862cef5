"""Parquet, for tools that analyse: typed columns, written a group of rows at a time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

from server.exports.columns import BOOLEAN, INTEGER, MOMENT, NUMBER, TEXT, Column, Row, checked

ROWS_AT_A_TIME = 20_000
TYPES = {
    TEXT: pa.string(),
    INTEGER: pa.int64(),
    NUMBER: pa.float64(),
    BOOLEAN: pa.bool_(),
    MOMENT: pa.timestamp("ms", tz="UTC"),
}


def write_parquet(columns: Sequence[Column], rows: Iterable[Row], file: BinaryIO) -> int:
    """Write a Parquet file, and return how many rows it has; without rows it has its columns."""
    schema = pa.schema([(column.name, TYPES[column.kind]) for column in columns])
    count = 0
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in groups(checked(columns, rows)):
            writer.write_table(pa.Table.from_pylist(group, schema))
            count += len(group)
    return count


def groups(rows: Iterable[Row]) -> Iterator[list[dict[str, object]]]:
    """Yield rows in groups that fit into memory."""
    remaining = iter(rows)
    while group := [dict(row) for row in islice(remaining, ROWS_AT_A_TIME)]:
        yield group
