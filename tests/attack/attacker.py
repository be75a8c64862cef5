"""The attacker: exact elimination over the rationals, then linear programmes with what he knows of counts.

He has the published cells, score by score, and the grid, which is no secret. A hidden cell is his when its count
follows, or when only one whole number is left for it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import product

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from server.publication.grid import ALL, Atom, Cell, background_of

Row = dict[int, Fraction]
Atoms = frozenset[int]
CLOSE = 1e-6
UNBOUNDED = 3  # as linprog says it


def recovered(published: Mapping[Atoms, Sequence[int]], hidden: Iterable[Atoms]) -> dict[Atoms, int]:
    """Return the hidden cells that can be worked out, with what comes out."""
    solved = eliminated({atoms: sum(scores) for atoms, scores in published.items()})
    known = {atoms: value for atoms in hidden if (value := follows(solved, atoms)) is not None}
    found = Bounds(published, rest := [atoms for atoms in hidden if atoms not in known])
    return known | {atoms: found.least(atoms) for atoms in rest if not found.room(atoms, 1)}


def narrowed(published: Mapping[Atoms, Sequence[int]], small: Sequence[Atoms], threshold: int) -> list[Atoms]:
    """Return the small cells for which fewer numbers are left than the threshold."""
    found = Bounds(published, small)
    return [atoms for atoms in small if found.room(atoms, threshold - 1) < threshold - 1]


def eliminated(published: Mapping[Atoms, int]) -> dict[int, tuple[Row, Fraction]]:
    """Return the sums in echelon form, by their first atom."""
    solved: dict[int, tuple[Row, Fraction]] = {}
    for atoms, value in sorted(published.items(), key=lambda each: (len(each[0]), sorted(each[0]))):
        row, rest = reduced(solved, dict.fromkeys(atoms, Fraction(1)), Fraction(value))
        if row:
            first = min(row)
            solved[first] = {atom: factor / row[first] for atom, factor in row.items()}, rest / row[first]
        elif rest:
            raise ArithmeticError("the published sums contradict each other")
    return solved


def reduced(solved: dict[int, tuple[Row, Fraction]], row: Row, value: Fraction) -> tuple[Row, Fraction]:
    """Take known sums off until no atom begins one."""
    while pivots := [atom for atom in row if atom in solved]:
        pivot = min(pivots)
        times, (known, total) = row[pivot], solved[pivot]
        value -= times * total
        for atom, factor in known.items():
            row[atom] = row.get(atom, Fraction(0)) - times * factor
            if not row[atom]:
                del row[atom]
    return row, value


def follows(solved: dict[int, tuple[Row, Fraction]], atoms: Atoms) -> int | None:
    row, value = reduced(solved, dict.fromkeys(atoms, Fraction(1)), Fraction(0))
    return None if row else int(-value)


class Bounds:
    """Between which whole numbers cells lie when no count is negative: each score is a table by itself.

    Every table that fits shows a number for each cell: these bound all of them from inside, so that most need no
    programme of their own.
    """

    def __init__(self, published: Mapping[Atoms, Sequence[int]], cells: Sequence[Atoms]) -> None:
        size = 1 + max((atom for atoms in (*published, *cells) for atom in atoms), default=0)
        self.sums, self.cells = matrix(published, size), matrix(cells, size)
        self.totals = np.array(list(published.values())).reshape(len(published), -1).T
        self.place = {atoms: place for place, atoms in enumerate(cells)}
        self.low = np.full((len(self.totals), len(cells)), np.inf)
        self.high = -self.low

    def room(self, atoms: Atoms, enough: int) -> float:
        """Return how many numbers besides one are possible, or as soon as it is known that so many are."""
        for score in range(len(self.totals)):
            for sign in (1, -1):
                if self.apart(atoms) < enough:
                    self.look(atoms, score, sign)
        return self.apart(atoms)

    def apart(self, atoms: Atoms) -> float:
        place = self.place[atoms]
        ends = np.floor(self.high[:, place] + CLOSE) - np.ceil(self.low[:, place] - CLOSE)
        return float(np.maximum(ends, 0).sum())

    def least(self, atoms: Atoms) -> int:
        return int(np.ceil(self.low[:, self.place[atoms]] - CLOSE).sum())

    def look(self, atoms: Atoms, score: int, sign: int) -> None:
        """Find the table in which a cell has the least of a score, or the most, and what all others have there."""
        cost = sign * self.cells[[self.place[atoms]]].toarray()[0]
        found = linprog(cost, A_eq=self.sums, b_eq=self.totals[score], method="highs")
        if found.status == UNBOUNDED:
            self.high[score, self.place[atoms]] = np.inf
            return
        if found.status:
            raise ArithmeticError(found.message)
        shown = self.cells @ found.x
        self.low[score] = np.minimum(self.low[score], shown)
        self.high[score] = np.maximum(self.high[score], shown)


def matrix(sets: Collection[Atoms], size: int) -> csr_array:
    places = [(row, atom) for row, atoms in enumerate(sets) for atom in atoms]
    rows, columns = zip(*places, strict=True) if places else ((), ())
    return csr_array((np.ones(len(places)), (rows, columns)), shape=(len(sets), size))


def numbered(holding: Mapping[Cell, Iterable[Atom]]) -> dict[Cell, Atoms]:
    """Return the cells as sets of numbers of what he does not know: who spoke a language and was of an age, in one."""
    parts = {cell.part for cell in holding if cell.part != ALL}
    ages = [part for part in parts if background_of(part)] or [ALL]
    languages = [part for part in parts if not background_of(part)]
    numbers: dict[tuple[str, ...], int] = {}
    return {
        cell: frozenset(
            numbers.setdefault((atom.place, atom.bucket, *both), len(numbers))
            for atom in atoms
            for both in product(languages, [atom.part] if atom.part in ages else ages)
            if atom.part in both
        )
        for cell, atoms in holding.items()
    }
