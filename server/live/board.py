"""Puts together what the page shows, in the language of its reader."""

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from broker_bridge.database import completeness
from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.snapshot import snapshot
from broker_bridge.database.surveys import KIND_RANGES
from server.live import queries
from server.reporting.filters import Filters
from server.reporting.summary import Report, entry
from server.reporting.tallies import tallies
from server.texts import Texts, Wording, wording

FIGURES = {"nps": ("nps", 0), "smiley4": ("index", 0), "smiley5": ("index", 0), "agree5": ("mean", 1)}
FACES = {"smiley4": (1, 2, 4, 5), "smiley5": (1, 2, 3, 4, 5)}
NPS_GROUPS = (range(7), range(7, 9), range(9, 11))
NPS_TONES = (1, 3, 5)
NOBODY: Report = {"responses": 0, "flagged_left_out": 0, "undone_left_out": 0, "questions": []}


@dataclass(frozen=True)
class Part:
    """One part of a distribution: its word, how many, where its bar begins and how wide it is, in per cent."""

    tone: int
    face: int | None
    word: str
    n: int
    start: float
    width: float


@dataclass(frozen=True)
class Accounting:
    """What has not come yet, and what never will."""

    waiting: int
    missing: int


@dataclass(frozen=True)
class Now:
    """What all cards are made of: the moment, what is accounted for in each journal, and the figures by unit."""

    at_ms: int
    journals: list[dict[str, Any]]
    reports: dict[str, Report]


