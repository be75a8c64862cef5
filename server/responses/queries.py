"""Reads responses under the filters of a report, a page at a time, with their answers."""

from collections.abc import Iterator, Sequence
from typing import Any

from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.contributions import ANSWERING
from broker_bridge.database.rows import find_many
from server.reporting.filters import Filters
from server.reporting.queries import test, what_is_read
from server.responses.masking import masked

COLUMNS = (
    "id, device_id, epoch, seq, kind, at_ms, earliest_ms, latest_ms, time_quality, received_ms, survey, language,"
    " channel, flags, undone, n, service_point, unit, scheme, service_class"
)
ANSWERED = "EXISTS (SELECT 1 FROM answers WHERE answers.response_id = responses.id AND answers.question = :question)"
ROWS_AT_A_TIME = 1_000

Found = dict[str, Any]


def page(connection: Connection, filters: Filters, after: int, limit: int) -> list[Found]:
    """Return up to `limit` responses with an id above `after`, by id, each with its answers and masked comments.

    All are there, those too that reports leave out: `flags` and `undone` say which.
    """
    tests, values = conditions(filters)
    sql = f"""SELECT {COLUMNS} FROM responses WHERE {" AND ".join([ANSWERING, *tests])} AND responses.id > :after
              ORDER BY responses.id LIMIT :limit"""
    rows = [dict(row) for row in connection.execute(sql, values | {"after": after, "limit": limit})]
    answers = answers_of(connection, [row["id"] for row in rows])
    return [row | {"answers": answers.get(row["id"], [])} for row in rows]


def conditions(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions on `responses`, with their values."""
    tests, values = what_is_read(filters)
    tests += [test(name, value) for name, value in filters.equal.items() if name not in ("question", "device_id")]
    tests += [ANSWERED] if filters.question else []
    return [*tests, *filters.of_units("responses.unit")], {**values, **filters.equal, **filters.unit_values}


def answers_of(connection: Connection, ids: Sequence[int]) -> dict[int, list[Found]]:
    """Return the answers of responses, in the order in which they are stored."""
    found: dict[int, list[Found]] = {}
    rows = find_many(connection, "answers.*", "answers", ("response_id",), [(each,) for each in ids])
    for row in sorted({(row["response_id"], row["position"]): row for row in rows}.values(), key=place):
        found.setdefault(row["response_id"], []).append(answer(row))
    return found


def place(row: Row) -> tuple[int, int]:
    """Return where an answer stands."""
    return row["response_id"], row["position"]


def answer(row: Row) -> Found:
    """Return an answer with what it has: a value, an option, or a comment that names nobody."""
    given = {name: row[name] for name in ("value", "option") if row[name] is not None}
    comment = {} if row["text"] is None else {"text": masked(row["text"])}
    return {"question": row["question"], **given, **comment} | ({"n": row["n"]} if row["n"] != 1 else {})


def every(connection: Connection, filters: Filters) -> Iterator[Found]:
    """Yield all responses under the filters, read page by page so that nobody waits for a reader."""
    after = 0
    while found := page(connection, filters, after, ROWS_AT_A_TIME):
        yield from found
        after = found[-1]["id"]
