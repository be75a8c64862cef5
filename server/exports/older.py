"""Reads what an older system of smiley terminals exported: a CSV file, and a mapping file that says what is what.

No maker's format is built in: exports differ by version and language, and a wrong guess would turn opinions round.
"""

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from broker_bridge.database.invalid import Invalid

FORMAT = "hymio-import/1"
MOST_MISTAKES = 20


@dataclass(frozen=True)
class Mapped:
    """What the columns mean. Either one column holds the answer, or one column for each answer holds how often.

    `values` says which value a word of the answer column means, or which a counting column. `minutes` is how much time
    a row stands for.
    """

    at: str
    at_format: str
    time_zone: str
    place: str
    places: Mapping[str, str]
    values: Mapping[str, int]
    answer: str | None = None
    delimiter: str = ";"
    encoding: str = "utf-8-sig"
    minutes: int = 0


@dataclass(frozen=True)
class Older:
    """Answers of an older system: at which service point, how often a value, and between which moments."""

    row: int
    service_point: str
    value: int
    n: int
    earliest_ms: int
    latest_ms: int


@dataclass
class Reading:
    """What a file holds, and what is wrong with it; with a single mistake nothing should be taken."""

    answers: list[Older] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)


def mapping(content: bytes) -> Mapped:
    """Return a mapping file in JSON; raise Invalid with what is missing or wrong."""
    try:
        given: dict[str, Any] = json.loads(content)
    except ValueError as error:
        raise Invalid("mapping", content[:40].decode(errors="replace"), f"JSON; {error}") from error
    if not isinstance(given, dict) or given.pop("format", None) != FORMAT:
        raise Invalid("mapping.format", "another", FORMAT)
    names = {name for name, kind in Mapped.__dataclass_fields__.items()}
    if unknown := given.keys() - names:
        raise Invalid("mapping", ", ".join(sorted(unknown)), f"only {', '.join(sorted(names))}")
    try:
        made = Mapped(**given)
    except TypeError as error:
        raise Invalid("mapping", ", ".join(given), str(error).partition(" ")[2]) from error
    check_mapping(made)
    return made


def check_mapping(made: Mapped) -> None:
    """Raise Invalid for a mapping that cannot be meant."""
    try:
        ZoneInfo(made.time_zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Invalid("mapping.time_zone", made.time_zone, "an IANA name such as Europe/Helsinki") from error
    if len(made.values) < 2 or len(set(made.values.values())) != len(made.values):
        raise Invalid("mapping.values", str(dict(made.values)), "at least two words, each with a value of its own")


def read(content: bytes, mapped: Mapped) -> Reading:
    """Return the answers of a file and its mistakes, the header being row 1; at most 20 mistakes are told."""
    try:
        lines = csv.DictReader(io.StringIO(content.decode(mapped.encoding), newline=""), delimiter=mapped.delimiter)
    except (UnicodeDecodeError, LookupError) as error:
        raise Invalid("file", mapped.encoding, f"text in the encoding of the mapping; {error}") from error
    counting = [] if mapped.answer else list(mapped.values)
    needed = [mapped.at, mapped.place, *([mapped.answer] if mapped.answer else counting)]
    if missing := [name for name in needed if name not in (lines.fieldnames or [])]:
        raise Invalid("row 1", ", ".join(lines.fieldnames or []), f"a header with {', '.join(missing)}")
    reading = Reading()
    for number, line in enumerate(lines, 2):
        try:
            reading.answers += answers(number, line, mapped)
        except Invalid as mistake:
            reading.mistakes.append(str(mistake))
            if len(reading.mistakes) == MOST_MISTAKES:
                reading.mistakes.append("and maybe more: reading stopped here")
                break
    return reading


def answers(number: int, line: Mapping[str, str], mapped: Mapped) -> Iterator[Older]:
    """Yield what a row says; raise Invalid for a cell that cannot be read."""
    place = line[mapped.place]
    if place not in mapped.places:
        raise Invalid(f"row {number}, column {mapped.place}", str(place), "a place that the mapping's `places` has")
    earliest_ms, latest_ms = moments(number, line[mapped.at], mapped)
    for value, n in counted(number, line, mapped):
        if n:
            yield Older(number, mapped.places[place], value, n, earliest_ms, latest_ms)


def counted(number: int, line: Mapping[str, str], mapped: Mapped) -> Iterator[tuple[int, int]]:
    """Yield how often each value was given in a row."""
    if mapped.answer:
        word = line[mapped.answer]
        if word not in mapped.values:
            known = ", ".join(mapped.values)
            raise Invalid(f"row {number}, column {mapped.answer}", str(word), f"one of {known}")
        yield mapped.values[word], 1
        return
    for column, value in mapped.values.items():
        if not (line[column] or "").strip().isdecimal():
            raise Invalid(f"row {number}, column {column}", str(line[column]), "a whole number, nought for none")
        yield value, int(line[column])


def moments(number: int, text: str, mapped: Mapped) -> tuple[int, int]:
    """Return between which moments a row's answers were given.

    The wall clock shows an hour twice in autumn: then the row may be from either. In spring an hour is never shown.
    """
    zone = ZoneInfo(mapped.time_zone)
    try:
        local = datetime.strptime(text, mapped.at_format)
    except (ValueError, TypeError) as error:
        raise Invalid(f"row {number}, column {mapped.at}", str(text), f"a moment as {mapped.at_format}") from error
    first, second = (local.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1))
    if datetime.fromtimestamp(first, zone).replace(tzinfo=None) != local:
        raise Invalid(f"row {number}, column {mapped.at}", text, f"a moment that the clocks of {zone.key} showed")
    length = timedelta(minutes=mapped.minutes).total_seconds()
    return round(first * 1000), round((second + length) * 1000)
