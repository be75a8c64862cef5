"""Counts of answers, by question, under filters: what every report is made of."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.contributions import VALUES
from server.reporting.filters import Filters
from server.reporting.queries import statement
from server.reporting.sources import source_of

VISITORS = ""  # the question that counts visitors, whatever they answered
OF_VISITORS = (-1, "")

Group = tuple[Any, ...]


class Asked(NamedTuple):
    """A question with its place in the survey and its kind; of another kind it is another question."""

    position: int
    question: str
    kind: str


@dataclass
class Tally:
    """How often a question was answered, by value and by option, in which survey versions, and what was left out.

    `split` are those of n that a crosswalk gave this class as its share; without one all counts are whole.
    """

    n: float = 0
    bounded: float = 0
    flagged: float = 0
    undone: float = 0
    values: list[float] = field(default_factory=lambda: [0] * len(VALUES))
    options: dict[str, float] = field(default_factory=dict)
    surveys: set[str] = field(default_factory=set)
    split: float = 0

    def add(self, row: Row) -> None:
        """Add a row of counts."""
        if row["option"]:
            self.options[row["option"]] = self.options.get(row["option"], 0) + int(row["n"])
            return
        for name in ("n", "bounded", "flagged", "undone"):
            setattr(self, name, getattr(self, name) + int(row[name]))
        self.values = [have + int(row[name]) for have, name in zip(self.values, VALUES, strict=True)]
        if row["n"]:
            self.surveys.add(row["survey"])


Tallies = dict[Asked, Tally]


def tallies(
    connection: Connection, filters: Filters, by: Sequence[str] = (), source: str | None = None
) -> dict[Group, Tallies]:
    """Return the tallies of each group, a group being the values of the columns `by`; the order is that of groups.

    `source` names the table to count from, in place of the one that fits best. Raises TooMuch.
    """
    asked = statement(connection, filters, by, source or source_of(connection, filters, by))
    if asked is None:
        return {}
    known = questions(connection)
    groups: dict[Group, Tallies] = {}
    for row in connection.execute(*asked):
        of_group = groups.setdefault(tuple(row[name] for name in by), {})
        position, kind = known[row["survey"], row["question"]] if row["question"] else OF_VISITORS
        of_group.setdefault(Asked(position, row["question"], kind), Tally()).add(row)
    return {group: merged(groups[group]) for group in sorted(groups)}


def merged(found: Tallies) -> Tallies:
    """Return tallies in the order of the survey, those of a question that moved between versions as one."""
    places: dict[tuple[str, str], Asked] = {}
    for asked in sorted(found):
        places.setdefault((asked.question, asked.kind), asked)
    done: Tallies = {}
    for asked, tally in sorted(found.items()):
        first = places[asked.question, asked.kind]
        done[first] = plus(done[first], tally) if first in done else tally
    return done


def plus(one: Tally, other: Tally) -> Tally:
    """Return two tallies as one."""
    return Tally(
        one.n + other.n,
        one.bounded + other.bounded,
        one.flagged + other.flagged,
        one.undone + other.undone,
        [left + right for left, right in zip(one.values, other.values, strict=True)],
        {option: one.options.get(option, 0) + other.options.get(option, 0) for option in one.options | other.options},
        one.surveys | other.surveys,
        one.split + other.split,
    )


def questions(connection: Connection) -> dict[tuple[str, str], tuple[int, str]]:
    """Return place and kind of each question of each survey version."""
    rows = connection.execute("SELECT survey, question, position, kind FROM questions")
    return {(row["survey"], row["question"]): (row["position"], row["kind"]) for row in rows}
