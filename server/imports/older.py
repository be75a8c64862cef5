"""Reads a file of an older system by its mapping: the answers, and why rows are refused or left out."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from broker_bridge.database.invalid import Invalid
from broker_bridge.database.older_answers import Given
from broker_bridge.database.spreadsheets import check_size
from server.imports.mapping import Mapped

MOST_MISTAKES = 20
# What a format says last tells how long its moments last; the first that is found decides.
LASTS = ((("%S", "%f", "%X", "%c"), 1), (("%M",), 60), (("%H", "%I"), 3600))
DAYS = ("%d", "%j", "%x")


@dataclass
class Reading:
    """What a file holds, and how many rows of it are refused; with a single one nothing may be taken.

    `mistakes` are the first of the refusals. `places` and `words` count the rows by what stands in them.
    """

    rows: int = 0
    given: list[Given] = field(default_factory=list)
    left_out: int = 0
    refused: int = 0
    mistakes: list[Invalid] = field(default_factory=list)
    places: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)

    def refuse(self, mistake: Invalid) -> None:
        """Count a row that cannot be taken."""
        self.refused += 1
        if len(self.mistakes) < MOST_MISTAKES:
            self.mistakes.append(mistake)


def read(content: bytes, mapped: Mapped) -> Reading:
    """Return what a file holds, the header being row 1; raise Invalid when it is no such file at all."""
    check_size(content)
    reading = Reading()
    for number, line in enumerate(lines(content, mapped), 2):
        reading.rows += 1
        try:
            take(reading, number, line, mapped)
        except Invalid as mistake:
            reading.refuse(mistake)
    return reading


def lines(content: bytes, mapped: Mapped) -> Iterator[dict[str, str]]:
    """Yield the rows by the names of their columns; a missing cell is empty."""
    try:
        text = content.decode(mapped.encoding)
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        wrong = content[error.start : error.start + 10]
        raise Invalid(f"row {row}", wrong, f"text in {mapped.encoding}, the encoding of the mapping") from error
    found = csv.DictReader(io.StringIO(text, newline=""), delimiter=mapped.delimiter, restval="", strict=True)
    try:
        header = found.fieldnames or []
        if missing := [name for name in mapped.columns if name not in header]:
            raise Invalid("row 1", mapped.delimiter.join(header), f"a header with {', '.join(missing)} too")
        yield from found
    except csv.Error as error:
        raise Invalid(f"row {found.line_num}", str(error), f"CSV with {mapped.delimiter!r} between cells") from error


def take(reading: Reading, number: int, line: Mapping[str, str], mapped: Mapped) -> None:
    """Take what a row says; raise Invalid for a cell that cannot be read."""
    place = line[mapped.place]
    reading.places[place] += 1
    counts = list(counted(number, line, mapped))
    for word, n in counts:
        reading.words[word] += n
    for column, said, known in words(counts, place, mapped):
        if said not in known:
            raise Invalid(f"row {number}, column {column}", said, f"one that the mapping has: {', '.join(known)}")
    from_ms, to_ms = moments(number, " ".join(line[column] for column in mapped.at), mapped)
    point = mapped.places[place]
    values = tuple((value, n) for word, n in counts if (value := mapped.values[word]) is not None and n)
    if point is None or not values:
        reading.left_out += 1
    else:
        reading.given.append(Given(number, point, from_ms, to_ms, values, mapped.answer is not None))


def words(counts: list[tuple[str, int]], place: str, mapped: Mapped) -> Iterator[tuple[str, str, Mapping[str, object]]]:
    """Yield each column that has to hold a known word, with its word and those that are known."""
    yield mapped.place, place, mapped.places
    if mapped.answer:
        yield mapped.answer, counts[0][0], mapped.values


def counted(number: int, line: Mapping[str, str], mapped: Mapped) -> Iterator[tuple[str, int]]:
    """Yield how often each answer was given in a row."""
    if mapped.answer:
        yield line[mapped.answer], 1
        return
    for column in mapped.values:
        cell = line[column].strip()
        if not (cell.isascii() and cell.isdecimal() and len(cell) <= 9):
            raise Invalid(f"row {number}, column {column}", line[column], "a whole number, 0 for none")
        yield column, int(cell)


def moments(number: int, text: str, mapped: Mapped) -> tuple[int, int]:
    """Return from when up to when a row's answers were given.

    The wall clock shows an hour twice in autumn: then the row may be from either. In spring an hour is never shown.
    """
    where = f"row {number}, column {' and '.join(mapped.at)}"
    zone = ZoneInfo(mapped.time_zone)
    try:
        local = datetime.strptime(text.strip(), mapped.at_format)
        ends = [stretch(local if local.tzinfo else local.replace(tzinfo=zone, fold=fold), mapped) for fold in (0, 1)]
    except (ValueError, OverflowError) as error:
        raise Invalid(where, text, f"a moment written as {mapped.at_format}") from error
    if local.tzinfo is None and datetime.fromtimestamp(ends[0][0], zone).replace(tzinfo=None) != local:
        raise Invalid(where, text, f"a moment that the clocks of {zone.key} showed")
    return round(ends[0][0] * 1000), round(ends[1][1] * 1000)


def stretch(local: datetime, mapped: Mapped) -> tuple[float, float]:
    """Return from when up to when a moment lasts, in Unix seconds: a day or a month by its own midnights."""
    begins = local.timestamp()
    if mapped.minutes:
        return begins, begins + timedelta(minutes=mapped.minutes).total_seconds()
    for directives, seconds in LASTS:
        if any(directive in mapped.at_format for directive in directives):
            return begins, begins + seconds
    of_a_day = any(directive in mapped.at_format for directive in DAYS)
    after = local + timedelta(days=1) if of_a_day else (local + timedelta(days=31)).replace(day=1)
    return begins, after.timestamp()
