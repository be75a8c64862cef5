"""Publishes a made-up county to two audiences in three releases, and attacks all of it at once: `make attack`.

The last line is JSON: `cells` of the grid that were decided, `cells_hidden`, `published_share`, how many hidden cells
were `recovered`; of how many small ones fewer counts remain than the threshold (`narrowed`); of a smaller county, how
many small cells of others staff of any unit found (`staff_recovered`), who know their own. And what seven wrong ways to
publish give away: `naive_recovered` where only small cells are hidden, `forgetful_recovered` where each release is
decided by itself, `late_recovered` where closed months come out anew, `open_to_staff_recovered` where nobody thought of
staff, `sums_only_narrowed` where nobody thought of scores, `ages_apart_recovered` where ages are hidden as if they were
other people, `questions_apart_recovered` where two questions to the same people are hidden each by itself.
`aged_recovered` is the smaller county once more, divided by age groups too; `questions_recovered` with two questions.
"""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from server.publication.grid import Cell
from server.publication.release import Ledger, Release, held
from tests.attack import designs
from tests.attack.attacker import Atoms, narrowed, numbered, recovered
from tests.attack.county import County, county

LEAST_HIDDEN, LEAST_SHARE = 500, 0.6
SEED = 6
SMALL = 14, 3, (3, 6, 9)  # units, areas, months closed by each release: where staff attack
OURS = ("recovered", "narrowed", "staff_recovered", "aged_recovered", "questions_recovered")
CONTROLS = (
    "naive_recovered",
    "forgetful_recovered",
    "late_recovered",
    "open_to_staff_recovered",
    "sums_only_narrowed",
    "ages_apart_recovered",
    "questions_apart_recovered",
)
STAFF_PARTS = 2


class Collected:
    """All releases of a design as sets of atoms, what is hidden in all of them, and the truth."""

    def __init__(self, made: County, design: designs.Design) -> None:
        truth = Ledger(made.grid)
        for months, counts in zip(made.periods, made.arrived, strict=True):
            truth = truth.closed(months, counts)
        holding = held(made.grid, truth.counts)
        sets = numbered(holding)
        self.truth = {sets[cell]: truth.of(cell, holding) for cell in holding}
        self.own = {unit: [sets[atom] for atom in truth.counts if atom.place == unit] for unit in made.grid.units}
        self.releases = releases = design(made)
        shown = {cell: counts for one in releases for cell, counts in one.cells.items() if counts is not None}
        every = {cell for one in releases for cell in one.cells}
        self.cells, self.published = len(every), {sets[cell]: counts for cell, counts in shown.items()}
        self.hidden = [sets[cell] for cell in sorted(every) if cell not in shown]
        self.threshold = releases[0].threshold
        self.small = [atoms for atoms in dict.fromkeys(self.hidden) if sum(self.truth[atoms]) < self.threshold]

    def right(self, got: Mapping[Atoms, int]) -> int:
        """Return how many answers are the truth; two cells of the same atoms are one answer."""
        return sum(sum(self.truth[atoms]) == value for atoms, value in got.items())


def attack(made: County, design: designs.Design) -> dict[str, int]:
    """Return what an attacker gets out of all releases: right answers about cells that none of them shows."""
    all_of_it = Collected(made, design)
    found = all_of_it.right(recovered(all_of_it.published, all_of_it.hidden))
    told = {"cells": all_of_it.cells, "hidden": len(all_of_it.hidden), "recovered": found}
    return told | {"changed": len(set(changed(all_of_it.releases)))}


def narrow(made: County, design: designs.Design) -> int:
    """Return of how many small cells fewer counts remain than the threshold."""
    all_of_it = Collected(made, design)
    return len(narrowed(all_of_it.published, all_of_it.small, all_of_it.threshold))


def attack_by_staff(made: County, design: designs.Design, part: int = 0, parts: int = 1) -> int:
    """Return how many small cells of others staff find, who subtract their own; for every `parts`-th unit."""
    all_of_it = Collected(made, design)
    found = 0
    for own in list(all_of_it.own.values())[part::parts]:
        known = {atoms: all_of_it.truth[atoms] for atoms in own}
        others = frozenset().union(*own)
        of_others = [atoms for atoms in all_of_it.small if not atoms <= others]
        found += all_of_it.right(recovered(all_of_it.published | known, of_others))
    return found


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


def figures(made: County, small: County, with_ages: County) -> dict[str, Any]:
    with ProcessPoolExecutor(os.cpu_count() or 1) as pool:
        ours = pool.submit(attack, made, designs.ours)
        forgetful = pool.submit(attack, made, designs.without_memory)
        staff = [pool.submit(attack_by_staff, small, designs.ours, part, STAFF_PARTS) for part in range(STAFF_PARTS)]
        open_to_staff = pool.submit(attack_by_staff, small, designs.without_staff)
        naive = pool.submit(attack, made, designs.small_cells_only)
        narrow_ours = pool.submit(narrow, made, designs.ours)
        narrow_sums = pool.submit(narrow, made, designs.sums_only)
        aged = pool.submit(attack, with_ages, designs.ours)
        ages_apart = pool.submit(attack, with_ages, designs.ages_apart)
        questions = pool.submit(attack, small, designs.two_questions)
        questions_apart = pool.submit(attack, small, designs.questions_apart)
        late = pool.submit(few_more, small, designs.with_late_answers)
        return {
            "cells": ours.result()["cells"],
            "cells_hidden": ours.result()["hidden"],
            "published_share": round(1 - ours.result()["hidden"] / ours.result()["cells"], 4),
            "recovered": ours.result()["recovered"] + ours.result()["changed"],
            "narrowed": narrow_ours.result(),
            "sums_only_narrowed": narrow_sums.result(),
            "aged_recovered": aged.result()["recovered"] + aged.result()["changed"],
            "ages_apart_recovered": ages_apart.result()["recovered"],
            "questions_recovered": questions.result()["recovered"],
            "questions_apart_recovered": questions_apart.result()["recovered"],
            "naive_recovered": naive.result()["recovered"],
            "forgetful_recovered": forgetful.result()["recovered"],
            "late_recovered": late.result(),
            "staff_recovered": sum(one.result() for one in staff),
            "open_to_staff_recovered": open_to_staff.result(),
        }


def is_good(found: dict[str, Any]) -> bool:
    is_enough = found["cells_hidden"] >= LEAST_HIDDEN and found["published_share"] >= LEAST_SHARE
    return is_enough and not any(found[name] for name in OURS) and all(found[name] > 0 for name in CONTROLS)


def main(seed: int = SEED) -> int:
    made = county(seed)
    print(f"{len(made.grid.units)} units, 12 months, three releases to two audiences; minutes", file=sys.stderr)
    found = figures(made, county(seed, *SMALL), county(seed, *SMALL, ages=True))
    print(json.dumps(found))
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
