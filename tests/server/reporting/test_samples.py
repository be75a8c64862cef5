"""Answers by value, as the figures take them."""

import pytest

from server.reporting.figures import agreement, index, nps
from server.reporting.samples import Sample, pooled, sample


def test_the_recommendation_figure_takes_three_groups():
    given = {0: 1, 6: 2, 7: 3, 8: 1, 9: 4, 10: 5}

    answers = sample("nps", "nps", given)

    assert answers.counts == (3, 4, 9)
    assert answers.estimate == nps([given.get(level, 0) for level in range(11)])


def test_index_and_mean_are_those_of_the_reports():
    given = {1: 1, 2: 0, 3: 2, 4: 6, 5: 11}
    counts = [1, 0, 2, 6, 11]

    assert sample("index", "smiley5", given).estimate == index(counts)
    assert sample("index", "smiley4", {1: 1, 4: 3}).mean == 75
    assert sample("mean", "agree5", given).estimate == agreement(counts)


def test_a_share_is_of_those_who_agree():
    answers = sample("share", "agree5", {1: 1, 3: 2, 4: 6, 5: 11})

    assert answers.counts == (3, 17)
    assert answers.estimate.value == 0.85


def test_nobody_has_no_estimate():
    assert sample("nps", "nps", {}).estimate.value is None


@pytest.mark.parametrize(("figure", "kind"), [("index", "nps"), ("nps", "smiley5"), ("mean", "choice")])
def test_a_figure_that_the_kind_does_not_have_is_an_error(figure, kind):
    with pytest.raises(ValueError, match=f"{kind} has no {figure}"):
        sample(figure, kind, {5: 1})


def test_samples_are_added_level_by_level():
    assert pooled([Sample((1, 2), (0, 1)), Sample((10, 20), (0, 1))]) == Sample((11, 22), (0, 1))
