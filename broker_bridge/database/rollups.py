"""Counts new responses into the rollups: in memory first, then with one statement a rollup.

What a response contributes is said by `contributions.py`; here it is counted from rows that are still at hand, because
reading them back would cost a third more.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import add as add_up
from typing import Any, NamedTuple, TypeVar

from broker_bridge.database.connect import Connection
from broker_bridge.database.contributions import ASKED, ATTACHED, COUNTERS, ROLLUPS, Rollup
from broker_bridge.database.local_times import LocalTime, local_time
from broker_bridge.database.memory import Memory
from broker_bridge.database.moments import BOUNDED
from broker_bridge.database.responses import ANSWERING, Response
from broker_bridge.database.rows import find_many
from broker_bridge.database.timelines import Place

Key = TypeVar("Key")
Columns = tuple[str, ...]
Counts = list[int]  # in the order of COUNTERS
N, BOUNDED_N, FLAGGED, UNDONE, FIRST_VALUE = range(5)
OF_COUNTED, OF_BOUNDED, OF_FLAGGED, OF_UNDONE = (N,), (N, BOUNDED_N), (FLAGGED,), (UNDONE,)
VISITORS = ("", "")  # the question and option under which responses themselves are counted


class Where(NamedTuple):
    """All that the rollups tell apart of responses."""

    place: Place
    local: LocalTime
    language: str
    channel: str
    survey: str


class Cell(NamedTuple):
    """What was answered to one question, or how often one option was chosen, by those who share the rest."""

    place: int
    question: int
    where: Where
    is_of_hours: bool
    counts: Counts


Groups = dict[Where, dict[tuple[str, str], Counts]]  # by question and option


def add(connection: Connection, memory: Memory, rows: Iterable[Response]) -> None:
    """Add what new rows contribute to every rollup."""
    groups = counted(rows)
    learn(connection, memory.places, "rollup_places", ATTACHED, {where.place: words(where.place) for where in groups})
    asked = {(where.survey, *answered) for where, cells in groups.items() for answered in cells}
    learn(connection, memory.questions, "rollup_questions", ASKED, {each: each for each in asked})
    found = list(cells_of(memory, groups))
    for rollup in ROLLUPS:
        upsert(connection, rollup, summed(rollup, found))


def counted(rows: Iterable[Response]) -> Groups:
    """Return what rows contribute; those that count alike, as most of an hour do, are counted at once."""
    alike = Counter(what_counts(row) for row in rows if row.kind in ANSWERING and row.at_ms is not None)
    groups: Groups = {}
    for (*where, columns, n, answers), times in alike.items():
        cells = groups.setdefault(Where(*where), {})
        count(cells, VISITORS, columns, n * times)
        for answer in answers:
            if answer.option is None:
                count(cells, (answer.question, ""), columns, answer.n * times, answer.value)
            else:
                count(cells, (answer.question, answer.option), columns, times)
        for question in {answer.question for answer in answers if answer.option is not None}:
            count(cells, (question, ""), columns, times)
    return groups


def what_counts(row: Response) -> tuple[Any, ...]:
    """Return all of a row that rollups know: where it counts, in which columns, for how many, and its answers."""
    local = local_time(row.place.time_zone, row.at_ms or 0)
    where = (row.place, local, row.language or "", row.channel, row.survey or "")
    return (*where, columns_of(row), row.n, tuple(row.answers))


def columns_of(row: Response) -> tuple[int, ...]:
    """Return in which columns a row is counted; the values of those left out are not."""
    if row.undone:
        return OF_UNDONE
    if row.flags:
        return OF_FLAGGED
    return OF_BOUNDED if row.time_quality == BOUNDED else OF_COUNTED


def count(
    cells: dict[Key, Counts],
    key: Key,
    columns: tuple[int, ...],
    n: int,
    value: int | None = None,
) -> None:
    """Count n visitors who gave an answer under its key."""
    counts = cells.get(key)
    if counts is None:
        counts = cells[key] = [0] * len(COUNTERS)
    for column in columns:
        counts[column] += n
    if value is not None and columns[0] == N:
        counts[FIRST_VALUE + value] += n


def words(place: Place) -> tuple[str, ...]:
    """Return a place as a key that two can share: nothing is '', since NULL is never equal to NULL."""
    return tuple(part or "" for part in place[: len(ATTACHED)])


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


def cells_of(memory: Memory, groups: Groups) -> Iterator[Cell]:
    """Yield what was counted, with the ids that the rollups have for it."""
    for where, cells in groups.items():
        place = memory.places[where.place]
        for (question, option), counts in cells.items():
            asked = memory.questions[where.survey, question, option]
            yield Cell(place, asked, where, question != "" and option == "", counts)


def summed(rollup: Rollup, cells: Iterable[Cell]) -> dict[tuple[Any, ...], Counts]:
    """Return the rows that cells add to one rollup, by its key."""
    rows: dict[tuple[Any, ...], Counts] = {}
    key_of = KEYS[rollup.table]
    for cell in cells:
        if rollup.table != HOURS or cell.is_of_hours:
            key = key_of(cell)
            known = rows.get(key)
            rows[key] = cell.counts if known is None else list(map(add_up, known, cell.counts))
    return rows


HOURS = "rollup_hours"
KEYS: dict[str, Callable[[Cell], tuple[Any, ...]]] = {
    "rollup_days": lambda cell: (cell.place, cell.question, cell.where.local.day),
    "rollup_months": lambda cell: (
        *(cell.place, cell.question, cell.where.local.month),
        *(cell.where.language, cell.where.channel),
    ),
    HOURS: lambda cell: (
        *(cell.place, cell.question, cell.where.local.month),
        *(cell.where.local.weekday, cell.where.local.hour),
    ),
}


def upsert(connection: Connection, rollup: Rollup, rows: dict[tuple[Any, ...], Counts]) -> None:
    """Add rows to a rollup, in the order of their keys: two bridges who wait for each other would wait for ever."""
    added = ", ".join(f"{name} = {rollup.table}.{name} + excluded.{name}" for name in COUNTERS)
    otherwise = f"ON CONFLICT ({', '.join(('place', 'question', *rollup.keys))}) DO UPDATE SET {added}"
    connection.merge(rollup.table, rollup.columns, [(*key, *rows[key]) for key in sorted(rows)], otherwise)
