"""Which cells are shown: small ones are hidden, and as many others as it takes that nothing gives them away."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.publication.bounds import Bounds, room
from server.publication.grid import Cell
from server.publication.knowledge import Knowledge, as_set

THRESHOLD = 5
Atoms = frozenset[int]


@dataclass
class Pattern:
    """What is shown and what is hidden, among the cells of one release."""

    shown: set[Cell] = field(default_factory=set)
    hidden: set[Cell] = field(default_factory=set)


@dataclass(frozen=True)
class Before:
    """What earlier releases, to whomever, have shown and hidden."""

    shown: frozenset[Atoms] = frozenset()
    hidden: frozenset[Atoms] = frozenset()


def pattern(
    n: Sequence[float],
    cells: Mapping[Cell, Atoms],
    guarded: Iterable[Atoms],
    before: Before = Before(),
    threshold: int = THRESHOLD,
) -> Pattern:
    """Return which of the cells may be shown; `n` is by atom, `guarded` are all cells that some audience could ask for.

    A cell with fewer answers than the threshold is hidden, none included: were noughts shown, two cells that add up to
    two would be one each. The largest sums are decided first. A cell is hidden too when with it, and with all that was
    ever shown, a hidden one would follow, or a sum of hidden ones that is itself too small. At last the ends between
    which hidden cells must lie are reckoned, and what narrows them too much is taken back.
    """
    if not cells:
        return Pattern()
    small = [atoms for atoms in guarded if total(n, atoms) < threshold]
    found = chosen(n, cells, known(before, small), threshold)
    widen(n, cells, found, before, dict.fromkeys(small, threshold - 1))
    return found


def known(before: Before, small: Iterable[Atoms]) -> Knowledge:
    """Return what has been shown, and guard what has been hidden or is small."""
    knowledge = Knowledge()
    for atoms in sorted(before.shown, key=len):
        knowledge.publish(knowledge.reduced(atoms))
    for atoms in {*before.hidden, *small}:
        if not knowledge.guard(atoms):
            raise ValueError(f"{sorted(atoms)} follows from earlier releases already")
    return knowledge


def chosen(n: Sequence[float], cells: Mapping[Cell, Atoms], knowledge: Knowledge, threshold: int) -> Pattern:
    """Return the pattern that exact combinations of sums cannot undo."""
    found = Pattern()
    for cell, atoms in sorted(cells.items(), key=lambda each: (-len(each[1]), -total(n, each[1]), each[0])):
        reduced = knowledge.reduced(atoms)
        remainder = list(as_set(reduced))
        tells_few = bool(remainder) and total(n, remainder) < threshold
        if total(n, atoms) < threshold or knowledge.gives_away(reduced) or tells_few:
            found.hidden.add(cell)
        else:
            knowledge.publish(reduced)
            found.shown.add(cell)
    follows = {cell for cell in found.hidden if not knowledge.reduced(cells[cell])}
    return Pattern(found.shown | follows, found.hidden - follows)


def widen(
    n: Sequence[float],
    cells: Mapping[Cell, Atoms],
    found: Pattern,
    before: Before,
    least: Mapping[Atoms, int],
) -> None:
    """Take cells back until the ends of every small count lie as far apart as asked; then show what is certain anyway.

    What was hidden before may not become certain either.
    What is taken back for a cell is the smallest of the sums that prove its ends, by the programme's own prices.
    """
    shown = {cells[cell]: cell for cell in found.shown}
    bounds = Bounds(n, {*before.shown, *shown})
    for atoms, apart in (dict.fromkeys(before.hidden, 1) | dict(least)).items():
        low, high, proof = bounds.of(atoms)
        while room(low, high) < apart:
            new = [each for each in proof if each in shown]
            if not new:
                raise ValueError(f"{sorted(atoms)} is all but certain by earlier releases")
            smallest = min(new, key=lambda each: (total(n, each), sorted(each)))
            bounds.take_back(smallest)
            found.hidden.add(taken := shown.pop(smallest))
            found.shown.discard(taken)
            low, high, proof = bounds.of(atoms)
    for cell in [cell for cell in found.hidden if cells[cell] not in least]:
        low, high, _ = bounds.of(cells[cell])
        if room(low, high) < 1:
            found.hidden.discard(cell)
            found.shown.add(cell)


def total(n: Sequence[float], atoms: Iterable[int]) -> float:
    """Return how many answered in all of these atoms."""
    return sum(n[atom] for atom in atoms)
