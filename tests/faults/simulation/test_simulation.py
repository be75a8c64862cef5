"""Some seeds of the simulation, and every wrong design: the long run is `make simulate-faults`."""

import json
import shlex
from unittest.mock import patch

import pytest

from tests.faults.simulation.__main__ import caught, explain, judged, main
from tests.faults.simulation.designs import DESIGNS
from tests.faults.simulation.plan import FAULTS, plan
from tests.faults.simulation.shrink import command, fails, shortest, story
from tests.faults.simulation.world import outcome

SEEDS = 40
MOST_TRIED = 20
MANY_PLACES = 20  # of writing; 3,000 seeds die at next to all


@pytest.fixture(scope="module")
def judgement():
    return judged(range(1, SEEDS + 1))


def test_every_seed_keeps_the_promise(judgement):
    assert [(seed, str(outcome(plan(seed))[0].verdict)) for seed in judgement.failing] == []
    assert judgement.sums["acknowledged"] > 100 * SEEDS


def test_bridge_box_and_kiosk_die_nearly_everywhere_where_they_write(judgement):
    points = judgement.points

    assert {point.who for point in points.died} == {"bridge", "box", "kiosk"}
    assert len(points.died) > MANY_PLACES
    assert {"waiting for its next attempt", "waiting for an answer", "waiting for a visitor"} <= set(points.awaited)


def test_a_seed_repeats_itself_exactly():
    seed = next(seed for seed in range(1, 100) if plan(seed).kiosks and "power cut while it writes" in plan(seed).kinds)
    (first, world), (second, again) = outcome(plan(seed)), outcome(plan(seed))

    assert (first, world.trace) == (second, again.trace)
    assert world.truth.account.said == again.truth.account.said


def test_the_plans_have_every_fault():
    assert {kind for seed in range(1, 200) for kind in plan(seed).kinds} == set(FAULTS)


def failing(design):
    """Return the first seed in which the checker catches a wrong design, None when there is none."""
    number = DESIGNS.index(design)
    return next((seed for seed in range(1, MOST_TRIED) if caught((number, seed)).by), None)


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name.replace(" ", "-"))
def test_a_wrong_design_is_caught(design):
    assert failing(design) is not None


@pytest.mark.parametrize("design", DESIGNS, ids=lambda design: design.name.replace(" ", "-"))
def test_the_right_product_holds_where_a_wrong_design_is_caught(design):
    assert str(outcome(design.plan(failing(design)))[0].verdict) == "all well"


def test_a_failing_seed_is_told_by_its_shortest_reproduction():
    design = next(each for each in DESIGNS if each.name == "the box is empty after a start")
    wanted = design.plan(failing(design))

    keep = shortest(wanted, design)
    told = story(wanted, keep, design)

    assert len(keep) < len(wanted.events) // 10
    assert fails(wanted, keep, design)
    assert [gone for gone in keep if fails(wanted, [each for each in keep if each != gone], design)] == []
    assert "a product in which the box is empty after a start" in told[0]
    assert any("button" in line for line in told)
    assert told[-2:][0] == "  Found by: acknowledged is stored."
    assert f"--seed {wanted.seed} --wrong 4 --keep " in command(wanted, keep, 4)


def test_what_is_told_to_type_shows_the_same_failure_again(capsys):
    seed = failing(DESIGNS[6])
    main(["--seed", str(seed), "--wrong", "7"])
    told = capsys.readouterr().err
    found, typed = told.split("Found by: stored once.\n  ")[1].split("\nagain: make simulate-faults ARGS=")

    status = main(shlex.split(shlex.split(typed)[0]))

    assert status == 1
    assert capsys.readouterr().err.splitlines()[-1] == f"seed {seed}: {found}"


def test_an_error_that_ends_a_world_is_a_failing_seed_with_its_reproduction(capsys):
    with patch("tests.faults.simulation.world.check", side_effect=KeyError("epoch")):
        judgement = judged([5])
        explain(5)

    told = capsys.readouterr().err
    assert judgement.failing == [5]
    assert judgement.sums["stuck"] == 1
    assert "Found by: KeyError." in told
    assert "the world ended with KeyError('epoch')" in told
    assert "again: make simulate-faults" in told


def test_a_seed_is_replayed_by_its_number(capsys):
    status = main(["--seed", "7"])

    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert status == 0
    assert (line["seed"], line["lost"], line["doubled"]) == (7, 0, 0)


def test_a_wrong_design_is_replayed_by_its_number_and_explained(capsys):
    status = main(["--seed", str(failing(DESIGNS[6])), "--wrong", "7"])

    told = capsys.readouterr().err
    assert status == 1
    assert "stores a press twice now and then" in told
    assert "again: make simulate-faults" in told
