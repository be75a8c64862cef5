"""Verdicts can be taken back, both counts are kept, and the lines can be moved."""

from server.labels.presses import Press
from server.labels.rules import Limits, Verdict, verdicts
from server.labels.standing import FACTORS, both_counts, standing

MASH = [Press(i, 1000 * i, 1000 * i, value) for i, value in enumerate([1, 3, 5, 2, 4])]
LATER = [Press(10, 900_000, 900_000, 5)]


def test_both_counts_are_there():
    counts = both_counts([*MASH, *LATER], verdicts([*MASH, *LATER]))

    assert counts.everything == {1: 1, 2: 1, 3: 1, 4: 1, 5: 2}
    assert counts.undoubted == {5: 1}


def test_a_verdict_taken_back_lets_the_press_count_again():
    found = [Verdict(1, "burst/1"), Verdict(1, "mash/1"), Verdict(2, "mash/1")]

    assert standing(found, {(2, "mash/1")}) == found[:2]
    assert standing(found, {(1, "burst/1")}) == found[1:]
    assert both_counts(MASH[:3], standing(found, {(2, "mash/1")})).undoubted == {1: 1, 5: 1}


def test_stricter_limits_doubt_no_fewer_presses():
    presses = [*MASH, *LATER]
    counts = [both_counts(presses, verdicts(presses, limits=Limits().scaled(factor))) for factor in FACTORS]
    kept = [each.undoubted.total() for each in counts]

    assert kept == sorted(kept, reverse=True)
    assert kept[0] > kept[-1]
