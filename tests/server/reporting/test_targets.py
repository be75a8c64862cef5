"""Targets: met, not met, or not shown."""

import pytest

from server.reporting.samples import NPS_SCORES, Sample, sample
from server.reporting.targets import Target, judged

FIFTY = Target("nps", "salla", 2026, 50)


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        ((20, 40, 440), "met"),
        ((3, 10, 27), "not_shown"),
        ((4, 10, 16), "not_shown"),
        ((90, 40, 70), "not_met"),
        ((0, 0, 4), "too_few"),
        ((0, 0, 0), "too_few"),
    ],
)
def test_a_target_is_judged_by_the_whole_interval(counts, expected):
    assert judged(FIFTY, Sample(counts, NPS_SCORES)) == expected


def test_a_value_above_the_target_does_not_meet_it_yet():
    answers = Sample((3, 10, 27), NPS_SCORES)

    assert answers.estimate.value == 60
    assert judged(FIFTY, answers) == "not_shown"


def test_a_target_of_a_statement():
    answers = sample("mean", "agree5", {3: 10, 4: 100, 5: 300})

    assert judged(Target("mean", "salla", 2026, 4.0), answers) == "met"


def test_a_target_outside_the_scale_is_an_error():
    with pytest.raises(ValueError, match=r"a target of 50 for mean is outside its scale, 1 to 5"):
        judged(Target("mean", "salla", 2026, 50), sample("mean", "agree5", {5: 10}))


def test_an_interval_that_begins_at_the_target_meets_it():
    low = Sample((20, 40, 440), NPS_SCORES).estimate.interval[0]

    assert judged(Target("nps", "salla", 2026, low), Sample((20, 40, 440), NPS_SCORES)) == "met"
