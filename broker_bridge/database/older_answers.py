"""What an older system says of each service point and when, and why it cannot be taken."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from broker_bridge.database.answers import in_range, the_question
from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.ranges import Range, shown_moment
from broker_bridge.database.rows import existing
from broker_bridge.database.surveys import questions

EARLIEST_MS = 946_684_800_000  # 2000-01-01 in UTC: older systems of smiley terminals are not as old
SECOND_MS = 1_000

IN_THE_WAY = """
SELECT imported_devices.* FROM imported_devices JOIN imports ON imports.id = imported_devices.import_id
WHERE imported_devices.service_point = :service_point AND imported_devices.from_ms < :to_ms
  AND imported_devices.to_ms > :from_ms AND imports.undone_ms IS NULL
  AND imports.system = :system AND imports.question = :question
ORDER BY import_id
"""


class Source(NamedTuple):
    """Where answers come from: the older system, the question of a survey version that they answer, and the file."""

    system: str
    survey: str
    question: str
    language: str | None
    file: str
    mapping: str
    hash: str


class Given(NamedTuple):
    """What one row of a file says: where, from when up to when, and how often each value was given.

    `is_press` tells one visitor from a count of some.
    """

    row: int
    service_point: str
    from_ms: int
    to_ms: int
    counts: tuple[tuple[int, int], ...]
    is_press: bool

    @property
    def n(self) -> int:
        """Return how many visitors that is."""
        return sum(n for _, n in self.counts)

    @property
    def is_dated(self) -> bool:
        """Tell whether the older system's clock says when it was, to the second."""
        return self.to_ms - self.from_ms <= SECOND_MS

    @property
    def at_ms(self) -> int:
        """Return the moment that it is put at: the middle of what was counted as one."""
        return self.from_ms if self.is_dated else (self.from_ms + self.to_ms) // 2


class Part(NamedTuple):
    """The rows of one service point, in the order of time, and the device that stands for them."""

    device_id: str
    service_point: str
    rows: Sequence[Given]

    @property
    def lasted(self) -> Range:
        """Return from when up to when its answers were given."""
        return Range(self.rows[0].from_ms, max(row.to_ms for row in self.rows))

    @property
    def at(self) -> dict[str, Any]:
        """Return where and when that was, by the names of columns."""
        lasted = self.lasted
        return {"service_point": self.service_point, "from_ms": lasted.from_ms, "to_ms": lasted.to_ms}


def parts_of(import_id: int, given: Iterable[Given]) -> list[Part]:
    """Return the rows by point, each in the order of time."""
    found: dict[str, list[Given]] = {}
    for row in given:
        found.setdefault(row.service_point, []).append(row)
    return [
        Part(f"import-{import_id}-{number}", point, sorted(found[point], key=lambda row: (row.from_ms, row.row)))
        for number, point in enumerate(sorted(found), 1)
    ]


def visitors(given: Iterable[Given]) -> int:
    """Return how many visitors rows stand for."""
    return sum(row.n for row in given)


def mistakes(connection: Connection, source: Source, given: Sequence[Given]) -> Iterator[Invalid]:
    """Yield why rows cannot be taken: a survey, question or point that is not stored (Unknown), a value off its scale,
    a moment that cannot be, and answers that another import has at the same point and time (Conflict)."""
    yield from of_question(connection, source, {value for row in given for value, _ in row.counts})
    if not given:
        yield Invalid("file", "no answers", "at least one row with an answer at a point of the mapping")
    now_ms = time.time_ns() // 1_000_000
    for row in given:
        if not EARLIEST_MS <= row.from_ms < row.to_ms <= now_ms:
            yield Invalid(f"row {row.row}", shown_moment(row.from_ms), "a moment from 2000 until now")
            break
    for part in parts_of(0, given):
        yield from of_point(connection, part.service_point)
        yield from in_the_way(connection, source, part)


def of_question(connection: Connection, source: Source, values: set[int]) -> Iterator[Invalid]:
    """Yield what is wrong with survey, question and values."""
    asked = questions(connection, source.survey)
    try:
        if not asked:
            existing(connection, "surveys", "survey", source.survey, "mapping.survey")
        for value in sorted(values):
            in_range(source.question, value, the_question(source.question, asked, "mapping.question"), "mapping.values")
    except Invalid as mistake:
        yield mistake


def of_point(connection: Connection, code: str) -> Iterator[Invalid]:
    """Yield what is wrong with a point: it is not stored."""
    try:
        existing(connection, "service_points", "code", code, "mapping.places")
    except Invalid as unknown:
        yield unknown


def in_the_way(connection: Connection, source: Source, part: Part) -> Iterator[Conflict]:
    """Yield each import of the same system and question that has answers at the point in the same time."""
    rows = connection.execute(IN_THE_WAY, {**source._asdict(), **part.at}).fetchall()
    for row in rows:
        had = Range(row["from_ms"], row["to_ms"])
        allowed = f"answers at {part.service_point} outside of {had}, which import {row['import_id']} has; or undo that"
        yield Conflict("file", str(part.lasted), allowed)
