"""What a kiosk asks: one version of a survey with its limits and notes, as `down/settings` brings it."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from device.protocol import down, kinds
from device.protocol.canonical import dumps
from device.protocol.down import IDENTIFIER, LANGUAGE
from device.protocol.kinds import Choice, Fields, Integer, Listed, Refused, Text

SCALES = {"smiley4": range(1, 5), "smiley5": range(1, 6), "agree5": range(1, 6), "nps": range(11)}
"""The values of a scale in the order in which they stand on the screen; 1 is the worst, 0 the least likely."""

MOST_OPTIONS = 6  # more do not fit a screen in letters that an old visitor can read
MOST_NOTES = 16
ANSWERS_ROOM = 7_000  # bytes of a message's 8,192 that one visitor's answers may fill
LEAST_TEXT_ROOM = 1_000
LONGEST_WORD = 60  # letters; the screens judge shorter ones by their pixels


@dataclass(frozen=True)
class Limits:
    """Gestures and waits as the bridge or the settings file may set them; times that are 0 turn the gesture off."""

    repeat_ms: int = 3_000  # a response so soon after another is labelled a repeat
    undo_ms: int = 5_000
    hold_ms: int = 3_000  # how long a corner is held, for cleaning or for the staff
    cleaning_s: int = 60
    idle_s: int = 40  # without a touch; then the kiosk asks whether somebody is there
    keep_partial: bool = True  # what a visitor answered and left is stored, or else forgotten


@dataclass(frozen=True)
class Option:
    """One of the answers of a choice."""

    id: str
    text: Mapping[str, str]


@dataclass(frozen=True)
class When:
    """A follow-up is asked only after one of these values of an earlier question, written as its options' ids are."""

    question: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One page of the survey; `options` only when its kind is `choice`."""

    id: str
    kind: str
    text: Mapping[str, str]
    options: tuple[Option, ...] = ()
    when: When | None = None

    @property
    def values(self) -> tuple[str, ...]:
        """What can be chosen, in its order: the steps of a scale as texts, or the ids of the options."""
        if self.kind in SCALES:
            return tuple(map(str, SCALES[self.kind]))
        return tuple(option.id for option in self.options)


@dataclass(frozen=True)
class Note:
    """What visitors said, what was done about it, when and by whom."""

    said: Mapping[str, str]
    did: Mapping[str, str]
    date: str
    owner: str


@dataclass(frozen=True)
class Survey:
    """One version, whole and checked."""

    version: str
    languages: tuple[str, ...]
    questions: tuple[Question, ...]
    notes: tuple[Note, ...] = ()
    limits: Limits = field(default_factory=Limits)

    @property
    def text_room(self) -> int:
        """How many bytes of JSON all free texts of one visitor may fill together; below 0 when none fits."""
        longest: dict[str, Any] = {}
        for question in self.questions:
            longest[question.id] = SCALES[question.kind][-1] if question.kind in SCALES else list(question.values) or ""
        return ANSWERS_ROOM - len(dumps(longest).encode())

    def texts(self, language: str) -> list[str]:
        """Return every text that a visitor may see in a language."""
        found = []
        for question in self.questions:
            found.append(question.text[language])
            found += [option.text[language] for option in question.options]
        for note in self.notes:
            found += [note.said[language], note.did[language]]
        return found


class Flag(kinds.Kind):
    """true or false."""

    def check(self, value: Any, path: str) -> bool:
        if not isinstance(value, bool):
            raise Refused(f"{path} must be true or false")
        return value


FLAG = Flag()
WORDING = kinds.Mapping(LANGUAGE, Text(500, shortest=1), 16)
WHEN = Fields({"question": IDENTIFIER, "values": Listed(kinds.Anything(), 32)}, {})
OPTION = Fields({"id": IDENTIFIER, "text": WORDING}, {})
QUESTION = Fields(
    {"id": IDENTIFIER, "kind": Choice(*SCALES, "choice", "text"), "text": WORDING},
    {"options": Listed(OPTION, MOST_OPTIONS), "when": WHEN},
)
ASKED = Fields({"questions": Listed(QUESTION, 32)}, {})
DATE = Text(10, shortest=10, pattern="^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]$")
NOTE = Fields({"said": WORDING, "did": WORDING, "date": DATE, "owner": Text(80, shortest=1)}, {})
LIMITS = Fields(
    {},
    {
        "repeat_ms": Integer(0, 600_000),
        "undo_ms": Integer(0, 60_000),
        "hold_ms": Integer(500, 60_000),
        "cleaning_s": Integer(1, 3_600),
        "idle_s": Integer(10, 600),
        "keep_partial": FLAG,
    },
)


def read(fields: Mapping[str, Any], limits: Limits | None = None) -> Survey:
    """Return the survey of a decoded `down/settings`; `limits` hold where it names none.

    Refused says what this kiosk cannot show: a text missing in a language, a seventh option, a word without an end.
    """
    asked = ASKED.check(fields["survey"], "survey")["questions"]
    offered = languages(fields)
    questions: tuple[Question, ...] = ()
    for i, each in enumerate(asked):
        questions += (question(each, offered, questions, f"survey.questions[{i}]"),)
    if not questions:
        raise Refused("survey.questions has no question")
    unique((each.id for each in questions), "survey.questions")
    notes = tuple(
        note(NOTE.check(each, f"notes[{i}]"), offered, f"notes[{i}]")
        for i, each in enumerate(fields.get("notes", [])[:MOST_NOTES])
        if isinstance(each, dict) and ("said" in each or "did" in each)  # others are for the staff
    )
    allowed = replace(limits or Limits(), **LIMITS.check(fields.get("limits", {}), "limits"))
    survey = Survey(fields["settings"], offered, questions, notes, allowed)
    if survey.text_room < LEAST_TEXT_ROOM:
        raise Refused("survey.questions: the answers of one visitor would not fit a message")
    return survey


def languages(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the languages of the device, or those of its survey."""
    inside = Listed(LANGUAGE, 16).check(fields["survey"].get("languages", []), "survey.languages")
    offered = fields.get("languages") or inside
    if not offered:
        raise Refused("languages is empty")
    unique(offered, "languages")
    return tuple(offered)


