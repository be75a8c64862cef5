"""Publishes a made-up county to two audiences in three releases, and attacks all of it at once: `make attack`.

The last line is JSON: `cells` of the grid that were decided, `cells_hidden`, `published_share`, how many hidden cells
were `recovered`, and what three wrong ways to publish give away: `naive_recovered` where only small cells are hidden,
`forgetful_recovered` where each release is decided by itself, `late_recovered` where closed months come out anew.
"""

import json
import os
import sys
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from server.publication.grid import Cell
from server.publication.release import Ledger, Release, held
from tests.attack import designs
from tests.attack.attacker import numbered, recovered
from tests.attack.county import County, county

LEAST_HIDDEN, LEAST_SHARE = 500, 0.6
SEED = 6
CONTROLS = ("naive_recovered", "forgetful_recovered", "late_recovered")


def attack(made: County, design: designs.Design) -> dict[str, int]:
    """Return what an attacker gets out of all releases: right answers about cells that none of them shows."""
    truth = Ledger(made.grid)
    for months, counts in zip(made.periods, made.arrived, strict=True):
        truth = truth.closed(months, counts)
    holding = held(made.grid, truth.counts)
    sets = numbered(holding)
    releases = design(made)
    shown = {cell: sum(counts) for one in releases for cell, counts in one.cells.items() if counts is not None}
    every = {cell for one in releases for cell in one.cells}
    hidden = [cell for cell in every if cell not in shown]
    got = recovered({sets[cell]: int(n) for cell, n in shown.items()}, [sets[cell] for cell in hidden])
    right = [cell for cell in hidden if got.get(sets[cell]) == sum(truth.of(cell, holding))]
    return {"cells": len(every), "hidden": len(hidden), "recovered": len(right)}


def few_more(made: County, design: designs.Design) -> int:
    """Return how many cells changed between releases by fewer answers than may be shown: the attacker subtracts."""
    return len(set(changed(design(made))))


def changed(releases: Iterable[Release]) -> Iterable[Cell]:
    last: dict[Cell, float] = {}
    for one in releases:
        for cell, counts in one.cells.items():
            if counts is not None:
                if 0 < abs(sum(counts) - last.get(cell, sum(counts))) < one.threshold:
                    yield cell
                last[cell] = sum(counts)


def figures(made: County) -> dict[str, Any]:
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        ours = pool.submit(attack, made, designs.ours)
        forgetful = pool.submit(attack, made, designs.without_memory)
        naive = pool.submit(attack, made, designs.small_cells_only)
        late, ours_late = (pool.submit(few_more, made, one) for one in (designs.with_late_answers, designs.ours))
        return {
            "cells": ours.result()["cells"],
            "cells_hidden": ours.result()["hidden"],
            "published_share": round(1 - ours.result()["hidden"] / ours.result()["cells"], 4),
            "recovered": ours.result()["recovered"] + ours_late.result(),
            "naive_recovered": naive.result()["recovered"],
            "forgetful_recovered": forgetful.result()["recovered"],
            "late_recovered": late.result(),
        }


def is_good(found: dict[str, Any]) -> bool:
    is_enough = found["cells_hidden"] >= LEAST_HIDDEN and found["published_share"] >= LEAST_SHARE
    return is_enough and not found["recovered"] and all(found[name] > 0 for name in CONTROLS)


def main(seed: int = SEED) -> int:
    made = county(seed)
    print(f"{len(made.grid.units)} units, 12 months, three releases to two audiences; minutes", file=sys.stderr)
    found = figures(made)
    print(json.dumps(found))
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
