"""Which cells are shown: small ones are hidden, and as many others as it takes that nothing gives them away."""

from collections.abc import Collection, Iterable, Mapping, Sequence
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
    *,
    insiders: Iterable[Atoms] = (),
) -> Pattern:
    """Return which of the cells may be shown; `n` is by atom, `guarded` are all cells that some audience could ask for.

    A cell with fewer answers than the threshold is hidden, none included: were noughts shown, two cells that add up to
    two would be one each. The largest sums are decided first. A cell is hidden too when with it, and with all that was
    ever shown, a hidden one would follow, or a sum of hidden ones that is itself too small. At last the ends between
    which hidden cells must lie are reckoned, and what narrows them too much is taken back. `insiders` are the atoms
    that some reader knows anyway, the staff of a unit its own: no small cell may become certain for any of them.
    """
    if not cells:
        return Pattern()
    small = {atoms for atoms in guarded if total(n, atoms) < threshold}
    own = list(insiders)
    minds = [known(before, small | before.hidden), *(known(before, small, each) for each in own)]
    found = chosen(n, cells, minds, threshold)
    widen(n, cells, found, before, dict.fromkeys(before.hidden, 1) | dict.fromkeys(small, threshold - 1))
    for each in own:
        widen(n, cells, found, before, dict.fromkeys((atoms for atoms in small if not atoms <= each), 1), own=each)
    show_certain(n, cells, found, before, small)
    return found


def known(before: Before, hidden: Iterable[Atoms], own: Atoms = frozenset()) -> Knowledge:
    """Return what somebody who knows some atoms has been shown, guarding what is hidden from him."""
    knowledge = Knowledge()
    for atoms in [*(frozenset([atom]) for atom in own), *sorted(before.shown, key=len)]:
        knowledge.publish(knowledge.reduced(atoms))
    for atoms in hidden:
        if not atoms <= own and not knowledge.guard(atoms):
            raise ValueError(f"{sorted(atoms)} follows from earlier releases already")
    return knowledge


def chosen(n: Sequence[float], cells: Mapping[Cell, Atoms], minds: Sequence[Knowledge], threshold: int) -> Pattern:
    """Return the pattern that exact combinations of sums cannot undo; the first of the minds is the public's."""
    found, public = Pattern(), minds[0]
    for cell, atoms in sorted(cells.items(), key=lambda each: (-len(each[1]), -total(n, each[1]), each[0])):
        adds = [mind.reduced(atoms) for mind in minds]
        remainder = list(as_set(adds[0]))
        tells_few = bool(remainder) and total(n, remainder) < threshold
        gives_away = any(mind.gives_away(added) for mind, added in zip(minds, adds, strict=True))
        if total(n, atoms) < threshold or gives_away or tells_few:
            found.hidden.add(cell)
            continue
        found.shown.add(cell)
        for mind, added in zip(minds, adds, strict=True):
            mind.publish(added)
    follows = {cell for cell in found.hidden if not public.reduced(cells[cell])}
    return Pattern(found.shown | follows, found.hidden - follows)


def widen(
    n: Sequence[float],
    cells: Mapping[Cell, Atoms],
    found: Pattern,
    before: Before,
    least: Mapping[Atoms, int],
    *,
    own: Atoms = frozenset(),
) -> None:
    """Take cells back until the ends of every hidden count lie as far apart as asked, for somebody with his own atoms.

    What is taken back for a cell is the smallest of the sums that prove its ends, by the programme's own prices.
    """
    shown = {cells[cell]: cell for cell in found.shown}
    bounds = Bounds(n, {*before.shown, *shown, *(frozenset([atom]) for atom in own)}, least)
    for atoms, apart in least.items():
        while room(*bounds.seen[atoms]) < apart:
            low, high, proof = bounds.of(atoms)
            if room(low, high) >= apart:
                break
            new = [each for each in proof if each in shown and not each <= own]
            if not new:
                raise ValueError(f"{sorted(atoms)} is all but certain by earlier releases")
            smallest = min(new, key=lambda each: (total(n, each), sorted(each)))
            bounds.take_back(smallest)
            found.hidden.add(taken := shown.pop(smallest))
            found.shown.discard(taken)


def show_certain(
    n: Sequence[float], cells: Mapping[Cell, Atoms], found: Pattern, before: Before, small: Collection[Atoms]
) -> None:
    """Show what is hidden and certain all the same, unless it is small, which is never certain."""
    large = {cell: cells[cell] for cell in found.hidden if cells[cell] not in small}
    bounds = Bounds(n, {*before.shown, *(cells[cell] for cell in found.shown)}, large.values())
    for cell, atoms in large.items():
        if room(*bounds.seen[atoms]) < 1 and room(*bounds.of(atoms)[:2]) < 1:
            found.hidden.discard(cell)
            found.shown.add(cell)


def total(n: Sequence[float], atoms: Iterable[int]) -> float:
    """Return how many answered in all of these atoms."""
    return sum(n[atom] for atom in atoms)
