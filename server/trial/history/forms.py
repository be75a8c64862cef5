"""What may be asked and answered in a made-up past: survey versions, and filled-in forms with what they weigh."""

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from device.protocol import canonical

LANGUAGES = {"fi": 78, "sv": 18, "en": 4}
REASONS = ("waiting", "staff", "premises", "information")
AGES = ("0-17", "18-64", "65-")
TEXTS = ("Kiitos!", "Jono oli pitkä.", "Tack för hjälpen.", "Bra bemötande.", "Palvelu oli ystävällistä.")
WORDINGS: dict[str, dict[str, str]] = {
    "smiley": {"fi": "Millainen käyntisi oli?", "sv": "Hur var ditt besök?", "en": "How was your visit?"},
    "mood": {"fi": "Millainen olo sinulle jäi?", "sv": "Hur känns det?", "en": "How do you feel?"},
    "nps": {"fi": "Suosittelisitko?", "sv": "Skulle du rekommendera oss?", "en": "Would you recommend us?"},
    "helped": {"fi": "Sain apua", "sv": "Jag fick hjälp", "en": "I was helped"},
    "reason": {"fi": "Miksi?", "sv": "Varför?", "en": "Why?"},
    "age": {"fi": "Ikäryhmäsi?", "sv": "Din åldersgrupp?", "en": "Your age group?"},
    "text": {"fi": "Kerro lisää", "sv": "Berätta mer", "en": "Tell us more"},
}
KINDS = {
    "text": "text",
    "smiley": "smiley5",
    "mood": "smiley4",
    "nps": "nps",
    "helped": "agree5",
    "reason": "choice",
    "age": "choice",
}
OPTIONS = {"reason": REASONS, "age": AGES}
BACKGROUND = "age"
ASKED = {
    "smiley": ("smiley",),
    "four": ("mood",),
    "recommend": ("nps",),
    "kiosk": ("nps", "helped", "reason", "age", "text"),
}

# How often each value is given where people are neither content nor annoyed; the mood of a unit tilts it.
USUAL = {
    "smiley": (1, (6, 6, 11, 29, 48)),
    "mood": (1, (7, 11, 30, 52)),
    "nps": (0, (4, 1, 1, 2, 2, 5, 5, 10, 18, 20, 32)),
    "helped": (1, (4, 5, 10, 36, 45)),
}


@dataclass(frozen=True, eq=False)
class Form:
    """A filled-in form: its answers as the device sends them, and as rows (position, question, value, option, text).

    Forms that are filled in alike are one object, so that counting them is cheap.
    """

    said: str
    rows: tuple[tuple[int, str, int | None, str | None, str | None], ...]


def surveys() -> list[dict[str, Any]]:
    """Return all survey versions; the second ones ask the same in new words."""
    return [a_survey(form, version) for form in ASKED for version in (1, 2)]


def a_survey(form: str, version: int) -> dict[str, Any]:
    """Return one survey version."""
    return {
        "survey": f"{form}@{version}",
        "languages": list(LANGUAGES),
        "questions": [a_question(question, version) for question in ASKED[form]],
    }


def a_question(question: str, version: int) -> dict[str, Any]:
    """Return one question."""
    text = {language: wording + "!" * (version - 1) for language, wording in WORDINGS[question].items()}
    asked: dict[str, Any] = {"id": question, "kind": KINDS[question], "text": text}
    if question in OPTIONS:
        asked["options"] = [{"id": each, "text": dict.fromkeys(LANGUAGES, each)} for each in OPTIONS[question]]
    return asked | ({"background": True} if question == BACKGROUND else {})


def fill(chance: random.Random, form: str, mood: float, count: int) -> list[Form]:
    """Return so many filled-in forms of people of a certain mood."""
    if form != "kiosk":
        question = ASKED[form][0]
        return chance.choices(
            [one_answer(question, value) for value in scale(question)], tilted(question, mood), k=count
        )
    given = [chance.choices(scale(question), tilted(question, mood), k=count) for question in ("nps", "helped")]
    reasons = chance.choices((0, 1, 2, 4, 8, 3, 6), (50, 15, 12, 10, 8, 3, 2), k=count)
    ages = chance.choices((0, 1, 2, 4, 6), (30, 10, 35, 24, 1), k=count)
    texts = chance.choices(range(-1, len(TEXTS)), (95, *[1] * len(TEXTS)), k=count)
    return [several_answers(*each) for each in zip(*given, reasons, ages, texts, strict=True)]


def scale(question: str) -> range:
    """Return the values of a question."""
    lowest, usual = USUAL[question]
    return range(lowest, lowest + len(usual))


def tilted(question: str, mood: float) -> list[float]:
    """Return how often each value is given by people of a certain mood."""
    usual = USUAL[question][1]
    return [weight * math.exp(4 * mood * (place / (len(usual) - 1) - 0.5)) for place, weight in enumerate(usual)]


@cache
def one_answer(question: str, value: int) -> Form:
    """Return the form of a box: one question, one value."""
    return Form(canonical.dumps({question: value}), ((0, question, value, None, None),))


@cache
def several_answers(nps: int, helped: int, reasons: int, ages: int, text: int) -> Form:
    """Return the form of a kiosk; `reasons` and `ages` have a bit for each option, `text` is a place or -1."""
    chosen = {"reason": bits(REASONS, reasons), "age": bits(AGES, ages)}
    said: dict[str, Any] = {"nps": nps, "helped": helped}
    said |= {question: options for question, options in chosen.items() if options}
    said |= {"text": TEXTS[text]} if text >= 0 else {}
    answers: list[tuple[str, int | None, str | None, str | None]] = [
        ("nps", nps, None, None),
        ("helped", helped, None, None),
    ]
    answers += [(question, None, option, None) for question, options in chosen.items() for option in options]
    answers += [("text", None, None, TEXTS[text])] if text >= 0 else []
    return Form(canonical.dumps(said), tuple((place, *answer) for place, answer in enumerate(answers)))


def bits(options: Sequence[str], chosen: int) -> list[str]:
    """Return the options whose bits are set."""
    return [option for place, option in enumerate(options) if chosen >> place & 1]


def background(form: Form) -> str | None:
    """Return what somebody said of himself, as reports filter by it; None for who chose nothing or several."""
    chosen = [option for _, question, _, option, _ in form.rows if question == BACKGROUND]
    return f"{BACKGROUND}:{chosen[0]}" if len(chosen) == 1 else None


def counted(form: Form) -> Sequence[tuple[str, str, int | None]]:
    """Return what a form adds to the rollups, as question, option and value: a choice counts once by itself too."""
    found: dict[tuple[str, str, int | None], None] = {("", "", None): None}
    for _, question, value, option, _ in form.rows:
        found[question, "", value] = None
        if option is not None:
            found[question, option, None] = None
    return list(found)
