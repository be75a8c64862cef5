"""Lets people answer: draws the responses of one device in one month, for what they belong to in that time."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import itemgetter

from broker_bridge.database.local_times import month_number
from server.trial.history.county import OFF, County, Device, Stretch
from server.trial.history.forms import LANGUAGES, Form, fill
from server.trial.history.hours import Slot, busyness, days, months, slots

FLAGGED, UNDONE = 0.008, 0.003  # of all responses
NO_CLOCK, BOUNDED = 0.03, 0.002
SWEDISH_MOOD, LATE_MOOD = -0.12, -0.15
HOUR_S = 3600

Press = tuple[int, Slot, str, Form]  # one response: when, in which hour, in which language, what


@dataclass(frozen=True)
class Cell:
    """A device in a month, as long as its answers belong to the same unit and class, on the days that it was on."""

    device: Device
    stretch: Stretch
    month: int
    days: tuple[date, ...]

    @property
    def hours(self) -> int:
        """Return the kind of hours that its unit is open."""
        return hours_of(self.stretch)

    @property
    def weight(self) -> float:
        """Return how many people answer here, in proportion to other cells."""
        return self.device.weight * sum(busyness(day, self.hours) for day in self.days)


@dataclass
class Drawn:
    """The responses of a cell in the order of their times, and the places in that list of those that are special."""

    cell: Cell
    presses: list[Press]
    flagged: set[int]
    undone: set[int]
    no_clock: set[int]
    bounded: set[int]


def hours_of(stretch: Stretch) -> int:
    """Return the kind of hours of a unit: it follows from its number."""
    return int(stretch.unit.code[-1])


def cells(county: County) -> Iterator[Cell]:
    """Yield all cells, month by month."""
    stretches = [(device, county.stretches(device)) for device in county.devices]
    for since, until in months(county.plan.since, county.plan.until):
        for device, of_device in stretches:
            for stretch in of_device:
                first, last = max(since, stretch.since), min(until, stretch.until)
                on = tuple(day for day in days(first, last) if not is_off(device, day))
                if on:
                    yield Cell(device, stretch, month_number(since), on)


def is_off(device: Device, day: date) -> bool:
    """Tell whether a device was off that day."""
    return device.out(day, OFF) is not None


def draw(chance: random.Random, cell: Cell, count: int) -> Drawn:
    """Return so many responses of a cell."""
    open_hours = [slot for day in cell.days for slot in slots(day, cell.hours)]
    chosen = chance.choices(open_hours, [slot.busy for slot in open_hours], k=count)
    spoken = chance.choices(list(LANGUAGES), list(LANGUAGES.values()), k=count)
    moods = [(language, slot.late) for language, slot in zip(spoken, chosen, strict=True)]
    forms = {
        each: iter(fill(chance, cell.device.form, mood_of(cell, *each), n))
        for each, n in sorted(Counter(moods).items())
    }
    presses = [
        (slot.start_s + int(chance.random() * HOUR_S), slot, mood[0], next(forms[mood]))
        for slot, mood in zip(chosen, moods, strict=True)
    ]
    presses.sort(key=itemgetter(0))
    shares = (FLAGGED, UNDONE, NO_CLOCK, BOUNDED)
    return Drawn(cell, presses, *(some(chance, count, share) for share in shares))


def mood_of(cell: Cell, language: str, is_late: bool) -> float:
    """Return how content people are: by unit, by language, and by how long they have waited."""
    return cell.stretch.unit.mood + (SWEDISH_MOOD if language == "sv" else 0) + (LATE_MOOD if is_late else 0)


def some(chance: random.Random, count: int, share: float) -> set[int]:
    """Return the places of about that share of so many."""
    return set(chance.sample(range(count), min(count, int(count * share + chance.random()))))