def question(given: Mapping[str, Any], offered: tuple[str, ...], earlier: tuple[Question, ...], path: str) -> Question:
    """Return one page, in every language that is offered."""
    listed = enumerate(given.get("options", []))
    options = tuple(Option(each["id"], wording(each, "text", offered, f"{path}.options[{i}]")) for i, each in listed)
    if (given["kind"] == "choice") != bool(options):
        raise Refused(f"{path}.options must be there for a choice, and for nothing else")
    unique((option.id for option in options), f"{path}.options")
    when = condition(given["when"], earlier, f"{path}.when") if "when" in given else None
    return Question(given["id"], given["kind"], wording(given, "text", offered, path), options, when)


def condition(given: Mapping[str, Any], earlier: tuple[Question, ...], path: str) -> When:
    """Return after which answers a follow-up is asked."""
    asked = next((each for each in earlier if each.id == given["question"]), None)
    if asked is None:
        raise Refused(f"{path}.question must be an earlier question")
    allowed: list[Any] = list(SCALES[asked.kind]) if asked.kind in SCALES else list(asked.values)
    wrong = [value for value in given["values"] if isinstance(value, bool) or value not in allowed]
    if wrong or not given["values"]:
        raise Refused(f"{path}.values must be answers of {asked.id}, one or more")
    return When(asked.id, tuple(map(str, given["values"])))


def note(given: Mapping[str, Any], offered: tuple[str, ...], path: str) -> Note:
    """Return what visitors said and what was done about it."""
    said, did = (wording(given, name, offered, path) for name in ("said", "did"))
    return Note(said, did, given["date"], unicodedata.normalize("NFC", given["owner"]))


def wording(given: Mapping[str, Any], name: str, offered: tuple[str, ...], path: str) -> dict[str, str]:
    """Return a text in the languages that are offered, composed and without blanks around it."""
    found = {}
    for language in offered:
        text = unicodedata.normalize("NFC", given[name].get(language, "").strip())
        if not text:
            raise Refused(f"{path}.{name}.{language} is missing")
        if not text.isprintable():
            raise Refused(f"{path}.{name}.{language} holds a character that no screen shows")
        if max(map(len, text.split())) > LONGEST_WORD:
            raise Refused(f"{path}.{name}.{language} has a word of more than {LONGEST_WORD} letters")
        found[language] = text
    return found


def unique(ids: Iterable[str], path: str) -> None:
    """Raise Refused when something stands twice."""
    seen = set()
    for name in ids:
        if name in seen:
            raise Refused(f"{path} has {name} twice")
        seen.add(name)


def decode(payload: bytes, limits: Limits | None = None) -> Survey:
    """Return the survey of the payload of a `down/settings`; Refused says what is wrong with it."""
    fields = down.versioned_object(payload)
    return read(down.SETTINGS.check(fields, ""), limits)
