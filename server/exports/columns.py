"""The columns of an export: a name and a kind, the same for every format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

TEXT, INTEGER, NUMBER, BOOLEAN, MOMENT = "text", "integer", "number", "boolean", "moment"
TYPES: dict[str, tuple[type, ...]] = {
    TEXT: (str,),
    INTEGER: (int,),
    NUMBER: (int, float),
    BOOLEAN: (bool,),
    MOMENT: (int,),  # milliseconds since 1970 in UTC
}

Row = Mapping[str, Any]


class Column(NamedTuple):
    """A name and one of the kinds; any value may be missing (None)."""

    name: str
    kind: str = TEXT


def checked(columns: Sequence[Column], rows: Iterable[Row]) -> Iterator[Row]:
    """Yield the rows as they come; one that does not fit its columns is an error that names row and column."""
    names = {column.name for column in columns}
    for number, row in enumerate(rows, 1):
        if unknown := row.keys() - names:
            raise ValueError(f"row {number}: {', '.join(sorted(unknown))} is no column of this export")
        for column in columns:
            value = row.get(column.name)
            if value is not None and not fits(column.kind, value):
                raise ValueError(f"row {number}, column {column.name}: {value!r} is no {column.kind}")
        yield row


def fits(kind: str, value: Any) -> bool:
    """Tell whether a value is of a kind; a truth value is no number."""
    return isinstance(value, TYPES[kind]) and (kind == BOOLEAN) == isinstance(value, bool)
