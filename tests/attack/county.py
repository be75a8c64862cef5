"""A made-up county with a known truth, whose months close, and whose devices bring some answers late."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from server.publication.grid import Atom, Grid

PARTS = ("en", "fi", "sv")
SHARES = {"en": 0.05, "fi": 0.7, "sv": 0.25}
OPINION = (0.15, 0.25, 0.6)  # detractors, passives, promoters
AGES = {"age:": 0.2, "age:18-64": 0.7, "age:65-": 0.1}
LATE = 0.01
ANSWERS = 4.2, 1.0  # logarithm of what a unit has in a month: mean and spread

Counts = dict[Atom, tuple[int, ...]]


@dataclass(frozen=True)
class County:
    """A grid, the months that close with each release, and what had arrived by then: older months grow."""

    grid: Grid
    periods: tuple[tuple[str, ...], ...]
    arrived: tuple[Counts, ...]


def county(
    seed: int, units: int = 30, areas: int = 5, closing: tuple[int, ...] = (6, 9, 12), *, ages: bool = False
) -> County:
    random = np.random.default_rng(seed)
    names = tuple(f"unit-{i:02}" for i in range(units))
    parents = {name: f"area-{random.integers(areas)}" for name in names} | {f"area-{i}": "county" for i in range(areas)}
    grid = Grid(parents, names, (*PARTS, *AGES) if ages else PARTS)
    months = [
        tuple(f"2026-{month + 1:02}" for month in range(first, last))
        for first, last in zip((0, *closing), closing, strict=False)
    ]
    return County(grid, tuple(months), tuple(arrivals(random, grid, months)))


def arrivals(random: np.random.Generator, grid: Grid, periods: list[tuple[str, ...]]) -> Iterator[Counts]:
    """Yield all counts as they stand at each release."""
    sizes = dict(zip(grid.units, random.lognormal(*ANSWERS, len(grid.units)), strict=True))
    have: Counts = {}
    for months in periods:
        for atom, counts in have.items():
            have[atom] = tuple(n + int(random.poisson(LATE * n)) for n in counts)
        for atom in grid.atoms(months):
            if atom.part in SHARES:
                n = random.poisson(sizes[atom.place] * SHARES[atom.part])
                have[atom] = tuple(random.multinomial(n, OPINION).tolist())
        yield have | (aged(random, have) if AGES.keys() & {*grid.parts} else {})


def aged(random: np.random.Generator, have: Counts) -> Counts:
    """Return the same answers by age, which has nothing to do with language."""
    everyone: dict[tuple[str, str], np.ndarray] = {}
    for atom, counts in have.items():
        everyone[atom.place, atom.bucket] = everyone.get((atom.place, atom.bucket), 0) + np.array(counts)
    drawn = {where: random.multinomial(counts, list(AGES.values())) for where, counts in sorted(everyone.items())}
    return {
        Atom(*where, age): tuple(by_age[:, place].tolist())
        for where, by_age in drawn.items()
        for place, age in enumerate(AGES)
    }
