"""The county of a made-up past: units, points, boxes and kiosks, and what changed about them over the years.

Everything follows from the seed. All names are invented, and so are both lists of service classes.
"""

import math
import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise

OLD_SCHEME, NEW_SCHEME = "made-up-1", "made-up-2"
# Old class: what becomes of it in the new list, with shares. One is split, two are merged, the others go on.
CROSSWALK = {
    "9101": {"9101": 1.0},
    "9102": {"9112": 0.65, "9113": 0.35},
    "9103": {"9125": 1.0},
    "9104": {"9125": 1.0},
    **{f"91{number:02}": {f"91{number:02}": 1.0} for number in range(5, 13)},
}
MODELS = (
    ("button-5", "smiley", 60),
    ("button-4", "four", 10),
    ("button-11", "recommend", 15),
    ("kiosk-10", "kiosk", 15),
)
OFF, OFFLINE = "off", "offline"  # without power, or collecting without a network
MOST_OUTAGES = 4
SPREAD = 0.8  # of the logarithm of how many people answer: the largest unit has some fifty times the smallest


@dataclass(frozen=True)
class Plan:
    """What is asked for: so many responses, over so many years up to a day, in so many units."""

    responses: int
    until: date
    years: int = 3
    units: int = 300
    seed: int = 1

    @property
    def since(self) -> date:
        """Return the first day."""
        return self.until.replace(year=self.until.year - self.years)

    @property
    def reclassified(self) -> date:
        """Return the first of January nearest to the middle: from then on the new list of classes holds."""
        middle = self.since + (self.until - self.since) / 2
        return min((date(year, 1, 1) for year in (middle.year, middle.year + 1)), key=lambda day: abs(day - middle))


@dataclass(frozen=True)
class Unit:
    """A unit: how many people answer there, how content they are, and its class in the old list and the new one."""

    code: str
    weight: float
    mood: float
    old_class: str
    new_class: str


@dataclass(frozen=True)
class Outage:
    """Days on which a device was off, or offline."""

    kind: str
    since: date
    until: date


@dataclass(frozen=True)
class Device:
    """A box or kiosk at a point that may have moved to another unit, and may have a class of its own."""

    device_id: str
    model: str
    form: str
    point: str
    weight: float
    unit: Unit
    moved_to: Unit | None
    moved: date
    own_class: str | None
    outages: tuple[Outage, ...]

    @property
    def channel(self) -> str:
        """Return how people answer here."""
        return "kiosk" if self.model.startswith("kiosk") else "button"

    def out(self, day: date, kind: str) -> Outage | None:
        """Return the outage of a kind that a day lies in, if there is one; two outages may overlap."""
        of_kind = (outage for outage in self.outages if outage.kind == kind)
        return next((outage for outage in of_kind if outage.since <= day < outage.until), None)


@dataclass(frozen=True)
class Stretch:
    """Days on which what is answered at a device belongs to the same point, unit and class."""

    since: date
    until: date
    point: str
    unit: Unit
    scheme: str
    code: str


@dataclass(frozen=True)
class County:
    """All of it."""

    plan: Plan

    @cached_property
    def units(self) -> list[Unit]:
        """Return the units."""
        chance = random.Random(f"{self.plan.seed} units")
        return [a_unit(chance, number) for number in range(1, self.plan.units + 1)]

    @cached_property
    def devices(self) -> list[Device]:
        """Return the devices: one for each unit, and in every third unit a second one."""
        chance = random.Random(f"{self.plan.seed} devices")
        places = [(unit, place) for unit in self.units for place in range(1, 3 if chance.random() < 1 / 3 else 2)]
        return [self.a_device(chance, number, *place) for number, place in enumerate(places, start=1)]

    def a_device(self, chance: random.Random, number: int, unit: Unit, place: int) -> Device:
        """Return one device; now and then its point moves to another unit, or has a class of its own."""
        model, form, _ = chance.choices(MODELS, [share for *_, share in MODELS])[0]
        moves = chance.random() < 0.04
        return Device(
            device_id=f"box-{number:04}",
            model=model,
            form=form,
            point=f"{unit.code}-{place}",
            weight=unit.weight / place,
            unit=unit,
            moved_to=chance.choice(self.units) if moves else None,
            moved=self.a_day(chance),
            own_class=chance.choice(sorted(CROSSWALK)) if place == 2 and chance.random() < 0.3 else None,
            outages=tuple(self.an_outage(chance) for _ in range(chance.randint(0, MOST_OUTAGES))),
        )

    def a_day(self, chance: random.Random) -> date:
        """Return some day within the years."""
        return self.plan.since + timedelta(days=chance.randrange((self.plan.until - self.plan.since).days))

    def an_outage(self, chance: random.Random) -> Outage:
        """Return an outage of two days to five weeks."""
        since = self.a_day(chance)
        until = min(since + timedelta(days=chance.randint(2, 35)), self.plan.until)
        return Outage(chance.choice((OFF, OFFLINE)), since, until)

    def stretches(self, device: Device) -> list[Stretch]:
        """Return what a device's answers belong to, from the first day to the last."""
        changes = {self.plan.since, self.plan.until, self.plan.reclassified}
        changes |= {device.moved} if device.moved_to else set()
        return [self.stretch(device, since, until) for since, until in pairwise(sorted(changes))]

    def stretch(self, device: Device, since: date, until: date) -> Stretch:
        """Return what answers from one day up to another belong to; nothing changes between the two."""
        unit = device.moved_to if device.moved_to and since >= device.moved else device.unit
        new = since >= self.plan.reclassified
        code = unit.new_class if new else unit.old_class
        if device.own_class:
            code = next(iter(CROSSWALK[device.own_class])) if new else device.own_class
        return Stretch(since, until, device.point, unit, NEW_SCHEME if new else OLD_SCHEME, code)


def a_unit(chance: random.Random, number: int) -> Unit:
    """Return one unit."""
    old_class = chance.choice(sorted(CROSSWALK))
    becomes = CROSSWALK[old_class]
    new_class = chance.choices(list(becomes), list(becomes.values()))[0]
    weight = math.exp(chance.gauss(0, SPREAD))
    return Unit(f"unit-{number:03}", weight, chance.gauss(0, 0.35), old_class, new_class)
