"""Counts what was drawn into rows of the rollups, month by month: all keys hold the month, so each row is complete."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from broker_bridge.database.contributions import ASKED, ATTACHED, ROLLUPS
from broker_bridge.database.rollups import HOURS, OF_BOUNDED, OF_COUNTED, OF_FLAGGED, OF_UNDONE, Counts, count
from server.trial.history.forms import Form, counted
from server.trial.history.presses import Cell, Drawn, Press

Key = tuple[Any, ...]


class Rollups:
    """The rows of one month, and the ids of all places and questions so far."""

    def __init__(self) -> None:
        self.places: dict[Key, int] = {}
        self.questions: dict[Key, int] = {}
        self.forms: dict[tuple[str, Form], list[tuple[int, bool, int | None]]] = {}
        self.rows: dict[str, dict[Key, Counts]] = {}
        self.begin()

    def begin(self) -> None:
        """Begin another month."""
        self.rows = {rollup.table: {} for rollup in ROLLUPS}
        self.known_places, self.known_questions = len(self.places), len(self.questions)

    def add(self, drawn: Drawn, survey: str) -> None:
        """Count the responses of a cell."""
        cell = drawn.cell
        stretch = cell.stretch
        words = (stretch.point, stretch.unit.code, stretch.scheme, stretch.code)
        place = self.places.setdefault(words, len(self.places) + 1)
        for columns, presses in columns_of(drawn):
            for table, keys in keys_of(cell, presses).items():
                rows = self.rows[table]
                for (*key, form), n in keys.items():
                    for asked, whole, value in self.asked(survey, form):
                        if whole or table != HOURS:
                            count(rows, (place, asked, *key), columns, n, value)

    def asked(self, survey: str, form: Form) -> list[tuple[int, bool, int | None]]:
        """Return what a form adds: the id of a question or option, whether it is a question itself, and the value."""
        known = self.forms.get((survey, form))
        if known is None:
            named = [((survey, question, option), value) for question, option, value in counted(form)]
            known = self.forms[survey, form] = [
                (self.questions.setdefault(words, len(self.questions) + 1), words[1] != "" and words[2] == "", value)
                for words, value in named
            ]
        return known

    def appended(self) -> Iterator[tuple[str, tuple[str, ...], list[Key]]]:
        """Yield the month's rows as table, columns and rows, and before them the words that are new."""
        yield "rollup_places", ("id", *ATTACHED), numbered(self.places, self.known_places)
        yield "rollup_questions", ("id", *ASKED), numbered(self.questions, self.known_questions)
        for rollup in ROLLUPS:
            rows = self.rows[rollup.table]
            yield rollup.table, rollup.columns, [(*key, *rows[key]) for key in sorted(rows)]


def numbered(words: Mapping[Key, int], known: int) -> list[Key]:
    """Return rows of a number and its words, but for the first ones that are stored already."""
    return [(number, *named) for named, number in list(words.items())[known:]]


def columns_of(drawn: Drawn) -> Iterable[tuple[tuple[int, ...], list[Press]]]:
    """Yield responses by the columns that count them."""
    presses = drawn.presses
    left_out = drawn.flagged | drawn.undone
    yield OF_UNDONE, [presses[place] for place in drawn.undone]
    yield OF_FLAGGED, [presses[place] for place in drawn.flagged - drawn.undone]
    yield OF_BOUNDED, [presses[place] for place in drawn.bounded - left_out]
    special = left_out | drawn.bounded
    yield OF_COUNTED, [press for place, press in enumerate(presses) if place not in special]


def keys_of(cell: Cell, presses: list[Press]) -> dict[str, Counter[Any]]:
    """Return what responses add to each rollup: the end of the key with the form, and how many filled it in so."""
    month, channel = cell.month, cell.device.channel
    return {
        "rollup_days": Counter([(slot.day, form) for _, slot, _, form in presses]),
        "rollup_months": Counter([(month, language, channel, form) for _, _, language, form in presses]),
        HOURS: Counter([(month, slot.weekday, slot.hour, form) for _, slot, _, form in presses]),
    }
