"""The attacker: exact elimination over the rationals, then linear programmes with what he knows of counts.

He has the published cells and the grid, which is no secret. A hidden cell is his when its count follows, or when only
one whole number is left for it.
"""

from collections.abc import Iterable, Mapping
from fractions import Fraction

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from server.publication.grid import Atom, Cell

Row = dict[int, Fraction]
Atoms = frozenset[int]
CLOSE = 1e-6


def recovered(published: Mapping[Atoms, int], hidden: Iterable[Atoms]) -> dict[Atoms, int]:
    """Return the hidden cells that can be worked out, with what comes out."""
    solved = eliminated(published)
    known = {atoms: value for atoms in hidden if (value := follows(solved, atoms)) is not None}
    return known | bounded(published, [atoms for atoms in hidden if atoms not in known])


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


def bounded(published: Mapping[Atoms, int], hidden: Iterable[Atoms]) -> dict[Atoms, int]:
    """Return the cells for which only one whole number is left when no count is negative."""
    size = 1 + max(atom for atoms in (*published, *hidden) for atom in atoms)
    sums, totals = matrix(published, size), np.array(list(published.values()))
    found = {}
    for atoms in hidden:
        cost = np.zeros(size)
        cost[list(atoms)] = 1
        low = linprog(cost, A_eq=sums, b_eq=totals, method="highs")
        if low.status:
            raise ArithmeticError(low.message)
        least = int(np.ceil(low.fun - CLOSE))
        high = linprog(-cost, A_eq=sums, b_eq=totals, method="highs")
        if high.status == 0 and np.floor(-high.fun + CLOSE) == least:
            found[atoms] = least
    return found


def matrix(published: Mapping[Atoms, int], size: int) -> csr_array:
    places = [(row, atom) for row, atoms in enumerate(published) for atom in atoms]
    rows, columns = zip(*places, strict=True)
    return csr_array((np.ones(len(places)), (rows, columns)), shape=(len(published), size))


def numbered(holding: Mapping[Cell, Iterable[Atom]]) -> dict[Cell, Atoms]:
    """Return the cells as sets of numbers of atoms."""
    numbers: dict[Atom, int] = {}
    return {
        cell: frozenset(numbers.setdefault(atom, len(numbers)) for atom in atoms) for cell, atoms in holding.items()
    }
