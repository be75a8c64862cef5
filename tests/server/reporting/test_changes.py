"""Whether a month is unlike the last twelve: against scipy, and where it must keep quiet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from server.reporting.changes import chance, change, two_sided_p
from server.reporting.samples import NPS_SCORES, Sample

ALIKE = [Sample(counts, NPS_SCORES) for counts in [(10, 30, 60), (12, 28, 60), (9, 32, 59), (11, 29, 60)] * 3]
UNSTEADY = [Sample(counts, NPS_SCORES) for counts in [(5, 25, 70), (30, 30, 40), (10, 30, 60), (25, 25, 50)] * 3]


@given(st.floats(0, 50), st.integers(1, 40))
def test_the_p_value_is_that_of_scipy(t, degrees):
    assert two_sided_p(t, degrees) == pytest.approx(2 * stats.t.sf(t, degrees), abs=1e-12)


def test_with_months_of_one_size_it_is_the_t_test_of_a_new_value():
    means = [month.mean for month in ALIKE]
    error = stats.tstd(means) * (1 + 1 / 12) ** 0.5
    month = Sample((15, 30, 55), NPS_SCORES)
    expected = 2 * stats.t.sf(abs(month.mean - sum(means) / 12) / error, 11)

    assert chance(month, ALIKE) == pytest.approx(expected)


def test_a_drop_out_of_steady_months_is_called():
    found = change(Sample((30, 30, 40), NPS_SCORES), ALIKE)

    assert (found.verdict, found.months, found.false_alarms) == ("lower", 12, 0.01)
    assert found.p < 0.001
    assert change(Sample((0, 10, 90), NPS_SCORES), ALIKE).verdict == "higher"


def test_the_same_drop_is_no_news_where_months_always_vary():
    assert change(Sample((30, 30, 40), NPS_SCORES), UNSTEADY).verdict == "no_evidence"


def test_one_visitor_does_not_end_a_year_of_full_marks():
    full = [Sample((0, 0, 20), NPS_SCORES)] * 12

    found = change(Sample((0, 1, 19), NPS_SCORES), full)

    assert (found.verdict, found.p) == ("no_evidence", 0)
    assert change(Sample((8, 2, 10), NPS_SCORES), full).verdict == "lower"


def test_months_of_too_few_answers_tell_nothing():
    few = Sample((0, 0, 19), NPS_SCORES)

    assert change(few, ALIKE).verdict == "too_few_answers"
    assert change(ALIKE[0], [few] * 12).verdict == "too_few_months"
    assert change(ALIKE[0], [*ALIKE[:5], few]).months == 5
    assert change(ALIKE[0], ALIKE[:6]).verdict == "no_evidence"


def test_only_the_last_twelve_months_count():
    long_ago = [Sample((100, 0, 0), NPS_SCORES)] * 5

    assert change(ALIKE[0], [*long_ago, *ALIKE]) == change(ALIKE[0], ALIKE)


def test_the_same_month_again_is_certain_to_be_like_them():
    assert chance(ALIKE[0], [ALIKE[0]] * 12) == 1
