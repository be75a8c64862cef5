"""Finds, demands and adds rows by the values of their columns; our code names tables and columns, input never does."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any

from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.invalid import Conflict, Unknown

KNOWN_SHOWN = 10
KEYS_AT_ONCE = 512


@dataclass(frozen=True)
class Written:
    """What a write did: whether the row is new, its id where it has one, and what a person should look at again."""

    new: bool
    id: int | None = None
    warnings: tuple[str, ...] = ()


def find(connection: Connection, table: str, values: Mapping[str, Any]) -> Row | None:
    """Return a row of the table that has all the values; None matches NULL."""
    tests = " AND ".join(f"{column} {'IS NULL' if values[column] is None else '= :' + column}" for column in values)
    row: Row | None = connection.execute(f"SELECT * FROM {table} WHERE {tests}", dict(values)).fetchone()
    return row


def find_many(
    connection: Connection,
    what: str,
    table: str,
    columns: tuple[str, ...],
    keys: Iterable[tuple[Any, ...]],
    *,
    more: str = "",
) -> Iterator[Row]:
    """Yield `what` of the rows of a table that have one of the keys in the columns; a row may come twice.

    `more` is SQL behind the search, such as what locks the rows.
    """
    for values, places in in_values(keys, len(columns)):
        yield from connection.execute(search(what, table, columns, places, more), values).fetchall()


def in_values(keys: Iterable[tuple[Any, ...]], width: int) -> Iterator[tuple[dict[str, Any], str]]:
    """Yield the values of some keys at a time, each of so many columns, and the places that stand for them in SQL; the
    last key may be there several times."""
    wanted = sorted(set(keys))
    for start in range(0, len(wanted), KEYS_AT_ONCE):
        sought = wanted[start : start + KEYS_AT_ONCE]
        sought += sought[-1:] * (power_of_two(len(sought)) - len(sought))
        yield numbered(sought), places(len(sought), width)


def power_of_two(count: int) -> int:
    """Return the next power of two: the engines know few statements by heart, so there must not be many."""
    return int(1 << (count - 1).bit_length())


@cache
def places(count: int, width: int) -> str:
    """Return the places of so many keys in a list of values."""
    names = [f":k{number}" for number in range(count * width)]
    return ", ".join(f"({', '.join(key)})" for key in zip(*[iter(names)] * width, strict=True))


@cache
def search(what: str, table: str, columns: tuple[str, ...], places: str, more: str) -> str:
    """Return the statement that looks up the keys in these places, one by one in the table's index."""
    equal = " AND ".join(f"{table}.{column} = wanted.column{place}" for place, column in enumerate(columns, start=1))
    return f"SELECT {what} FROM (VALUES {places}) AS wanted CROSS JOIN {table} WHERE {equal} {more}"


def numbered(keys: Iterable[tuple[Any, ...]]) -> dict[str, Any]:
    """Return the values of the keys under the names that `places` gives them."""
    return {f"k{number}": value for number, value in enumerate(chain.from_iterable(keys))}


def insert(connection: Connection, table: str, values: Mapping[str, Any]) -> None:
    """Insert a row; columns that are not given are NULL."""
    places = ", ".join(f":{column}" for column in values)
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({places})", dict(values))


def put(connection: Connection, table: str, key: Iterable[str], row: Mapping[str, Any]) -> str:
    """Store a row in place of the one that has the same in the columns `key`; return `new`, `changed` or `same`."""
    columns = tuple(key)
    old = find(connection, table, {column: row[column] for column in columns})
    if old is None:
        insert(connection, table, row)
        return "new"
    if all(old[column] == value for column, value in row.items()):
        return "same"
    changes = ", ".join(f"{column} = :{column}" for column in row if column not in columns)
    tests = " AND ".join(f"{column} = :{column}" for column in columns)
    connection.execute(f"UPDATE {table} SET {changes} WHERE {tests}", dict(row))
    return "changed"


def existing(connection: Connection, table: str, column: str, value: object, where: str) -> Row:
    """Return the row that has the value; raise Unknown, naming some that there are, when none has."""
    row = find(connection, table, {column: value})
    if row is None:
        stored = connection.execute(
            f"SELECT DISTINCT {column} FROM {table} ORDER BY {column} LIMIT {KNOWN_SHOWN}"
        ).fetchall()
        raise Unknown(
            where, value, "one that is stored: " + (", ".join(str(row[0]) for row in stored) or "there is none")
        )
    return row


def add_once(
    connection: Connection, table: str, key: Mapping[str, Any], row: Mapping[str, Any], begun: Mapping[str, Any]
) -> Written:
    """Insert a row under its key; the same row again changes nothing, another one raises Conflict naming the column.

    `begun` are columns that change after the insert, and so are not compared.
    """
    stored = find(connection, table, key)
    if stored is None:
        insert(connection, table, {**row, **begun})
        return Written(new=True)
    for column, value in row.items():
        if stored[column] != value:
            of_key = ", ".join(str(part) for part in key.values())
            raise Conflict(column, value, f"{stored[column]!r}, which is stored for {of_key}, or another key")
    return Written(new=False)
