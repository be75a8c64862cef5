"""Between which ends a hidden cell must lie, for somebody who knows every published sum and that no count is negative.

A cell may not follow from any combination of sums and still be certain: two hidden cells that add up to nought are both
nought. Fischetti and Salazar (2001), Solving the cell suppression problem on tabular data with linear constraints,
Management Science 47(7), 1008-1027, define protection by these ends. Linear programmes are HiGHS's work.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Any

import highspy

ROUNDING = 1e-6

Atoms = frozenset[int]


class Bounds:
    """The published sums as a linear programme over all atoms; a sum can be taken back."""

    def __init__(self, n: Sequence[float], published: Iterable[Atoms], watched: Iterable[Atoms] = ()) -> None:
        # The least and the most that each watched cell was seen to be in a table that fits: the truth is one, and every
        # solution shows many cells at once, so most cells need no programme of their own.
        self.seen = {atoms: (total := sum(n[atom] for atom in atoms), total) for atoms in watched}
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.setOptionValue("output_flag", False)
        self.solver.addVars(len(n), [0.0] * len(n), [highspy.kHighsInf] * len(n))
        self.rows = sorted(published, key=sorted)
        for atoms in self.rows:
            total = sum(n[atom] for atom in atoms)
            self.solver.addRow(total, total, len(atoms), sorted(atoms), [1.0] * len(atoms))

    def of(self, atoms: Atoms) -> tuple[float, float, set[Atoms]]:
        """Return the least and the most that a cell can be, and the published sums that say so."""
        columns = sorted(atoms)
        self.solver.changeColsCost(len(columns), columns, [1.0] * len(columns))
        low, below = self.end(highspy.ObjSense.kMinimize)
        high, above = self.end(highspy.ObjSense.kMaximize)
        self.solver.changeColsCost(len(columns), columns, [0.0] * len(columns))
        return low, high, below | above

    def end(self, sense: highspy.ObjSense) -> tuple[float, set[Atoms]]:
        """Return the optimum of the cost that is set, and the sums with a price there."""
        self.solver.changeObjectiveSense(sense)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status in (highspy.HighsModelStatus.kUnbounded, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return highspy.kHighsInf, set()
        if status != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"published sums contradict each other: {status}")
        solution = self.solver.getSolution()
        self.look(solution.col_value)
        prices = solution.row_dual
        binding = {atoms for atoms, price in zip(self.rows, prices, strict=True) if abs(price) > ROUNDING}
        return float(self.solver.getInfo().objective_function_value), binding

    def look(self, values: Sequence[float]) -> None:
        """Note what the watched cells are in another table that fits."""
        for atoms, (low, high) in self.seen.items():
            total = sum(values[atom] for atom in atoms)
            if not low <= total <= high:
                self.seen[atoms] = min(low, total), max(high, total)

    def take_back(self, atoms: Atoms) -> None:
        """Reckon without a sum from now on."""
        self.solver.changeRowBounds(self.rows.index(atoms), -highspy.kHighsInf, highspy.kHighsInf)


def room(low: float, high: float) -> float:
    """Return how far the ends of a count lie apart, at whole numbers."""
    return math.inf if math.isinf(high) else math.floor(high + ROUNDING) - math.ceil(low - ROUNDING)