def board(connection: Connection, texts: Texts) -> dict[str, Any]:
    """Return everything that changes on the page."""
    with snapshot(connection):
        return shown(connection, texts, time.time_ns() // 1_000_000)


def shown(connection: Connection, texts: Texts, now_ms: int) -> dict[str, Any]:
    """Return what changes on the page, from reads that should see one state of the database."""
    now = Now(now_ms, completeness.journals(connection), by_unit(connection))
    units = [unit(connection, texts, row, now) for row in queries.units(connection)]
    nowhere = unplaced(connection, texts, now.reports.get("", NOBODY))
    return {
        "texts": texts,
        "responses": sum(report["responses"] for report in now.reports.values()),
        "answering_units": sum(bool(each["n"]) for each in units),
        "accounting": accounting(now.journals),
        "units": [*units, nowhere] if nowhere["n"] else units,
        "presses": [press(connection, texts, row, rating, now_ms) for row, rating in queries.presses(connection)],
    }


def by_unit(connection: Connection) -> dict[str, Report]:
    """Return the figures of each unit that was ever answered in, by its code; '' for what belongs to none."""
    found = tallies(connection, Filters(), ["unit"])
    return {str(code): entry(connection, Filters(), counted) for (code,), counted in found.items()}


def unit(connection: Connection, texts: Texts, row: Row, now: Now) -> dict[str, Any]:
    """Return the card of a unit."""
    code, language = row["code"], texts.language
    devices = queries.devices(connection, code, now.at_ms)
    return card(connection, texts, now.reports.get(code, NOBODY)) | {
        "key": code,
        "name": wording(json.loads(row["names"]), language),
        "classes": [(code, wording(names, language)) for code, names in queries.classes(connection, code, now.at_ms)],
        "accounting": accounting(each for each in now.journals if each["device_id"] in devices),
    }


def unplaced(connection: Connection, texts: Texts, report: Report) -> dict[str, Any]:
    """Return the card of the responses that belong to no unit."""
    name = Wording(texts("unplaced"), texts.language)
    shown = card(connection, texts, report)
    return shown | {"key": "", "name": name, "classes": [], "accounting": None}


def card(connection: Connection, texts: Texts, report: Report) -> dict[str, Any]:
    """Return the figures of a report as a card."""
    numeric = [each for each in report["questions"] if each["kind"] in KIND_RANGES]
    return {
        "n": report["responses"],
        "left_out": report["flagged_left_out"] + report["undone_left_out"],
        "questions": [question(connection, texts, each) for each in numeric],
    }


def question(connection: Connection, texts: Texts, figures: dict[str, Any]) -> dict[str, Any]:
    """Return a question with its figure in words and its distribution."""
    name, digits = FIGURES[figures["kind"]]
    low, high = (texts.number(end, digits) for end in figures["interval"])
    return {
        "text": wording(
            queries.question_texts(connection, figures["surveys"][-1], figures["question"]), texts.language
        ),
        "label": texts(f"label.{name}"),
        "value": texts.number(figures[name], digits),
        "interval": texts("interval", low=low, high=high),
        "responses": texts.count("responses", figures["n"]),
        "share": share(texts, figures) if "share" in figures else None,
        "parts": parts(texts, figures["kind"], list(figures["distribution"].values())),
    }


def share(texts: Texts, figures: dict[str, Any]) -> str:
    """Return the share of those who agree, in per cent and in words."""
    value, low, high = (texts.number(100 * part) for part in (figures["share"], *figures["share_interval"]))
    return texts("share", value=value, low=low, high=high)


def parts(texts: Texts, kind: str, counts: list[int]) -> list[Part]:
    """Return the distribution as bars beside each other, the best first."""
    if kind == "nps":
        counts = [sum(counts[level] for level in group) for group in NPS_GROUPS]
    n, start, made = sum(counts), 0.0, []
    for level in range(len(counts), 0, -1):
        width = 100 * counts[level - 1] / n
        tone, face, word = look(texts, kind, level)
        made.append(Part(tone, face, word, counts[level - 1], round(start, 2), round(width, 2)))
        start += width
    return made


def look(texts: Texts, kind: str, level: int) -> tuple[int, int | None, str]:
    """Return tone, face and word of the level of a question, or of a group of an NPS question; both begin at 1."""
    if kind == "nps":
        return NPS_TONES[level - 1], None, texts(f"nps.{level}")
    if kind == "agree5":
        return level, None, texts(f"agree.{level}")
    face = FACES[kind][level - 1]
    return face, face, texts(f"smiley.{face}")


def accounting(journals: Iterable[dict[str, Any]]) -> Accounting:
    """Return how many presses wait in boxes, and how many are lost for good."""
    waiting = missing = 0
    for each in journals:
        waiting += each["held_by_device"]
        missing += each["lost"] + sum(last - first + 1 for first, last in each["final_gaps"])
    return Accounting(waiting, missing)


def press(connection: Connection, texts: Texts, row: Row, rating: Row | None, now_ms: int) -> dict[str, Any]:
    """Return one response as a line of the list."""
    place = [wording(json.loads(names), texts.language) for names in (row["unit"], row["service_point"]) if names]
    place = place or [Wording(texts("unplaced"), texts.language)]
    answered = answer(connection, texts, row["survey"], rating)
    said = texts("press.said", unit=place[0].text, answer=answered["word"])
    at = texts.time(row["at_ms"], row["time_zone"] or DEFAULT_TIME_ZONE, now_ms)
    if row["time_quality"] == "bounded":
        at = texts("press.about") + " " + at
    return answered | {
        "id": row["id"],
        "at": at,
        "place": place,
        "language": row["language"],
        "said": said,
    }


def answer(connection: Connection, texts: Texts, survey: str, rating: Row | None) -> dict[str, Any]:
    """Return what was answered: tone, face or number, word, and the question; a response without a rating has a
    word."""
    if rating is None:
        return {"tone": 3, "face": None, "number": None, "word": texts("press.other"), "question": None}
    kind, value = rating["kind"], rating["value"]
    level = next(i for i, group in enumerate(NPS_GROUPS, start=1) if value in group) if kind == "nps" else value
    tone, face, word = look(texts, kind, level)
    return {
        "tone": tone,
        "face": face,
        "number": None if face else value,
        "word": texts("nps.value", value=value) if kind == "nps" else word,
        "question": wording(queries.question_texts(connection, survey, rating["question"]), texts.language),
    }
