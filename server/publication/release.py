"""A release: the cells of closed buckets, decided once and for all audiences, and kept as the bytes that went out."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from server.publication.doubts import Truth
from server.publication.grid import GRAINS, Atom, Cell, Grid, background_of
from server.publication.neighbourhood import Neighbourhood
from server.publication.suppression import THRESHOLD, pattern
from server.publication.tables import Atoms

RULE = "publication/2"

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Release:
    """What one audience was given: counts by score of each cell, None for a hidden one."""

    number: int
    audience: str
    months: tuple[str, ...]
    threshold: int
    cells: Mapping[Cell, Counts | None]

    def content(self) -> bytes:
        """Return the release as it goes out, the same bytes whenever it is asked for."""
        cells = [
            {**cell._asdict(), "counts": None if counts is None else list(counts)}
            for cell, counts in sorted(self.cells.items())
        ]
        about: dict[str, Any] = {"release": self.number, "audience": self.audience, "months": list(self.months)}
        about |= {"threshold": self.threshold, "rule": RULE, "cells": cells}
        return json.dumps(about, separators=(",", ":"), sort_keys=True).encode()

    def hash(self) -> str:
        """Return the SHA-256 of the content."""
        return hashlib.sha256(self.content()).hexdigest()


@dataclass(frozen=True)
class Ledger:
    """All that was ever released: counts as they were when their month closed, and whether each cell is shown.

    Later counts never go out. A month that comes out again with one more answer tells what that visitor said.
    """

    grid: Grid
    threshold: int = THRESHOLD
    counts: Mapping[Atom, Counts] = field(default_factory=dict)
    shown: Mapping[Cell, bool] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()

    @property
    def months(self) -> tuple[str, ...]:
        """Return the months that are closed."""
        return tuple(sorted({atom.bucket for atom in self.counts}))

    def closed(self, months: Iterable[str], counts: Mapping[Atom, Counts]) -> "Ledger":
        """Return the ledger with more months closed, at these counts; of a month closed before nothing changes."""
        new = self.grid.atoms(set(months) - set(self.months))
        width = max((len(each) for each in counts.values()), default=1)
        return replace(self, counts={**self.counts, **{atom: counts.get(atom, (0,) * width) for atom in new}})

    def late(self, counts: Mapping[Atom, Counts]) -> dict[Atom, tuple[Counts, Counts]]:
        """Return what would be different today, as released and as it is; for the unit's own staff only."""
        return {
            atom: (then, now)
            for atom, then in self.counts.items()
            if (now := counts.get(atom, (0,) * len(then))) != then
        }

    def of(self, cell: Cell, holding: Mapping[Cell, list[Atom]]) -> Counts:
        """Return the counts of a cell as they were when its months closed."""
        return tuple(map(sum, zip(*(self.counts[atom] for atom in holding[cell]), strict=True)))


def release(ledger: Ledger, audience: str, others: Iterable[Ledger] = ()) -> tuple[Ledger, Release]:
    """Return what an audience may be given of all closed months, and the ledger that knows of it.

    A cell that was decided before, for whichever audience, is decided so again; `others` are the ledgers of questions
    that the same people answered.
    """
    atoms = sorted(ledger.counts)
    holding = held(ledger.grid, atoms)
    number = {atom: place for place, atom in enumerate(atoms)}
    sets = {cell: frozenset(number[atom] for atom in of_cell) for cell, of_cell in holding.items()}
    asked = [cell for cell in ledger.grid.cells(audience, ledger.months) if cell in sets]  # a unit may be younger
    open_cells = {cell: sets[cell] for cell in asked if cell not in ledger.shown}
    truth, hidden = known(ledger, atoms, sets)
    near = Neighbourhood(ledger.grid, ledger.counts, {of_cell: cell for cell, of_cell in sets.items()})
    told = {sets[cell]: is_shown for cell, is_shown in elsewhere(ledger, holding, others).items()}
    found = pattern(
        truth, open_cells, watched(ledger, sets), ledger.threshold, hidden=hidden, elsewhere=told, near=near
    )
    shown = {**ledger.shown, **{cell: cell in found.shown for cell in open_cells}}
    cells = {cell: ledger.of(cell, holding) if shown[cell] else None for cell in asked}
    made = Release(len(ledger.releases) + 1, audience, ledger.months, ledger.threshold, cells)
    return replace(ledger, shown=shown, releases=(*ledger.releases, made)), made


def elsewhere(ledger: Ledger, holding: Mapping[Cell, list[Atom]], others: Iterable[Ledger]) -> dict[Cell, bool]:
    """Return the cells of which other questions told, or hid, about as many answers as there are here.

    Whoever answered one question mostly answered the other, so how many is told by both. Of a cell that was too small
    there its size here tells nothing but that it is no larger.
    """
    found: dict[Cell, bool] = {}
    for other in others:
        of_other = held(other.grid, other.counts)
        for cell in other.shown.keys() & holding.keys():
            n, here = sum(other.of(cell, of_other)), sum(ledger.of(cell, holding))
            if n >= other.threshold and abs(n - here) < ledger.threshold:
                found[cell] = found.get(cell, False) or other.shown[cell]
    return found


def known(ledger: Ledger, atoms: Sequence[Atom], sets: Mapping[Cell, Atoms]) -> tuple[Truth, set[Atoms]]:
    """Return the counts, with what was told and what staff know of them, and what has been hidden."""
    of_unit: dict[str, set[int]] = {}
    divided: dict[tuple[str, str], dict[str, set[int]]] = {}
    for number, atom in enumerate(atoms):
        of_unit.setdefault(atom.place, set()).add(number)
        by = divided.setdefault((atom.place, atom.bucket), {}).setdefault(background_of(atom.part), set())
        by.add(number)
    told, hidden = ({sets[cell] for cell, it in ledger.shown.items() if it is was} for was in (True, False))
    counts = [ledger.counts[atom] for atom in atoms]
    equal = [
        (frozenset(by[""]), frozenset(own)) for by in divided.values() for background, own in by.items() if background
    ]
    return Truth(counts, frozenset(told), equal, [frozenset(own) for own in of_unit.values()]), hidden


def held(grid: Grid, atoms: Iterable[Atom]) -> dict[Cell, list[Atom]]:
    """Return every cell of the grid that these atoms are part of, with them."""
    holding: dict[Cell, list[Atom]] = {}
    for atom in atoms:
        for cell in grid.holders(atom):
            holding.setdefault(cell, []).append(atom)
    return holding


def watched(ledger: Ledger, sets: Mapping[Cell, Atoms]) -> list[Atoms]:
    """Return the cells whose smallness has to be kept: those of closed buckets, whoever may ask for them."""
    full = {cell for audience in GRAINS for cell in ledger.grid.cells(audience, ledger.months)}
    return [sets[cell] for cell in full if cell in sets]
