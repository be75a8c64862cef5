"""Rankings: against figures reckoned apart, and against their promises on made-up counties."""

import numpy as np
import pytest
from statsmodels.stats.meta_analysis import combine_effects

from server.reporting.rankings import ranking, ranks, shrunken, spread_between, told_apart
from server.reporting.samples import NPS_SCORES, Sample

COUNTY = {
    "large": Sample((50, 150, 300), NPS_SCORES),
    "middling": Sample((20, 30, 50), NPS_SCORES),
    "poor": Sample((120, 40, 40), NPS_SCORES),
    "small": Sample((0, 1, 7), NPS_SCORES),
    "tiny": Sample((0, 0, 2), NPS_SCORES),
}


def test_a_small_unit_where_all_are_happy_is_not_simply_the_best():
    neighbours = {f"unit-{i}": Sample((50 + 5 * i, 150, 300 - 5 * i), NPS_SCORES) for i in range(8)}

    places = ranking({**neighbours, "small": COUNTY["small"]})
    small = next(place for place in places if place.name == "small")

    assert small.value == 87.5
    assert small.shrunken < 60
    assert small.ranks == (1, 9)


def test_a_unit_with_too_few_answers_has_no_place():
    assert [place.name for place in ranking(COUNTY) if place.name == "tiny"] == []
    assert ranking({"tiny": COUNTY["tiny"]}) == []
    assert ranking({}) == []


def test_what_is_clearly_last_is_ranked_last():
    last = ranking(COUNTY)[-1]

    assert (last.name, last.ranks) == ("poor", (4, 4))


def test_units_that_are_alike_have_every_rank():
    places = ranking({str(i): Sample((10, 30, 60), NPS_SCORES) for i in range(5)})

    assert {place.ranks for place in places} == {(1, 5)}
    assert not told_apart(places)
    assert told_apart(ranking(COUNTY))


def test_the_spread_between_units_is_that_of_statsmodels():
    values, variances = [60.0, 40, 75, 20, 55, 50], [9.0, 25, 100, 16, 4, 36]
    expected = combine_effects(np.array(values), np.array(variances), method_re="chi2").tau2

    assert spread_between(values, variances) == pytest.approx(expected)
    assert spread_between([50.0, 50, 51], [9.0, 9, 9]) == 0


def test_three_units_are_left_as_they_are():
    assert shrunken([1.0, 2, 9], [1.0, 4, 1]) == [(1, 1), (2, 2), (9, 1)]


def test_ranks_of_two_far_apart_by_hand():
    assert ranks([0.0, 10, 10.5], [1.0, 1, 1]) == [(3, 3), (1, 2), (1, 2)]


@pytest.mark.parametrize("firmness", [30, 300])
def test_intervals_and_ranks_hold_the_truth_as_often_as_they_say(firmness):
    covered, joint = simulated(firmness, counties=150)

    assert covered >= 0.94
    assert joint >= 0.95


def simulated(firmness, counties, units=20):
    """Return how often the intervals hold the truth, and how often all ranks of a county do."""
    random = np.random.default_rng(1)
    covered = joint = 0
    for _ in range(counties):
        opinions = random.dirichlet(np.array([0.15, 0.25, 0.6]) * firmness, units)
        truth = opinions @ np.array(NPS_SCORES)
        sizes = random.choice([8, 15, 30, 60, 120, 300], units)
        drawn = [random.multinomial(n, mix).tolist() for n, mix in zip(sizes, opinions, strict=True)]
        places = ranking({str(i): Sample(tuple(counts), NPS_SCORES) for i, counts in enumerate(drawn)})
        order = {int(unit): rank for rank, unit in enumerate(np.argsort(-truth), 1)}
        covered += sum(place.interval[0] <= truth[int(place.name)] <= place.interval[1] for place in places)
        joint += all(place.ranks[0] <= order[int(place.name)] <= place.ranks[1] for place in places)
    return covered / counties / units, joint / counties
