"""Differences of two groups: by hand, against statsmodels, and what may be said of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from server.reporting.differences import difference, verdict
from server.reporting.samples import NPS_SCORES, SHARE_SCORES, Sample

COUNTS = st.tuples(st.integers(0, 300), st.integers(0, 300)).filter(any)
LEVELS = st.tuples(*[st.integers(0, 60)] * 3).filter(any)


@given(COUNTS, COUNTS)
def test_the_difference_of_two_shares_is_newcombes(one, other):
    expected = confint_proportions_2indep(one[1], sum(one), other[1], sum(other), method="newcomb")

    assert difference(Sample(one, SHARE_SCORES), Sample(other, SHARE_SCORES)).interval == pytest.approx(
        expected, abs=3e-4
    )


def test_the_difference_by_hand():
    # 60 of 100 against 45: the ends of each are 43.4 and 72.3 etc.; squares of the distances are added.
    one, other = Sample((10, 20, 70), NPS_SCORES), Sample((20, 20, 60), NPS_SCORES)
    (low, high), (below, above) = one.estimate.interval, other.estimate.interval

    estimate = difference(one, other)

    assert estimate.value == 20
    assert estimate.interval[0] == pytest.approx(20 - ((60 - low) ** 2 + (above - 40) ** 2) ** 0.5, abs=1e-3)
    assert estimate.interval[1] == pytest.approx(20 + ((high - 60) ** 2 + (40 - below) ** 2) ** 0.5, abs=1e-3)


@given(LEVELS, LEVELS)
def test_the_other_way_round_it_is_the_same_with_its_sign_turned(one, other):
    forth = difference(Sample(one, NPS_SCORES), Sample(other, NPS_SCORES))
    back = difference(Sample(other, NPS_SCORES), Sample(one, NPS_SCORES))

    assert (back.value, back.interval) == (-forth.value, (-forth.interval[1], -forth.interval[0]))


def test_intervals_may_overlap_and_the_groups_still_differ():
    one, other = Sample((200, 200, 600), NPS_SCORES), Sample((243, 200, 557), NPS_SCORES)

    assert one.estimate.interval[0] < other.estimate.interval[1]
    assert verdict(one, other) == "higher"
    assert verdict(other, one) == "lower"


def test_a_board_that_compares_forty_answers_is_told_that_nothing_shows():
    # Swedish-speaking NPS 31 of 40, Finnish-speaking 47 of 200: the difference that started this.
    swedish, finnish = Sample((10, 8, 22), NPS_SCORES), Sample((36, 34, 130), NPS_SCORES)

    assert (round(swedish.estimate.value), round(finnish.estimate.value)) == (30, 47)
    assert verdict(swedish, finnish) == "no_evidence"


def test_too_few_answers_are_not_compared():
    assert verdict(Sample((0, 0, 4), NPS_SCORES), Sample((900, 0, 0), NPS_SCORES)) == "too_few"
    assert verdict(Sample((0, 0, 5), NPS_SCORES), Sample((900, 0, 0), NPS_SCORES)) == "higher"
    assert difference(Sample((0, 0, 0), NPS_SCORES), Sample((1, 0, 0), NPS_SCORES)).interval is None


def test_figures_on_two_scales_have_no_difference():
    with pytest.raises(ValueError, match="two scales"):
        difference(Sample((1, 1), SHARE_SCORES), Sample((1, 1, 1), NPS_SCORES))
