"""Some seeds of the simulation, and every wrong design: the long run is `make simulate-faults`."""

import json

import pytest

from tests.faults.simulation.__main__ import main
from tests.faults.simulation.designs import DESIGNS
from tests.faults.simulation.plan import FAULTS, plan
from tests.faults.simulation.shrink import command, fails, shortest
from tests.faults.simulation.world import outcome

SEEDS = 40
MOST_TRIED = 40


def test_every_seed_keeps_the_promise():
    found = [(seed, outcome(plan(seed))[0]) for seed in range(1, SEEDS + 1)]

    assert [(seed, str(each.verdict)) for seed, each in found if not each.verdict.holds] == []
    assert sum(each.acknowledged for _, each in found) > 100 * SEEDS


def test_a_seed_repeats_itself_exactly():
    (first, world), (second, again) = outcome(plan(5)), outcome(plan(5))

    assert (first, world.trace) == (second, again.trace)
    assert world.truth.account.said == again.truth.account.said


def test_the_plans_have_every_fault():
    assert {kind for seed in range(1, 200) for kind in plan(seed).kinds} == set(FAULTS)


def seeds_with(kind):
    return [seed for seed in range(1, 2_000) if kind in plan(seed).kinds][:MOST_TRIED]


def failing(design):
    """Return the first seed in which the checker catches a wrong design, None when there is none."""
    return next((seed for seed in seeds_with(design.needs) if fails(plan(seed), range(10**3), design)), None)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name.replace(" ", "-"))
def test_a_wrong_design_is_caught(design):
    assert failing(design) is not None


def test_a_failing_seed_is_told_by_its_shortest_reproduction():
    design = next(each for each in DESIGNS if each.name == "the box is empty after a start")
    wanted = plan(failing(design))

    keep = shortest(wanted, design)

    assert fails(wanted, keep, design)
    assert len(keep) < 10
    assert f"--seed {wanted.seed} --keep " in command(wanted, keep)


def test_a_seed_is_replayed_by_its_number(capsys):
    status = main(["--seed", "7"])

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status == 0
    assert (line["seed"], line["lost"], line["doubled"]) == (7, 0, 0)
