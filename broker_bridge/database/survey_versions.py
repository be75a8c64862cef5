"""Stores survey versions, each once and for good: what was asked can be read as long as there are answers to it."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.mending import ingest_rejected
from broker_bridge.database.names import a_language, of_kind
from broker_bridge.database.rows import Written, find, insert
from broker_bridge.database.surveys import KIND_RANGES
from device.protocol import messages
from device.protocol.canonical import dumps
from device.protocol.kinds import Refused

ROLES = ("patient", "child", "relative")
KINDS = (*KIND_RANGES, "choice", "text")
LONGEST_TEXT = 500
MOST_QUESTIONS = 32
MOST_LANGUAGES = 16
MOST_OPTIONS = 32


def add_survey(connection: Connection, definition: Mapping[str, Any]) -> Written:
    """Store a survey version: `survey` (name@version), `languages` (those of its first question when left out), and
    `questions`, each with `id`, `kind`, `text` by language, for a choice `options` with `id` and `text`, and optionally
    `verified` by language, `when`: after which answers to an earlier question it is asked, and `background`: that this
    choice tells of who answers, so that reports filter by it. `role` says who answers.

    The same again changes nothing; another content raises Conflict, since a stored version is never edited. Records
    that were rejected for want of it are ingested. Warns where a text is missing in one of its languages.
    """
    checked = checked_definition(definition)
    survey, canonical = checked["survey"], dumps(checked)
    with transaction(connection):
        stored = find(connection, "surveys", {"survey": survey})
        if stored and stored["definition"] != canonical:
            raise Conflict("survey", survey, "the next version, since a stored one is never edited")
        if not stored:
            insert(connection, "surveys", {"survey": survey, "definition": canonical})
            insert_questions(connection, checked)
            ingest_rejected(connection, survey)
    return Written(not stored, warnings=tuple(untranslated(checked)))


def insert_questions(connection: Connection, survey: Mapping[str, Any]) -> None:
    """Store the questions one row each, for those who count answers."""
    for position, question in enumerate(survey["questions"], start=1):
        row = {"question": question["id"], "position": position, "kind": question["kind"]}
        insert(connection, "questions", {"survey": survey["survey"], **row})


def checked_definition(definition: Mapping[str, Any]) -> dict[str, Any]:
    """Return a definition without unknown fields; raise Invalid when it is wrong or too long for a device."""
    survey = of_kind(messages.SURVEY, "survey", definition.get("survey"), "name@version, such as reception@3")
    asked = questions(definition.get("questions"))
    offered = languages(definition.get("languages", list(asked[0]["text"])))
    checked = {"survey": survey, "languages": offered, "questions": asked} | role(definition)
    try:
        settings = {"settings": checked["survey"], "survey": checked, "languages": checked["languages"]}
        messages.encode("down/settings", settings)
    except Refused as refusal:
        raise Invalid(
            "survey", refusal.reason, f"a message to a device of {messages.LARGEST_PAYLOAD} bytes"
        ) from refusal
    return checked


def role(definition: Mapping[str, Any]) -> dict[str, str]:
    """Return who answers, where that is said; nobody says so of a patient or client."""
    if "role" not in definition:
        return {}
    if definition["role"] not in ROLES:
        raise Invalid("role", definition["role"], f"one of {', '.join(ROLES)}")
    return {"role": definition["role"]}


def languages(given: Any) -> list[str]:
    """Return the languages in which a survey may be asked, in the order in which they are offered."""
    offered = [a_language("languages", language) for language in listed(given, "languages", MOST_LANGUAGES)]
    unique(offered, "languages")
    return offered


def questions(given: Any) -> list[dict[str, Any]]:
    """Return the questions of a definition, in order."""
    asked = [question(each, f"questions[{i}]") for i, each in enumerate(listed(given, "questions", MOST_QUESTIONS))]
    unique([each["id"] for each in asked], "questions")
    for place, each in enumerate(asked):
        if "when" in each:
            each["when"] = condition(each["when"], asked[:place], f"questions[{place}].when")
    return asked


def condition(given: Any, earlier: Sequence[Mapping[str, Any]], where: str) -> dict[str, Any]:
    """Return after which answers a question is asked: `values` of one earlier question, or options of a choice."""
    if not isinstance(given, Mapping) or set(given) != {"question", "values"}:
        raise Invalid(where, given, "an object with question and values")
    asked = {each["id"]: each for each in earlier if each["kind"] != "text"}
    if given["question"] not in asked:
        raise Invalid(
            f"{where}.question", given["question"], f"an earlier one of: {', '.join(asked) or 'there is none'}"
        )
    possible = answers_of(asked[given["question"]])
    values = listed(given["values"], f"{where}.values", len(possible))
    for value in values:
        if value not in possible or isinstance(value, bool):
            raise Invalid(f"{where}.values", value, f"one of {', '.join(map(str, possible))}")
    unique(values, f"{where}.values")
    return {"question": given["question"], "values": values}


def answers_of(question: Mapping[str, Any]) -> list[int] | list[str]:
    """Return the values of a scale, or the ids of the options of a choice."""
    if question["kind"] == "choice":
        return [option["id"] for option in question["options"]]
    lowest, highest = KIND_RANGES[question["kind"]]
    return list(range(lowest, highest + 1))


def question(given: Any, where: str) -> dict[str, Any]:
    """Return one question with its id, kind and text, and with its options when it is a choice."""
    checked = identified(given, where)
    kind = given.get("kind")
    if kind not in KINDS:
        raise Invalid(f"{where}.kind", kind, f"one of {', '.join(KINDS)}")
    if kind == "choice":
        checked["options"] = options(given.get("options"), f"{where}.options")
    elif given.get("options"):
        raise Invalid(f"{where}.options", given["options"], f"no options for kind {kind}")
    if given.get("background"):
        checked["background"] = background(given, f"{where}.background")
    if "when" in given:
        checked["when"] = given["when"]
    if "verified" in given:
        checked["verified"] = verified(given["verified"], f"{where}.verified")
    return checked | {"kind": kind}


def background(given: Mapping[str, Any], where: str) -> bool:
    """Return that a question tells of who answers, an age group or the like; only a choice can."""
    if given["background"] is not True or given["kind"] != "choice":
        raise Invalid(where, given["background"], "true, for a choice; or nothing")
    return True


def verified(given: Any, where: str) -> dict[str, bool]:
    """Return {language: whether the wording was compared with the official one}."""
    if not isinstance(given, Mapping) or not all(isinstance(value, bool) for value in given.values()):
        raise Invalid(where, given, "an object of language and true or false")
    return {a_language(where, language): value for language, value in given.items()}


def options(given: Any, where: str) -> list[dict[str, Any]]:
    """Return the options of a choice, in order."""
    offered = [identified(each, f"{where}[{i}]") for i, each in enumerate(listed(given, where, MOST_OPTIONS))]
    unique([each["id"] for each in offered], where)
    return offered


def identified(given: Any, where: str) -> dict[str, Any]:
    """Return the id and the text of a question or an option."""
    if not isinstance(given, Mapping):
        raise Invalid(where, given, "an object with id and text")
    allowed = "1 to 64 of A-Z, a-z, 0-9, _ . and -"
    return {
        "id": of_kind(messages.IDENTIFIER, f"{where}.id", given.get("id"), allowed),
        "text": texts(given.get("text"), f"{where}.text"),
    }


def texts(given: Any, where: str) -> dict[str, str]:
    """Return {language: text}, in Unicode NFC."""
    if not isinstance(given, Mapping) or not given:
        raise Invalid(where, given, "an object of language and text, at least one")
    return {a_language(where, language): a_text(f"{where}.{language}", text) for language, text in given.items()}


def a_text(where: str, given: Any) -> str:
    """Return the wording of a question or option; raise Invalid when there is none or a screen cannot show it."""
    stripped = unicodedata.normalize("NFC", given.strip()) if isinstance(given, str) else ""
    if not 1 <= len(stripped) <= LONGEST_TEXT or not stripped.isprintable():
        raise Invalid(where, given, f"1 to {LONGEST_TEXT} printable characters")
    return stripped


def listed(given: Any, where: str, most: int) -> list[Any]:
    """Return a list of 1 to `most` entries; raise Invalid for anything else."""
    if not isinstance(given, list) or not 1 <= len(given) <= most:
        raise Invalid(where, given, f"a list of 1 to {most} entries")
    return given


def unique(ids: Sequence[str | int], where: str) -> None:
    """Raise Invalid when something stands twice."""
    for name in ids:
        if ids.count(name) > 1:
            raise Invalid(where, name, "each only once")


def untranslated(survey: Mapping[str, Any]) -> list[str]:
    """Return a warning for each text that is missing in a language of the survey."""
    items = []
    for asked in survey["questions"]:
        items.append((asked["id"], asked))
        items += [(f"{asked['id']}.{option['id']}", option) for option in asked.get("options", [])]
    return [
        f"{name} has no text in {language}"
        for name, item in items
        for language in survey["languages"]
        if language not in item["text"]
    ]
