"""The sweep of the intervals in short, and that it would notice: wrong intervals, wrong figures."""

from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
from scipy import stats

from server.reporting.figures import share
from tests.intervals import designs
from tests.intervals.__main__ import is_good, summary, wrong_designs
from tests.intervals.alarms import alarms
from tests.intervals.grid import LEVEL_MIXES, MEAN_SCORES, NPS_MIXES, NPS_SCORES, SHARE_MIXES, SHARE_SCORES
from tests.intervals.points import all_counts, exact_widths, pair, point


@pytest.mark.parametrize("n", [10, 20, 40])
def test_intervals_cover_what_they_say(n):
    every = [("share", SHARE_SCORES, mix) for mix in SHARE_MIXES] + [("nps", NPS_SCORES, mix) for mix in NPS_MIXES]
    covered = [point(*one, n, 0).coverage for one in every]

    assert 0.94 <= sum(covered) / len(covered) <= 0.97
    assert min(covered) >= 0.9


@pytest.mark.parametrize("mix", LEVEL_MIXES)
def test_intervals_of_a_mean_do_too(mix):
    assert point("mean", MEAN_SCORES, mix, 20, 0).coverage >= 0.94


@pytest.mark.parametrize("mix", NPS_MIXES)
def test_intervals_of_a_difference_do_too(mix):
    assert pair("nps", NPS_SCORES, (mix, NPS_MIXES[2]), (10, 40), 3000).coverage >= 0.93


def test_false_alarms_are_as_rare_as_declared():
    rates = [alarms("nps", NPS_SCORES, NPS_MIXES[2], 40, 3000, varies=varies).rate for varies in (False, True)]

    assert all(0.005 <= rate <= 0.018 for rate in rates)


def test_the_wrong_designs_are_caught():
    with ProcessPoolExecutor(2) as pool:
        assert wrong_designs(pool, 2000) == [True] * 4


def test_the_plain_interval_of_a_very_happy_clinic_holds_the_truth_in_less_than_half_of_all_cases():
    assert point("nps", NPS_SCORES, NPS_MIXES[0], 10, 0, design=designs.plain_wald).coverage < 0.5


def test_all_outcomes_are_counted_once_with_their_chances():
    counts = all_counts(6, 3)

    assert len({tuple(row) for row in counts.tolist()}) == len(counts) == 28
    assert stats.multinomial.pmf(counts, 6, (0.2, 0.3, 0.5)).sum() == pytest.approx(1)


def test_the_exact_width_of_a_share_is_scipys():
    counts = np.array([[10, 0], [7, 3], [0, 10]])
    expected = [stats.binomtest(k, 10).proportion_ci(method="exact") for k in (0, 3, 10)]

    assert exact_widths(counts, SHARE_SCORES) == pytest.approx([one.high - one.low for one in expected])
    assert share(3, 10).interval[1] - share(3, 10).interval[0] < exact_widths(counts, SHARE_SCORES)[1]


GOOD = {
    "mean": 0.95,
    "worst": 0.91,
    "points": 9,
    "grid_mean": 0.95,
    "grid_worst": 0.91,
    "false_alarms_declared": 0.01,
    "false_alarms_measured": 0.01,
    "false_alarms_worst": 0.015,
    "wrong_designs_caught": "4/4",
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"mean": 0.93},
        {"grid_mean": 0.98},
        {"worst": 0.89},
        {"grid_worst": 0.89},
        {"false_alarms_measured": 0.02},
        {"false_alarms_measured": 0.004},
        {"false_alarms_worst": 0.03},
        {"wrong_designs_caught": "3/4"},
    ],
)
def test_a_figure_out_of_its_bounds_fails_the_sweep(wrong):
    assert is_good(GOOD)
    assert not is_good(GOOD | wrong)


def test_the_summary_is_of_what_was_measured():
    points = [point("nps", NPS_SCORES, mix, 10, 0) for mix in NPS_MIXES[:2]]
    silent = [alarms("nps", NPS_SCORES, NPS_MIXES[2], 20, 100)]

    found = summary(points, silent, [True, False])

    assert found["points"] == 2
    assert found["worst"] == round(min(one.coverage for one in points), 4)
    assert found["false_alarms_measured"] == round(silent[0].rate, 4)
    assert found["wrong_designs_caught"] == "1/2"
