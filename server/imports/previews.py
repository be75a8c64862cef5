"""What an import would store, before anything is stored: for programs, and as lines for a person."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from broker_bridge.database import imports, older_answers
from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import Because
from broker_bridge.database.imports import Imported, Progress
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.older_answers import Source
from broker_bridge.database.ranges import shown_moment
from broker_bridge.database.timelines import Place
from server.imports.mapping import Mapped, mapping
from server.imports.older import Reading, read

Preview = dict[str, Any]
HOUR_MS = 3_600_000


class Older(NamedTuple):
    """A file of an older system with its name, and its mapping file."""

    name: str
    content: bytes
    mapping: bytes


def source_of(older: Older, mapped: Mapped) -> Source:
    """Return where the answers of a file come from; the same file read in the same way has the same hash."""
    told = json.dumps(vars(mapped), ensure_ascii=False, sort_keys=True)
    hashed = hashlib.sha256(older.content + told.encode()).hexdigest()
    return Source(mapped.system, mapped.survey, mapped.question, mapped.language, older.name, told, hashed)


def bring(connection: Connection, older: Older, because: Because, progress: Progress = imports.quiet) -> Imported:
    """Import a file by its mapping, all of it or nothing; raise Invalid for the first row that is refused."""
    mapped = mapping(older.mapping)
    reading = read(older.content, mapped)
    for mistake in reading.mistakes:
        others = f"; {reading.refused - 1} more rows are refused, see the preview" if reading.refused > 1 else ""
        raise Invalid(mistake.where, mistake.value, mistake.allowed + others)
    return imports.import_older(connection, source_of(older, mapped), reading.given, because, progress)


def preview(connection: Connection, older: Older) -> Preview:
    """Return what importing a file would do; raise Invalid when mapping or file cannot be read at all."""
    mapped = mapping(older.mapping)
    reading = read(older.content, mapped)
    source = source_of(older, mapped)
    stored = imports.standing(connection, source)
    wrong = [] if stored else list(older_answers.mistakes(connection, source, reading.given))
    attached: Counter[Place] = Counter()
    if not (stored or wrong):
        attached = imports.rehearse(connection, source, reading.given)
    told = {name: getattr(source, name) for name in ("system", "survey", "question", "language", "file", "hash")}
    return (
        told
        | counts(reading, mapped)
        | {
            "attached": [shown(place, n) for place, n in sorted(attached.items(), key=lambda each: str(each[0]))],
            "warnings": list(warnings(reading)),
            "mistakes": [str(mistake) for mistake in [*wrong, *reading.mistakes]],
            "import_id": stored["id"] if stored else None,
            "ready": not (stored or wrong or reading.refused),
        }
    )


def warnings(reading: Reading) -> Iterator[str]:
    """Yield what reports could not say of rows that each stand for a long time."""
    shortest_ms = min((row.to_ms - row.from_ms for row in reading.given), default=0)
    if shortest_ms > 2 * HOUR_MS:
        hours = round(shortest_ms / HOUR_MS)
        yield f"each row stands for {hours} hours or more: by hour, reports show all of it in the middle of that"


def counts(reading: Reading, mapped: Mapped) -> Preview:
    """Return what was read: rows, answers, period, places and words, each with what the mapping makes of it."""
    of_point = Counter[str]()
    for row in reading.given:
        of_point[row.service_point] += row.n
    return {
        "rows": reading.rows,
        "left_out": reading.left_out,
        "refused": reading.refused,
        "responses": of_point.total(),
        "from": shown_moment(min(row.from_ms for row in reading.given)) if reading.given else None,
        "to": shown_moment(max(row.to_ms for row in reading.given)) if reading.given else None,
        "places": [
            {"place": name, "rows": rows, "service_point": mapped.places.get(name), "mapped": name in mapped.places}
            for name, rows in sorted(reading.places.items())
        ],
        "service_points": [{"service_point": point, "responses": n} for point, n in sorted(of_point.items())],
        "values": [
            {"word": word, "n": n, "value": mapped.values.get(word), "mapped": word in mapped.values}
            for word, n in sorted(reading.words.items(), key=lambda each: by_value(mapped, each[0]))
        ],
    }


def by_value(mapped: Mapped, word: str) -> tuple[bool, int, str]:
    """Return where a word stands among others: by its value, and what has none last."""
    value = mapped.values.get(word)
    return value is None, value or 0, word


def shown(place: Place, n: int) -> Preview:
    """Return how many visitors go to a point, its unit and class."""
    return {name: value for name, value in place._asdict().items() if name != "time_zone"} | {"responses": n}


def table(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield a preview as lines for a person."""
    asked = f"{told['question']} of {told['survey']}"
    yield f"{told['file']}: {told['rows']:,} rows, {told['responses']:,} answers to {asked}"
    yield f"from {told['from'] or '-'} up to {told['to'] or '-'}"
    yield "places in the file, and the service points that the mapping makes of them"
    for each in told["places"]:
        yield f"  {each['place'] or '(empty)':<30} {each['rows']:>9,} rows     {becomes(each, 'service_point')}"
    yield "answers in the file, and the values that the mapping makes of them"
    for each in told["values"]:
        yield f"  {each['word'] or '(empty)':<30} {each['n']:>9,} answers  {becomes(each, 'value')}"
    if told["attached"]:
        yield "unit, point and class that were valid at their time"
    for each in told["attached"]:
        where = f"{each['unit'] or 'no unit'}, {each['service_point']}"
        of_class = f"{each['service_class']} of {each['scheme']}" if each["service_class"] else "NO CLASS"
        yield f"  {where:<30} {each['responses']:>9,} answers  {of_class}"
    yield from verdict(told)


def becomes(each: Mapping[str, Any], name: str) -> str:
    """Return what the mapping makes of a word."""
    if not each["mapped"]:
        return "NOT IN THE MAPPING"
    return "left out" if each[name] is None else str(each[name])


def verdict(told: Mapping[str, Any]) -> Iterator[str]:
    """Yield what stands in the way of the import, or that nothing does."""
    if told["left_out"]:
        yield f"{told['left_out']:,} rows are left out: without answers, or as the mapping says"
    yield from told["warnings"]
    if told["refused"]:
        yield f"{told['refused']:,} rows are refused; while there is one, nothing is imported"
    yield from (f"  {mistake}" for mistake in told["mistakes"])
    if told["import_id"]:
        yield f"This file is stored already, as import {told['import_id']}."
    elif told["ready"]:
        yield "Nothing was stored yet; without --preview it is imported."
    else:
        yield "Nothing was stored, and nothing can be before the above is mended, in the mapping or in the file."
