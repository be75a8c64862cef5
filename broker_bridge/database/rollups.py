"""Counts new responses into the rollups: in memory first, then with one statement a rollup.

What a response contributes is said by `contributions.py`; here it is counted from rows that are still at hand, because
reading them back would cost a third more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from broker_bridge.database.connect import Connection
from broker_bridge.database.contributions import ATTACHED, COUNTERS, ROLLUPS, Rollup
from broker_bridge.database.local_times import LocalTime, local_time
from broker_bridge.database.memory import Memory
from broker_bridge.database.moments import BOUNDED
from broker_bridge.database.responses import ANSWERING, Response
from broker_bridge.database.rows import find_many
from broker_bridge.database.timelines import Place

Columns = tuple[str, ...]
Counts = list[int]  # in the order of COUNTERS
N, BOUNDED_N, FLAGGED, UNDONE, FIRST_VALUE = range(5)
ASKED = ("survey", "question", "option")


class Where(NamedTuple):
    """All that the rollups tell apart of responses."""

    local: LocalTime
    language: str
    channel: str
    place: Place
    survey: str


Cells = dict[tuple[Where, str, str], Counts]  # with question and option


def add(connection: Connection, memory: Memory, rows: Iterable[Response]) -> None:
    """Add what new rows contribute to every rollup."""
    cells = counted(rows)
    places = {where.place: words(where.place) for where, _, _ in cells}
    asked = {(where.survey, question, option) for where, question, option in cells}
    learn(connection, memory.places, "rollup_places", ATTACHED, places)
    learn(connection, memory.questions, "rollup_questions", ASKED, {each: each for each in asked})
    for rollup in ROLLUPS:
        upsert(connection, rollup, summed(rollup, memory, cells))


def words(place: Place) -> tuple[str, ...]:
    """Return a place as a key that two can share: nothing is '', since NULL is never equal to NULL."""
    return tuple(part or "" for part in place[: len(ATTACHED)])


def counted(rows: Iterable[Response]) -> Cells:
    """Return what rows contribute, by cell."""
    cells: Cells = {}
    for row in rows:
        if row.kind not in ANSWERING or row.at_ms is None:
            continue
        where = Where(
            local_time(row.place.time_zone, row.at_ms), row.language or "", row.channel, row.place, row.survey or ""
        )
        column = UNDONE if row.undone else FLAGGED if row.flags else N
        for question, option, value, n in shares(row):
            counts = cells.get((where, question, option))
            if counts is None:
                counts = cells[where, question, option] = [0] * len(COUNTERS)
            counts[column] += n
            if column == N:
                counts[BOUNDED_N] += n if row.time_quality == BOUNDED else 0
                if value is not None:
                    counts[FIRST_VALUE + value] += n
    return cells


def shares(row: Response) -> Iterator[tuple[str, str, int | None, int]]:
    """Yield what one row adds, as question, option, value and n: itself, its answers, and each choice once."""
    yield "", "", None, row.n
    chosen = set()
    for answer in row.answers:
        yield answer.question, answer.option or "", answer.value, answer.n
        if answer.option is not None:
            chosen.add(answer.question)
    for question in chosen:
        yield question, "", None, 1


def learn(
    connection: Connection, known: dict[Any, int], table: str, columns: Columns, used: Mapping[Any, Columns]
) -> None:
    """Keep in mind which row of a table has the words of what is used, inserting those that are new."""
    unknown = {key: used[key] for key in used.keys() - known.keys()}
    if not unknown:
        return
    places = ", ".join(f":{column}" for column in columns)
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places}) ON CONFLICT DO NOTHING",
        [dict(zip(columns, named, strict=True)) for named in sorted(unknown.values())],
    )
    found = find_many(connection, f"id, {', '.join(columns)}", table, columns, unknown.values())
    ids = {tuple(row)[1:]: row["id"] for row in found}
    known.update((key, ids[named]) for key, named in unknown.items())


def summed(rollup: Rollup, memory: Memory, cells: Cells) -> dict[tuple[Any, ...], Counts]:
    """Return the rows that cells add to one rollup, by its key."""
    rows: dict[tuple[Any, ...], Counts] = {}
    key_of, takes = KEYS[rollup.table]
    for (where, question, option), counts in cells.items():
        if takes(question, option):
            asked = memory.questions[where.survey, question, option]
            key = (memory.places[where.place], asked, *key_of(where))
            known = rows.get(key)
            rows[key] = counts if known is None else [one + other for one, other in zip(known, counts, strict=True)]
    return rows


# What follows place and question in the key of each rollup, and which questions and options it takes.
KEYS: dict[str, tuple[Callable[[Where], tuple[Any, ...]], Callable[[str, str], bool]]] = {
    "rollup_days": (lambda where: (where.local.day,), lambda question, option: True),
    "rollup_months": (lambda where: (where.local.month, where.language, where.channel), lambda question, option: True),
    "rollup_hours": (
        lambda where: (where.local.month, where.local.weekday, where.local.hour),
        lambda question, option: question != "" and option == "",
    ),
}


def upsert(connection: Connection, rollup: Rollup, rows: dict[tuple[Any, ...], Counts]) -> None:
    """Add rows to a rollup, in the order of their keys: two bridges who wait for each other would wait for ever."""
    columns = rollup.columns
    connection.executemany(
        statement(rollup), [dict(zip(columns, (*key, *rows[key]), strict=True)) for key in sorted(rows)]
    )


@cache
def statement(rollup: Rollup) -> str:
    """Return the statement that adds one row to a rollup."""
    added = ", ".join(f"{name} = {rollup.table}.{name} + excluded.{name}" for name in COUNTERS)
    return f"""INSERT INTO {rollup.table} ({", ".join(rollup.columns)})
               VALUES ({", ".join(":" + column for column in rollup.columns)})
               ON CONFLICT ({", ".join(("place", "question", *rollup.keys))}) DO UPDATE SET {added}"""
