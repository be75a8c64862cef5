"""What can be worked out from all published sums together, by exact elimination.

Sums are vectors over atoms. Whether a cell follows from what is published does not depend on any figure: it follows
when its vector is a combination of theirs. Arithmetic is modulo a prime of 61 bits, which no real table meets by
accident; the audit by bounds comes after it and does without.
"""

from collections.abc import Iterable, Iterator, Mapping

PRIME = 2**61 - 1

Vector = dict[int, int]
Form = tuple[tuple[int, int], ...]


class Knowledge:
    """The published sums, each reduced by all others, and the cells that must not follow from them."""

    def __init__(self) -> None:
        self.rows: dict[int, Vector] = {}
        self.guarded: dict[frozenset[int], Vector] = {}
        self.forms: dict[Form, int] = {}

    def guard(self, atoms: frozenset[int]) -> bool:
        """Protect a cell from now on; False when it follows already."""
        if atoms in self.guarded:
            return True
        reduced = self.reduced(atoms)
        if reduced:
            self.guarded[atoms] = reduced
            self.count(reduced, 1)
        return bool(reduced)

    def count(self, vector: Vector, more: int) -> None:
        """Note that so many more guarded cells have this direction."""
        form = normal(vector)
        self.forms[form] = self.forms.get(form, 0) + more

    def reduced(self, atoms: Iterable[int]) -> Vector:
        """Return what a sum adds to what is known; empty when it follows."""
        vector = dict.fromkeys(atoms, 1)
        for pivot in [atom for atom in vector if atom in self.rows]:
            subtract(vector, vector.get(pivot, 0), self.rows[pivot])
        return vector

    def gives_away(self, reduced: Vector) -> bool:
        """Tell whether a guarded cell would follow if this were published too."""
        return self.forms.get(normal(reduced), 0) > 0

    def publish(self, reduced: Vector) -> None:
        """Add what a sum adds; it must have been reduced."""
        if not reduced:
            return
        row = dict(normal(reduced))
        pivot = min(row)
        for other in self.rows.values():
            subtract(other, other.get(pivot, 0), row)
        for vector in self.guarded.values():
            if pivot in vector:
                self.count(vector, -1)
                subtract(vector, vector[pivot], row)
                self.count(vector, 1)
        self.rows[pivot] = row


def subtract(vector: Vector, times: int, row: Mapping[int, int]) -> None:
    """Take a row so many times off a vector."""
    if not times:
        return
    for atom, factor in row.items():
        left = (vector.get(atom, 0) - times * factor) % PRIME
        if left:
            vector[atom] = left
        else:
            vector.pop(atom, None)


def normal(vector: Vector) -> Form:
    """Return a vector so scaled that its first entry is one."""
    if not vector:
        return ()
    scale = pow(vector[min(vector)], -1, PRIME)
    return tuple(sorted((atom, factor * scale % PRIME) for atom, factor in vector.items()))


def as_set(reduced: Vector) -> Iterator[int]:
    """Yield the atoms that a vector is the sum of, nothing when it is no plain sum."""
    if all(factor == 1 for _, factor in normal(reduced)):
        yield from reduced
