"""One JSON object a line, for programs that read as it comes."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from server.exports.columns import MOMENT, Column, Row, checked
from server.exports.delimited import plainly


def json_lines(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[bytes]:
    """Yield a line for each row, every column in it, missing values as null, moments in UTC."""
    for row in checked(columns, rows):
        values = {column.name: value(column.kind, row.get(column.name)) for column in columns}
        yield json.dumps(values, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def value(kind: str, given: Any) -> Any:
    """Return a value as JSON has it."""
    return plainly(kind, given) if kind == MOMENT and given is not None else given
