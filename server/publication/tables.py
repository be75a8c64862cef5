"""Other tables that fit what is published: as long as there is one in which a count is another, nobody can tell it.

Of all these tables the one that hides least is looked for, cell by cell, as in Fischetti and Salazar (2001), Solving
the cell suppression problem on tabular data with linear constraints, Management Science 47(7), 1008-1027. Linear
programmes are HiGHS's work.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import highspy

ROUNDING = 1e-6

Atoms = frozenset[int]
Change = dict[int, int]  # by how much each atom differs from the truth, where it does
Equal = tuple[Atoms, Atoms]  # two ways to divide the same answers


class Tables:
    """The tables that differ from the true one in one score, among some atoms only, as a linear programme.

    `counts` are by atom and score. Each sum that these atoms are part of has a price at which its change is hidden, or
    None where it is known.
    """

    def __init__(
        self,
        counts: Sequence[Sequence[int]],
        atoms: Iterable[int],
        prices: Mapping[Atoms, float | None],
        equal: Iterable[Equal] = (),
    ) -> None:
        self.counts, self.atoms, self.prices = counts, sorted(atoms), dict(prices)
        self.column = {atom: column for column, atom in enumerate(self.atoms)}
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self.solver.setOptionValue("output_flag", False)
        self.solver.addVars(len(self.atoms), [0.0] * len(self.atoms), [highspy.kHighsInf] * len(self.atoms))
        self.first = {part: len(self.atoms) + 2 * place for place, part in enumerate(sorted(prices, key=sorted))}
        for part, first in self.first.items():
            free = 0.0 if prices[part] is None else highspy.kHighsInf
            self.solver.addVars(2, [0.0, 0.0], [free, free])  # how much more it is, and how much less
            self.add_row({**self.signed(part, 1.0), first: -1.0, first + 1: 1.0})
            self.price(part, prices[part] or 0.0)
        for one, other in equal:
            self.add_row({**self.signed(one, 1.0), **self.signed(other, -1.0)})

    def signed(self, atoms: Atoms, sign: float) -> dict[int, float]:
        """Return the columns of atoms, with a sign."""
        return {self.column[atom]: sign for atom in atoms}

    def add_row(self, factors: Mapping[int, float]) -> None:
        """Let a combination of columns be nought."""
        self.solver.addRow(0.0, 0.0, len(factors), list(factors), list(factors.values()))

    def price(self, part: Atoms, price: float) -> None:
        """Set what it costs from now on that a sum is another."""
        self.solver.changeColsCost(2, [self.first[part], self.first[part] + 1], [price, price])

    def other(self, part: Atoms, score: int, more: int, known: Collection[int] = ()) -> Change | None:
        """Return the cheapest table in which a sum is so much more, or less if negative; None when there is none.

        Atoms that are known are as they are.
        """
        if self.prices[part] is None:
            return None
        least = [0.0 if atom in known else -float(self.counts[atom][score]) for atom in self.atoms]
        most = [0.0 if atom in known else highspy.kHighsInf for atom in self.atoms]
        self.solver.changeColsBounds(len(least), list(range(len(least))), least, most)
        up, down = self.first[part], self.first[part] + 1
        self.solver.changeColBounds(up, max(more, 0), max(more, 0))
        self.solver.changeColBounds(down, max(-more, 0), max(-more, 0))
        values = self.whole()
        self.solver.changeColsBounds(2, [up, down], [0.0, 0.0], [highspy.kHighsInf] * 2)
        return None if values is None else {atom: n for atom, n in zip(self.atoms, values, strict=True) if n}

    def whole(self) -> list[int] | None:
        """Return the best table in whole numbers, which are asked for only where they do not come by themselves."""
        values = self.best()
        if values is not None and any(abs(value - round(value)) > ROUNDING for value in values):
            columns = list(range(len(self.atoms)))
            self.solver.changeColsIntegrality(len(columns), columns, [highspy.HighsVarType.kInteger] * len(columns))
            values = self.best()
            self.solver.changeColsIntegrality(len(columns), columns, [highspy.HighsVarType.kContinuous] * len(columns))
        return None if values is None else list(map(round, values))

    def best(self) -> list[float] | None:
        """Return the atoms of the best table, None when no table fits."""
        self.solver.run()
        status = self.solver.getModelStatus()
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"no table could be reckoned: {status}")
        return list(self.solver.getSolution().col_value[: len(self.atoms)])
