"""Checks what a record answers against its survey version; one row an answer."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.records import Said
from broker_bridge.database.surveys import KIND_RANGES, Question

Asked = Mapping[str, Question]


class Answer(NamedTuple):
    """One answer to one question, given by `n` visitors: a value, an option or a text."""

    question: str
    value: int | None = None
    option: str | None = None
    text: str | None = None
    n: int = 1


COLUMNS = ("response_id", "position", *Answer._fields)


def checked(said: Said, asked: Asked) -> Sequence[Answer]:
    """Return the answers of a record, none for one that answers nothing; `asked` are the questions of its survey.

    Raises Unknown when the survey is not stored (yet), Invalid when a question or value is not in it.
    """
    if said.answers is None and said.counters is None:
        return []
    if not asked:
        raise Unknown("survey", said.survey, "a survey version that is stored")
    if said.counters is not None:
        return counted(said.counters, asked)
    given = said.answers or {}
    if len(given) == 1:
        ((name, value),) = given.items()
        if isinstance(value, int) and name in asked:
            return rating(name, value, asked[name])
    return [answer for name in sorted(given) for answer in answered(name, given[name], asked)]


@lru_cache(maxsize=10_000)
def rating(name: str, value: int, question: Question) -> tuple[Answer]:
    """Return the answers of a record that rates one thing: most do, and there are few such."""
    return (Answer(name, in_range(name, value, question)),)


def answered(name: str, given: Any, asked: Asked) -> list[Answer]:
    """Return the rows of one answer; a list of options makes a row for each."""
    where = f"answers.{name}"
    question = the_question(name, asked, where)
    if question.kind == "text":
        return [Answer(name, text=unicodedata.normalize("NFC", of_type(given, str, where, "a text")))]
    if question.kind == "choice":
        chosen = of_type(given, list, where, "a list of option ids")
        return [Answer(name, option=an_option(option, question, where)) for option in dict.fromkeys(chosen)]
    return [Answer(name, in_range(name, given, question))]


def counted(counters: dict[str, Any], asked: Asked) -> list[Answer]:
    """Return the rows of a counters record: one for each value, with the number of visitors who gave it."""
    return [
        Answer(name, in_range(name, int(value), the_question(name, asked, f"counters.{name}"), "counters"), n=n)
        for name, counts in sorted(counters.items())
        if name != "from_uptime_s"
        for value, n in sorted(counts.items())
    ]


def the_question(name: str, asked: Asked, where: str) -> Question:
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


def in_range(name: str, given: Any, question: Question, among: str = "answers") -> int:
    """Return an ordinal or 0-10 value if it is on the question's scale; it is never clipped."""
    if question.kind not in KIND_RANGES:
        raise Invalid(f"{among}.{name}", given, f"an answer of kind {question.kind}")
    low, high = KIND_RANGES[question.kind]
    if not isinstance(given, int) or not low <= given <= high:
        raise Invalid(f"{among}.{name}", given, f"an integer from {low} to {high}")
    return given


def visitors(said: Said) -> int:
    """Return how many visitors a record stands for: one, or the sum of its counters."""
    if said.counters is None:
        return 1
    return sum(sum(counts.values()) for name, counts in said.counters.items() if name != "from_uptime_s")
