"""Which cells are shown: small ones are hidden, and as many others as it takes that nothing gives them away."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from server.publication.doubts import Doubts, Near, Truth
from server.publication.grid import Cell
from server.publication.tables import Atoms

THRESHOLD = 5


@dataclass
class Pattern:
    """What is shown and what is hidden, among the cells of one release."""

    shown: set[Cell] = field(default_factory=set)
    hidden: set[Cell] = field(default_factory=set)


def everywhere(_: Atoms) -> Iterator[Atoms]:
    """Yield no neighbourhood: look for another table among all atoms."""
    yield from ()


def pattern(
    truth: Truth,
    cells: Mapping[Cell, Atoms],
    watched: Iterable[Atoms],
    threshold: int = THRESHOLD,
    *,
    hidden: Iterable[Atoms] = (),
    near: Near = everywhere,
) -> Pattern:
    """Return which of the cells may be shown; `watched` are all cells that some audience could ask for.

    A cell with fewer answers than the threshold is hidden, none included: were noughts shown, two cells that add up to
    two would be one each. Then other tables are found, with the same published sums, now and before: for each small
    cell some in which it has other counts, for the staff of each unit one in which their own are the true ones, and for
    what was `hidden` before one in which it is another. What these tables change is hidden. So whoever combines all
    that was ever published, for each score, in whatever way, ends with all of them: no hidden cell follows.
    """
    small = {atoms for atoms in {*watched, *cells.values()} if truth.n(atoms) < threshold}
    guarded = dict.fromkeys(hidden, (0, 0)) | {atoms: room(truth.n(atoms), threshold) for atoms in small}
    doubts = Doubts(truth, {*cells.values()} - small, guarded, near)
    doubts.satisfy(guarded)
    doubts.cheapen()
    out = small | doubts.in_doubt()
    return Pattern(*({cell for cell, atoms in cells.items() if (atoms in out) is is_out} for is_out in (False, True)))


def room(n: int, threshold: int) -> tuple[int, int]:
    """Return how many more, and how many fewer, a small count has to be able to be: it may be one as well as the
    threshold, and nought as well as one less. Then no sum of small cells is known to be small itself."""
    return threshold - max(n, 1), max(n - 1, 0)
