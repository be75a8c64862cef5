"""Checks what a record answers against its survey version, and stores it, one row an answer."""

import unicodedata
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.surveys import KIND_RANGES, Question, questions


@dataclass(frozen=True)
class Answer:
    """One answer to one question, given by `n` visitors: a value, an option or a text."""

    question: str
    value: int | None = None
    option: str | None = None
    text: str | None = None
    n: int = 1


def checked(connection: Connection, content: dict[str, Any]) -> list[Answer]:
    """Return the answers of a response or counters record.

    Raises Unknown when the survey is not stored (yet), Invalid when a question or value is not in it.
    """
    asked = questions(connection, content["survey"])
    if not asked:
        raise Unknown("survey", content["survey"], "a survey version that is stored")
    if "counters" in content:
        return counted(content["counters"], asked)
    return [answer for name, given in content["answers"].items() for answer in answered(name, given, asked)]


def answered(name: str, given: Any, asked: dict[str, Question]) -> list[Answer]:
    """Return the rows of one answer; a list of options makes a row for each."""
    where = f"answers.{name}"
    question = the_question(name, asked, where)
    if question.kind == "text":
        return [Answer(name, text=unicodedata.normalize("NFC", of_type(given, str, where, "a text")))]
    if question.kind == "choice":
        chosen = of_type(given, list, where, "a list of option ids")
        return [Answer(name, option=an_option(option, question, where)) for option in dict.fromkeys(chosen)]
    return [Answer(name, value=in_range(given, question, where))]


def counted(counters: dict[str, Any], asked: dict[str, Question]) -> list[Answer]:
    """Return the rows of a counters record: one for each value that was given, with the number of visitors who did."""
    given = [
        Answer(name, value=in_range(int(value), the_question(name, asked, f"counters.{name}"), f"counters.{name}"), n=n)
        for name, counts in counters.items()
        if name != "from_uptime_s"
        for value, n in counts.items()
    ]
    return [answer for answer in given if answer.n]


def the_question(name: str, asked: dict[str, Question], where: str) -> Question:
    """Return a question of the survey; raise Unknown with those that it has."""
    if name not in asked:
        raise Unknown(where, name, "one of " + ", ".join(asked))
    return asked[name]


def of_type(given: Any, kind: type, where: str, allowed: str) -> Any:
    """Return the value if it has the type that its question takes."""
    if not isinstance(given, kind):
        raise Invalid(where, given, allowed)
    return given


def an_option(option: str, question: Question, where: str) -> str:
    """Return an option id if the question offers it."""
    if option not in question.options:
        raise Invalid(where, option, "one of " + ", ".join(question.options))
    return option


def in_range(given: Any, question: Question, where: str) -> int:
    """Return an ordinal or 0-10 value if it is on the question's scale; it is never clipped."""
    if question.kind not in KIND_RANGES:
        raise Invalid(where, given, f"an answer of kind {question.kind}")
    low, high = KIND_RANGES[question.kind]
    if not isinstance(given, int) or not low <= given <= high:
        raise Invalid(where, given, f"an integer from {low} to {high}")
    return given


def insert(connection: Connection, response_id: int, given: list[Answer]) -> None:
    """Store the answers of one response."""
    connection.executemany(
        """INSERT INTO answers (response_id, question, value, option, text, n)
           VALUES (:response_id, :question, :value, :option, :text, :n)""",
        [vars(answer) | {"response_id": response_id} for answer in given],
    )


def visitors(content: dict[str, Any]) -> int:
    """Return how many visitors a record stands for: one, or the sum of its counters."""
    if "counters" not in content:
        return 1
    return sum(sum(counts.values()) for name, counts in content["counters"].items() if name != "from_uptime_s")
