"""What was decided about publishing a question: read as a whole, and only ever added to."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from broker_bridge.database.connect import Connection
from broker_bridge.database.rows import find, insert

Key = tuple[str, str, str]  # place, month or bucket, part


@dataclass(frozen=True)
class Published:
    """A question with its kind and threshold, the place that each unit belongs to, parts, counts, and what is shown."""

    question: str
    kind: str
    threshold: int
    parents: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    counts: Mapping[Key, tuple[int, ...]] = field(default_factory=dict)
    shown: Mapping[Key, bool] = field(default_factory=dict)


def read(connection: Connection, question: str) -> Published | None:
    """Return all that was decided about a question, None when nothing was."""
    stored = find(connection, "published_questions", {"question": question})
    if stored is None:
        return None
    of = {"question": question}
    places = connection.execute("SELECT place, parent FROM published_places WHERE question = :question", of)
    parts = connection.execute("SELECT part FROM published_parts WHERE question = :question ORDER BY part", of)
    counts = connection.execute(
        "SELECT place, month, part, counts FROM published_counts WHERE question = :question", of
    )
    cells = connection.execute("SELECT place, bucket, part, shown FROM published_cells WHERE question = :question", of)
    return Published(
        question,
        stored["kind"],
        stored["threshold"],
        {row["place"]: row["parent"] for row in places},
        tuple(row["part"] for row in parts),
        {(row["place"], row["month"], row["part"]): tuple(json.loads(row["counts"])) for row in counts},
        {(row["place"], row["bucket"], row["part"]): bool(row["shown"]) for row in cells},
    )


def beside(connection: Connection, question: str) -> list[Published]:
    """Return what was decided about the questions that some survey asks together with one."""
    together = """
        SELECT question FROM published_questions WHERE question <> :question AND question IN (
            SELECT other.question FROM questions JOIN questions AS other ON other.survey = questions.survey
             WHERE questions.question = :question)
         ORDER BY question"""
    names = [row["question"] for row in connection.execute(together, {"question": question})]
    return [found for name in names if (found := read(connection, name))]


def add(connection: Connection, was: Published | None, now: Published) -> None:
    """Store what is new in a later state of the same question. Runs in the caller's transaction."""
    of = {"question": now.question}
    if was is None:
        insert(connection, "published_questions", of | {"kind": now.kind, "threshold": now.threshold})
        was = Published(now.question, now.kind, now.threshold)
    append(connection, "published_places", of, ("place", "parent"), [*(now.parents.items() - was.parents.items())])
    append(connection, "published_parts", of, ("part",), [(part,) for part in now.parts if part not in was.parts])
    counts = [(*key, json.dumps(now.counts[key])) for key in now.counts if key not in was.counts]
    append(connection, "published_counts", of, ("place", "month", "part", "counts"), counts)
    cells = [(*key, int(now.shown[key])) for key in now.shown if key not in was.shown]
    append(connection, "published_cells", of, ("place", "bucket", "part", "shown"), cells)


def append(
    connection: Connection,
    table: str,
    of: Mapping[str, str],
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
) -> None:
    """Insert rows of a question."""
    connection.append(table, ("question", *columns), [(of["question"], *row) for row in sorted(rows, key=repr)])
