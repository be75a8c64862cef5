"""Which cells are shown: small ones are hidden, and as many others as it takes that nothing gives them away."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from server.publication.doubts import Doubts, Near, Truth
from server.publication.grid import Cell
from server.publication.tables import Atoms

THRESHOLD = 5


@dataclass
class Pattern:
    """What is shown and what is hidden, among the cells of one release."""

    shown: set[Cell]
    hidden: set[Cell]


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
    elsewhere: Mapping[Atoms, bool] = MappingProxyType({}),
    near: Near = everywhere,
) -> Pattern:
    """Return which of the cells may be shown; `watched` are all cells that some audience could ask for.

    A cell with fewer answers than the threshold is hidden, none included: were noughts shown, two cells that add up to
    two would be one each. Then other tables are found, with the same published sums, now and before: for each small
    cell some in which it has other counts, for the staff of each unit one in which their own are the true ones, and for
    what was `hidden` before one in which it is another. What these tables change is hidden. So whoever combines all
    that was ever published, for each score, in whatever way, ends with all of them: no hidden cell follows.

    `elsewhere` are cells of which another question of the same people told how many they are, or hid it: what is hidden
    there is hidden here, too, and what is shown there is hidden here only if nothing else will do.
    """
    small = {atoms for atoms in {*watched, *cells.values()} if truth.n(atoms) < threshold}
    guarded = dict.fromkeys(hidden, (0, 0)) | {atoms: room(truth.n(atoms), threshold) for atoms in small}
    kept = {atoms for atoms in cells.values() if not elsewhere.get(atoms, True)} - small
    told = frozenset(atoms for atoms, is_shown in elsewhere.items() if is_shown)
    doubts = Doubts(truth, {*cells.values()} - small - kept, guarded | dict.fromkeys(kept, (0, 0)), near, told)
    doubts.satisfy(guarded)
    for atoms in sorted(kept, key=sorted):
        with suppress(ValueError):  # it follows from what this question told before the other one was released
            doubts.satisfy([atoms])
    doubts.cheapen()
    out = small | kept | doubts.in_doubt()
    return Pattern(*({cell for cell, atoms in cells.items() if (atoms in out) is is_out} for is_out in (False, True)))


def room(n: int, threshold: int) -> tuple[int, int]:
    """Return how many more, and how many fewer, a small count has to be able to be: it may be one as well as the
    threshold, and nought as well as one less. Then no sum of small cells is known to be small itself."""
    return threshold - max(n, 1), max(n - 1, 0)
