"""Counts responses and answers under filters; flagged and undone ones are left out, and counted apart."""

from collections.abc import Iterator
from typing import Any

from broker_bridge.database.connect import Connection, Row
from server.reporting.filters import Filters

ANSWERING = "responses.kind IN ('response', 'counters')"
COUNTED = f"{ANSWERING} AND responses.flags = '' AND responses.undone = 0"
ANSWERS_THE_QUESTION = (
    "EXISTS (SELECT 1 FROM answers WHERE answers.response_id = responses.id AND answers.question = :question)"
)

# A counters record stands for as many visitors as it counts; with a question asked about, only those who answered it.
VISITORS = """CASE WHEN responses.kind = 'counters' AND CAST(:question AS TEXT) IS NOT NULL
     THEN (SELECT sum(answers.n) FROM answers WHERE answers.response_id = responses.id AND answers.question = :question)
     ELSE responses.n END"""


def totals(connection: Connection, filters: Filters) -> dict[str, int]:
    """Return how many visitors responded, how many were left out, and how many have a time that is only bounded."""
    asked = (ANSWERS_THE_QUESTION,) if filters.question else ()
    row = connection.execute(
        f"""SELECT sum(visitors) FILTER (WHERE flags = '' AND undone = 0) AS responses,
                   sum(visitors) FILTER (WHERE flags <> '' AND undone = 0) AS flagged_left_out,
                   sum(visitors) FILTER (WHERE undone = 1) AS undone_left_out,
                   sum(visitors) FILTER (WHERE flags = '' AND undone = 0 AND time_quality = 'bounded') AS time_bounded
            FROM (SELECT flags, undone, time_quality, {VISITORS} AS visitors
                  FROM responses WHERE {filters.where(ANSWERING, *asked)}) AS filtered""",
        filters.values | {"question": filters.question},
    ).fetchone()
    return {name: int(row[name] or 0) for name in ("responses", "flagged_left_out", "undone_left_out", "time_bounded")}


def answered(connection: Connection, filters: Filters) -> Iterator[Row]:
    """Yield question, kind, survey, value, option and n: how often a value or option was given in a survey version."""
    asked = ("answers.question = :question",) if filters.question else ()
    yield from connection.execute(
        f"""SELECT answers.question, questions.kind, responses.survey, answers.value, answers.option,
                   sum(answers.n) AS n
            FROM responses
            JOIN answers ON answers.response_id = responses.id
            JOIN questions ON questions.survey = responses.survey AND questions.question = answers.question
            WHERE {filters.where(COUNTED, *asked)}
            GROUP BY answers.question, questions.kind, responses.survey, questions.position, answers.value,
                     answers.option
            ORDER BY questions.position, answers.question, responses.survey, answers.value, answers.option""",
        filters.values | {"question": filters.question},
    )


def kinds(connection: Connection, question: str) -> set[str]:
    """Return the kinds that a question has in the stored survey versions."""
    rows = connection.execute("SELECT DISTINCT kind FROM questions WHERE question = :question", {"question": question})
    return {row["kind"] for row in rows}


def choosers(connection: Connection, filters: Filters, question: str) -> int:
    """Return how many responses chose at least one option of a question."""
    row = connection.execute(
        f"""SELECT count(DISTINCT responses.id) AS n FROM responses JOIN answers ON answers.response_id = responses.id
            WHERE {filters.where(COUNTED, "answers.question = :question")}""",
        filters.values | {"question": question},
    ).fetchone()
    return int(row["n"])


DEVICES_OF_UNIT = """
SELECT DISTINCT placements.device_id
FROM placements JOIN service_point_units ON service_point_units.service_point = placements.service_point
WHERE service_point_units.unit = :unit
"""


def devices_of_unit(connection: Connection, unit: str) -> set[str]:
    """Return the devices that ever stood at a point of the unit."""
    return {row["device_id"] for row in connection.execute(DEVICES_OF_UNIT, {"unit": unit})}


def devices_concerned(connection: Connection, filters: Filters) -> set[str] | None:
    """Return the devices whose missing responses a report might lack, None when it may be any."""
    shown: dict[str, Any] = filters.shown
    if "device" in shown:
        return {shown["device"]}
    return devices_of_unit(connection, shown["unit"]) if "unit" in shown else None
