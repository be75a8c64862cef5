"""Reads what the page shows: units with their classes and devices, and the last responses."""

import json
from typing import Any

from broker_bridge.database.connect import Connection, Row
from server.reporting.queries import REPORTED

SHOWN_PRESSES = 12

VALID_NOW = "{0}.valid_from_ms <= :now_ms AND ({0}.valid_to_ms IS NULL OR :now_ms < {0}.valid_to_ms)"

UNITS = "SELECT code, names, time_zone FROM units ORDER BY code"

POINTS_NOW = f"SELECT service_point FROM service_point_units AS at WHERE at.unit = :unit AND {VALID_NOW.format('at')}"

CLASSES_NOW = f"""
SELECT DISTINCT classes.code, classes.names
FROM service_class_links AS links
JOIN service_classes AS classes ON classes.scheme = links.scheme AND classes.code = links.code
WHERE {VALID_NOW.format("links")} AND (links.unit = :unit OR links.service_point IN ({POINTS_NOW}))
ORDER BY classes.code
"""

DEVICES_NOW = f"""
SELECT device_id FROM placements WHERE {VALID_NOW.format("placements")} AND service_point IN ({POINTS_NOW})
"""

PRESSES = f"""
SELECT responses.id, responses.at_ms, responses.time_quality, responses.language, responses.survey,
       units.names AS unit, units.time_zone, service_points.names AS service_point
FROM responses
LEFT JOIN units ON units.code = responses.unit
LEFT JOIN service_points ON service_points.code = responses.service_point
WHERE {REPORTED} AND responses.kind = 'response' AND responses.at_ms IS NOT NULL
ORDER BY responses.at_ms DESC, responses.id DESC LIMIT {SHOWN_PRESSES}
"""

RATING = """
SELECT answers.question, questions.kind, answers.value
FROM answers JOIN questions ON questions.survey = :survey AND questions.question = answers.question
WHERE answers.response_id = :id AND answers.value IS NOT NULL
ORDER BY questions.position LIMIT 1
"""


def units(connection: Connection) -> list[Row]:
    return connection.execute(UNITS).fetchall()


def classes(connection: Connection, unit: str, now_ms: int) -> list[tuple[str, dict[str, str]]]:
    """Return code and names of the service classes that a unit and its points have now."""
    rows = connection.execute(CLASSES_NOW, {"unit": unit, "now_ms": now_ms})
    return [(row["code"], json.loads(row["names"])) for row in rows]


def devices(connection: Connection, unit: str, now_ms: int) -> set[str]:
    """Return the devices that stand in a unit now."""
    return {row["device_id"] for row in connection.execute(DEVICES_NOW, {"unit": unit, "now_ms": now_ms})}


def presses(connection: Connection) -> list[tuple[Row, Row | None]]:
    """Return the last responses, the latest first, each with its first rating if it has one."""
    return [(row, connection.execute(RATING, dict(row)).fetchone()) for row in connection.execute(PRESSES).fetchall()]


def question_texts(connection: Connection, survey: str, question: str) -> dict[str, Any]:
    """Return the wordings of a question in a survey version, by language."""
    row = connection.execute("SELECT definition FROM surveys WHERE survey = :survey", {"survey": survey}).fetchone()
    asked = json.loads(row["definition"])["questions"] if row else []
    return next((each["text"] for each in asked if each["id"] == question), {})
