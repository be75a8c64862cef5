"""Survey versions: what may be asked, and the questions that a stored version has."""

import json
from typing import NamedTuple

from broker_bridge.database.connect import Connection

KIND_RANGES = {"smiley4": (1, 4), "smiley5": (1, 5), "agree5": (1, 5), "nps": (0, 10)}


class Question(NamedTuple):
    """A question of a survey version: its kind, and the ids of its options where it has any."""

    kind: str
    options: tuple[str, ...] = ()


def backgrounds(connection: Connection) -> dict[str, list[str]]:
    """Return the questions that tell of who answers, in any stored survey version, with all options ever offered."""
    found: dict[str, list[str]] = {}
    for row in connection.execute("SELECT definition FROM surveys ORDER BY survey").fetchall():
        for question in json.loads(row["definition"])["questions"]:
            if question.get("background"):
                found.setdefault(question["id"], []).extend(option["id"] for option in question["options"])
    return {question: list(dict.fromkeys(options)) for question, options in sorted(found.items())}


def questions(connection: Connection, survey: str) -> dict[str, Question]:
    """Return the questions of a stored survey version by id, in order; empty when it is not stored."""
    stored = connection.execute("SELECT definition FROM surveys WHERE survey = :survey", {"survey": survey}).fetchone()
    if not stored:
        return {}
    return {
        question["id"]: Question(question["kind"], tuple(option["id"] for option in question.get("options", [])))
        for question in json.loads(stored["definition"])["questions"]
    }
