"""The fixed grid: every cell that may ever be published, and the atoms that it is the sum of.

A cell is a place (unit, area, county), a closed bucket of time and a slice (one language or background, or all). A
question that is not a cell of the grid has no answer outside the unit's own staff: two questions of one's own choosing
can differ by one visitor.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

COUNTY, PUBLIC = "county", "public"
MONTH, QUARTER, YEAR = "month", "quarter", "year"
# The unit's own staff have no grid: they see their own unit as it is.
GRAINS = {COUNTY: (MONTH, QUARTER, YEAR), PUBLIC: (QUARTER, YEAR)}
MONTHS_IN = {MONTH: 1, QUARTER: 3, YEAR: 12}
ALL = ""
OWN = "/own"  # what a unit with others below it says itself: `kokkola/own` belongs to `kokkola` beside them


class Cell(NamedTuple):
    """A place, a bucket (`2026-03`, `2026-Q1` or `2026`) and a slice, '' for all of them."""

    place: str
    bucket: str
    part: str = ALL


Atom = Cell  # a unit in a month and one slice: nothing finer is ever published


@dataclass(frozen=True)
class Grid:
    """Units with the place that each belongs to (and places with theirs), and the slices: every answer has one language
    (`sv`), and by each background one option (`age:65-`) or none (`age:`). No slice is of two at once."""

    parents: Mapping[str, str]
    units: tuple[str, ...]
    parts: tuple[str, ...]

    def places(self) -> list[str]:
        """Return every unit and all that units belong to."""
        return sorted({above for unit in self.units for above in self.line(unit)})

    def line(self, place: str) -> Iterator[str]:
        """Yield a place and all that it belongs to; a circle is an error."""
        seen: list[str] = []
        while place not in seen:
            seen.append(place)
            yield place
            if place not in self.parents:
                return
            place = self.parents[place]
        raise ValueError(f"{place} belongs to itself: {' in '.join([*seen, place])}")

    def cells(self, audience: str, months: Iterable[str]) -> list[Cell]:
        """Return the cells of an audience in all buckets that these closed months fill."""
        buckets = [bucket for grain in GRAINS[audience] for bucket in closed(grain, months)]
        return [Cell(*each) for each in product(self.places(), buckets, (ALL, *self.parts))]

    def atoms(self, months: Iterable[str]) -> list[Atom]:
        """Return the atoms of these months: of units that no other belongs to."""
        above = set(self.parents.values())
        return [Atom(*each) for each in product(self.units, sorted(months), self.parts) if each[0] not in above]

    def holders(self, atom: Atom) -> Iterator[Cell]:
        """Yield every cell that an atom is part of, itself among them."""
        places, buckets = list(self.line(atom.place)), [bucket_of(grain, atom.bucket) for grain in MONTHS_IN]
        parts = (atom.part,) if background_of(atom.part) else (ALL, atom.part)  # all are counted once: by language
        yield from (Cell(*each) for each in product(places, buckets, parts))


def own(place: str, above: Container[str]) -> str:
    """Return where a unit's own answers are counted: at itself, or beside the others if there are any below it.

    Few answers of its own would be told by the sum of all below it otherwise, as what is left without the others.
    """
    return f"{place}{OWN}" if place in above else place


def background_of(part: str) -> str:
    """Return the background question that a slice is of, '' for a language and for all."""
    return part.rpartition(":")[0]


def bucket_of(grain: str, month: str) -> str:
    """Return the bucket that a month `2026-03` falls into."""
    year, number = month.split("-")
    return {MONTH: month, QUARTER: f"{year}-Q{(int(number) + 2) // 3}", YEAR: year}[grain]


def closed(grain: str, months: Iterable[str]) -> list[str]:
    """Return the buckets all of whose months are there."""
    filled: dict[str, set[str]] = {}
    for month in months:
        filled.setdefault(bucket_of(grain, month), set()).add(month)
    return sorted(bucket for bucket, of_bucket in filled.items() if len(of_bucket) == MONTHS_IN[grain])
