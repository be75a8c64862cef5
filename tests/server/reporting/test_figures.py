"""The figures against scipy and statsmodels, against hand-made values, and their intervals against their promise."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.random import default_rng
from scipy import stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from server.reporting.figures import Z_95, agreement, figures, index, nps, scored_mean, share

COUNTS = st.lists(st.integers(0, 500), min_size=5, max_size=5).filter(any)


def test_the_recommendation_figure_by_hand():
    # 60 promoters, 25 passives, 15 detractors: 45. With 3/4, 3/2 and 3/4 added: (60.75 - 15.75) / 103 = 0.436893,
    # variance (60.75 + 15.75) / 103 - 0.436893^2 = 0.551843, half-width 1.96 * sqrt(0.551843 / 103) = 0.143462.
    estimate = nps([1, 2, 2, 2, 3, 3, 2, 10, 15, 25, 35])

    assert estimate.value == 45
    assert estimate.interval == pytest.approx((29.3431, 58.0355), abs=0.001)


def test_the_index_by_hand():
    # (0 + 25 + 50 + 75 + 100 * 6) / 10
    assert index([1, 1, 1, 1, 6]).value == 75
    assert index([0, 0, 1, 1]).value == pytest.approx(83.3333)


def test_the_mean_of_a_statement_by_hand():
    assert agreement([1, 0, 0, 1, 2]).value == 3.75


def test_nobody_has_no_figure():
    assert figures("nps", {})["nps"] is None
    assert figures("smiley4", {})["interval"] is None
    assert figures("agree5", {})["share_interval"] is None


@pytest.mark.parametrize("counts", [[0, 0, 0, 0, 4], [4, 0, 0, 0, 0]])
def test_an_interval_of_one_opinion_has_a_width_and_stays_on_the_scale(counts):
    low, high = index(counts).interval

    assert 0 <= low < high <= 100


@given(COUNTS)
def test_mean_and_interval_are_those_of_statsmodels_with_the_added_answers(counts):
    weighted = DescrStatsW([1, 2, 3, 4, 5], weights=[count + more for count, more in zip(counts, ADDED, strict=True)])
    half = Z_95 * math.sqrt(weighted.var / weighted.sum_weights)

    estimate = agreement(counts)

    assert estimate.value == pytest.approx(DescrStatsW([1, 2, 3, 4, 5], weights=counts).mean, abs=1e-4)
    assert estimate.interval[0] == pytest.approx(max(weighted.mean - half, 1), abs=1e-4)
    assert estimate.interval[1] == pytest.approx(min(weighted.mean + half, 5), abs=1e-4)


ADDED = [0.75, 0.5, 0.5, 0.5, 0.75]


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_share_is_wilsons(part, others):
    n = part + others
    if not n:
        return
    expected = proportion_confint(part, n, method="wilson")

    assert share(part, n).interval == pytest.approx(expected, abs=1e-4)
    assert share(part, n).interval == pytest.approx(stats.binomtest(part, n).proportion_ci(method="wilson"), abs=1e-4)


VERY_HAPPY, HAPPY, SPLIT, EVEN, MIDDLING = (
    [0.005, 0.005, 0.02, 0.07, 0.9],
    [0.05, 0.05, 0.1, 0.2, 0.6],
    [0.2, 0.03, 0.02, 0.05, 0.7],
    [0.2, 0.2, 0.2, 0.2, 0.2],
    [0.05, 0.2, 0.5, 0.2, 0.05],
)


@pytest.mark.parametrize("n", [5, 10, 30, 100])
@pytest.mark.parametrize("opinion", [VERY_HAPPY, HAPPY, SPLIT, EVEN, MIDDLING])
def test_the_interval_holds_the_truth_as_often_as_it_says(opinion, n):
    assert coverage(opinion, [0, 25, 50, 75, 100], n) >= 0.92


@pytest.mark.parametrize("n", [5, 10, 30, 100])
@pytest.mark.parametrize("opinion", [[0.02, 0.05, 0.93], [0.28, 0.02, 0.7], [0.1, 0.8, 0.1]])
def test_the_interval_of_the_recommendation_figure_does_too(opinion, n):
    assert coverage(opinion, [-100, 0, 100], n) >= 0.92


def coverage(opinion, scores, n):
    """Return how often the interval holds the true mean in 3,000 made-up surveys of n visitors."""
    truth = sum(p * score for p, score in zip(opinion, scores, strict=True))
    surveys = default_rng(1).multinomial(n, opinion, 3000)
    intervals = [scored_mean(counts.tolist(), scores).interval for counts in surveys]
    return sum(low <= truth <= high for low, high in intervals) / len(intervals)
