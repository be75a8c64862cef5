"""Where another table is looked for first: among siblings, in the same year.

Whoever looks for a table that differs among a few atoms only, as if all others were known, may hide more than he has
to, and never less. So a county is reckoned piece by piece, in about as many steps as it has small cells.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from server.publication.grid import Atom, Cell, Grid
from server.publication.tables import Atoms

MOST_UNITS = 16  # of a neighbourhood: with more, each step takes longer, and hides hardly less


@dataclass
class Neighbourhood:
    """The atoms around a cell: its own place and those beside it, each with its largest units.

    Atoms are numbered in their order, and `cells` tells which cell a sum is.
    """

    grid: Grid
    counts: Mapping[Atom, Sequence[int]]
    cells: Mapping[Atoms, Cell]
    found: dict[tuple[str, str], Atoms] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.numbers: dict[tuple[str, str], list[int]] = {}
        answers = dict.fromkeys(self.grid.units, 0)
        for number, atom in enumerate(sorted(self.counts)):
            self.numbers.setdefault((atom.place, atom.bucket[:4]), []).append(number)
            answers[atom.place] += sum(self.counts[atom])
        self.below: dict[str, list[str]] = {}
        for unit in sorted(self.grid.units, key=lambda unit: (-answers[unit], unit)):
            for place in self.grid.line(unit):
                self.below.setdefault(place, []).append(unit)
        self.beside: dict[str | None, list[str]] = {}
        for place in self.grid.places():
            self.beside.setdefault(self.grid.parents.get(place), []).append(place)

    def __call__(self, atoms: Atoms) -> Iterator[Atoms]:
        """Yield the neighbourhood of a cell."""
        cell = self.cells[atoms]
        key = cell.place, cell.bucket[:4]
        if key not in self.found:
            self.found[key] = self.among(*key)
        yield self.found[key]

    def among(self, place: str, year: str) -> Atoms:
        """Return all atoms of a year in the places of one neighbourhood."""
        places = together(self.beside[self.grid.parents.get(place)], place)
        each = max(2, MOST_UNITS // len(places))
        units = {unit for one in places for unit in self.below[one][:each]}
        return frozenset(number for unit in units for number in self.numbers.get((unit, year), ()))


def together(places: Sequence[str], place: str) -> Sequence[str]:
    """Return the run of places that one is in, so that neighbours share it: of about equal length, not too long."""
    runs = -(-len(places) // MOST_UNITS)
    run = places.index(place) * runs // len(places)
    return [each for number, each in enumerate(places) if number * runs // len(places) == run]
