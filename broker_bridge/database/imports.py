"""Takes in what an older system had collected: attached by its own time, counted by reports, and told from the rest.

Each import has, for each service point, a device of its own (`import-3-1`, channel `imported`) that stood there for the
time of its answers. So attachment, corrections and completeness have one rule for all responses.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import groupby, islice
from operator import attrgetter
from typing import Any, NamedTuple

from broker_bridge.database import responses, rollups
from broker_bridge.database.answers import Answer
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.corrections import UNSAID, Because, changing, note
from broker_bridge.database.dating import place
from broker_bridge.database.journals import BEGIN, Journal, columns
from broker_bridge.database.memory import forget, memory_of
from broker_bridge.database.moments import BOUNDED, CLOCK
from broker_bridge.database.moving import moving
from broker_bridge.database.older_answers import Given, Part, Source, mistakes, parts_of, visitors
from broker_bridge.database.ranges import next_id
from broker_bridge.database.records import content_hash
from broker_bridge.database.responses import Response
from broker_bridge.database.rows import existing, find, insert
from broker_bridge.database.timelines import Place, timeline

CHANNEL = STATUS = "imported"
EPOCH = "import"
STORED_AT_ONCE = 10_000

DEVICES = "SELECT device_id FROM imported_devices WHERE import_id = :import_id"

# Attached to nothing, so that no correction of the past finds them.
WITHDRAW = """
UPDATE responses SET kind = 'withdrawn', service_point = NULL, unit = NULL, scheme = NULL, service_class = NULL
"""

Progress = Callable[[int, int], None]


class Imported(NamedTuple):
    """An import: whether it is new or was stored before, and how many visitors it brought."""

    id: int
    new: bool
    n: int


class Rehearsed(Exception):
    """What was tried is to be undone."""


def quiet(done: int, of: int) -> None:
    """Show no progress."""


def import_older(
    connection: Connection, source: Source, given: Sequence[Given], because: Because, progress: Progress = quiet
) -> Imported:
    """Store the rows of a file as one import, all or none; the same file with the same mapping is stored once.

    Raises the first of the `mistakes`.
    """
    with changing(connection):
        before = standing(connection, source)
        if before:
            return Imported(before["id"], new=False, n=before["n"])
        for mistake in mistakes(connection, source, given):
            raise mistake
        import_id, parts, now_ms = begun(connection, source, given, because)
        store_all(connection, made(source, parts, now_ms), lambda done: progress(done, len(given)))
        told = {"import_id": import_id, "system": source.system, "file": source.file, "hash": source.hash}
        n = visitors(given)
        note(connection, because, "import", told, n)
    return Imported(import_id, new=True, n=n)


def rehearse(connection: Connection, source: Source, given: Sequence[Given]) -> Counter[Place]:
    """Return how many visitors an import without mistakes would attach to what; nothing is stored."""
    attached: Counter[Place] = Counter()
    with suppress(Rehearsed), changing(connection):
        _, parts, _ = begun(connection, source, given, UNSAID)
        for part in parts:
            of_device = timeline(connection, part.device_id)
            for row in part.rows:
                attached[of_device.at(row.at_ms)] += row.n
        raise Rehearsed
    return attached


def standing(connection: Connection, source: Source) -> Row | None:
    """Return the import that the same file has already made, unless it was undone."""
    return find(connection, "imports", {"hash": source.hash, "undone_ms": None})


def begun(
    connection: Connection, source: Source, given: Sequence[Given], because: Because
) -> tuple[int, list[Part], int]:
    """Register an import, with a device that stood at each point; return its id, its parts, and the moment."""
    import_id, now_ms = next_id(connection, "imports"), time.time_ns() // 1_000_000
    row = {name: value for name, value in source._asdict().items() if name != "language"}
    row |= {"id": import_id, "imported_ms": now_ms, "who": because.who, "why": because.why}
    insert(connection, "imports", row | {"n": visitors(given)})
    parts = parts_of(import_id, given)
    for part in parts:
        register(connection, source, import_id, part, now_ms)
    return import_id, parts, now_ms


def register(connection: Connection, source: Source, import_id: int, part: Part, now_ms: int) -> None:
    """Let a device stand for one point: it is no device that the bridge would listen to."""
    key = {"device_id": part.device_id}
    known = {"model": source.system, "channel": CHANNEL, "status": STATUS, "survey": source.survey}
    insert(connection, "devices", key | known | {"languages": "[]", "registered_ms": now_ms})
    lasted = {"valid_from_ms": part.lasted.from_ms, "valid_to_ms": part.lasted.to_ms}
    placed = {"id": next_id(connection, "placements"), "service_point": part.service_point}
    insert(connection, "placements", key | placed | lasted)
    insert(connection, "imported_devices", key | {"import_id": import_id, "n": visitors(part.rows)} | part.at)
    last = len(part.rows)
    journal = Journal(part.device_id, EPOCH, last, last, 1, last + 1, heard_ms=part.lasted.to_ms or 0)
    connection.executemany(BEGIN, [columns(journal)])


def made(source: Source, parts: Iterable[Part], now_ms: int) -> Iterator[Response]:
    """Yield a row of `responses` for each row of a file."""
    for part in parts:
        for seq, row in enumerate(part.rows, 1):
            yield response(source, part.device_id, seq, row, now_ms)


def response(source: Source, device_id: str, seq: int, row: Given, now_ms: int) -> Response:
    """Return a row of a file as a row of `responses`."""
    given = [row.from_ms, row.to_ms, row.counts]
    return Response(
        seq=seq,
        received_ms=now_ms,
        at_ms=row.at_ms,
        earliest_ms=row.from_ms,
        latest_ms=row.to_ms - 1,
        time_quality=CLOCK if row.is_dated else BOUNDED,
        device_id=device_id,
        epoch=EPOCH,
        hash=content_hash(json.dumps(given).encode()),
        kind="response" if row.is_press else "counters",
        channel=CHANNEL,
        survey=source.survey,
        language=source.language,
        n=row.n,
        answers=[Answer(source.question, value, n=n) for value, n in row.counts],
    )


def in_pieces(rows: Iterator[Response]) -> Iterator[list[Response]]:
    """Yield rows so many at a time that they fit into memory."""
    while piece := list(islice(rows, STORED_AT_ONCE)):
        yield piece


def store_all(connection: Connection, rows: Iterator[Response], progress: Callable[[int], None]) -> None:
    """Store rows; should that fail, what was learnt on the way of places that are not there now is forgotten."""
    done = 0
    try:
        for piece in in_pieces(rows):
            store(connection, piece)
            done += len(piece)
            progress(done)
    except BaseException:
        forget(connection)
        raise


def store(connection: Connection, rows: Sequence[Response]) -> None:
    """Attach rows to what was valid at their time, store them, and count them into the rollups."""
    memory = memory_of(connection)
    for device_id, of_device in groupby(rows, key=attrgetter("device_id")):
        place(memory.timeline(connection, device_id), of_device)
    responses.insert(connection, rows)
    rollups.add(connection, memory, rows)


def undo(connection: Connection, import_id: int, because: Because) -> Imported:
    """Take an import out of every report; its rows stay, as `withdrawn`, and its file may be imported again.

    Raises Unknown when there is no such import; once undone, nothing happens.
    """
    with changing(connection):
        stored = existing(connection, "imports", "id", import_id, "import")
        if stored["undone_ms"] is not None:
            return Imported(import_id, new=False, n=stored["n"])
        of_import = {"import_id": import_id}
        with moving(connection, f"responses.device_id IN ({DEVICES})", of_import):
            connection.execute(f"{WITHDRAW} WHERE device_id IN ({DEVICES})", of_import)
        for table in ("placements", "journals"):
            connection.execute(f"DELETE FROM {table} WHERE device_id IN ({DEVICES})", of_import)
        values = of_import | {"undone_ms": time.time_ns() // 1_000_000}
        connection.execute("UPDATE imports SET undone_ms = :undone_ms WHERE id = :import_id", values)
        note(connection, because, "import_undone", of_import, stored["n"])
    return Imported(import_id, new=True, n=stored["n"])


def listed(connection: Connection) -> list[dict[str, Any]]:
    """Return all imports, the latest first, each with what it brought for each service point."""
    parts: dict[int, list[dict[str, Any]]] = {}
    for row in connection.execute("SELECT * FROM imported_devices ORDER BY import_id, device_id"):
        part = dict(row)
        parts.setdefault(part.pop("import_id"), []).append(part)
    rows = connection.execute("SELECT * FROM imports ORDER BY id DESC").fetchall()
    return [dict(row) | {"service_points": parts.get(row["id"], [])} for row in rows]
