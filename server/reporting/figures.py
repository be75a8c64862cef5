"""The figures: counts of ordinal answers in, a figure with its 95 % interval out.

One rule gives every interval of a mean, the recommendation figure included, so that two figures beside each other can
be compared. tests/server/reporting/test_figures.py holds them against statsmodels and against their own coverage.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.surveys import KIND_RANGES

Z_95 = 1.959963984540054  # the 97.5th percentile of the standard normal distribution
ADDED_AT_EACH_END = 0.75
ADDED_BETWEEN = 1.5
DIGITS = 4


@dataclass(frozen=True)
class Estimate:
    """A figure and its interval; None for both when nobody answered."""

    value: float | None
    interval: tuple[float, float] | None


NOTHING = Estimate(None, None)


def scored_mean(counts: Sequence[float], scores: Sequence[float]) -> Estimate:
    """Return the mean score of at least three ordered levels, and its adjusted Wald interval.

    Rocks (2016), Interval estimation for the "Net Promoter Score", The American Statistician 70(4), 365-372: add 3/4 to
    each end and 3/2 to the middle, then mean and variance as for the Wald interval. With more than three levels the 3/2
    is spread evenly over those between the ends. The plain Wald interval has no width when all agree; this one covers
    92 to 100 % at n = 5 and 93 to 100 % at n = 10 for the distributions in the tests.
    """
    if not sum(counts):
        return NOTHING
    between = ADDED_BETWEEN / (len(counts) - 2)
    added = [ADDED_AT_EACH_END, *[between] * (len(counts) - 2), ADDED_AT_EACH_END]
    adjusted = [count + more for count, more in zip(counts, added, strict=True)]
    center, spread = mean(adjusted, scores), variance(adjusted, scores)
    half = Z_95 * math.sqrt(spread / sum(adjusted))
    low, high = max(center - half, min(scores)), min(center + half, max(scores))
    return Estimate(round(mean(counts, scores), DIGITS), (round(low, DIGITS), round(high, DIGITS)))


def mean(counts: Sequence[float], scores: Sequence[float]) -> float:
    """Return the mean of the scores, each counted as often as it was given."""
    return sum(count * score for count, score in zip(counts, scores, strict=True)) / sum(counts)


def variance(counts: Sequence[float], scores: Sequence[float]) -> float:
    """Return the variance of the scores around their mean, divided by n."""
    return mean(counts, [(score - mean(counts, scores)) ** 2 for score in scores])


def nps(counts: Sequence[float]) -> Estimate:
    """Return the share of 9-10 less the share of 0-6, from -100 to 100; `counts` are those of 0 to 10.

    Reichheld (2003), The one number you need to grow, Harvard Business Review 81(12).
    """
    return scored_mean([sum(counts[:7]), sum(counts[7:9]), sum(counts[9:])], [-100, 0, 100])


def index(counts: Sequence[float]) -> Estimate:
    """Return the mean of 100 (i - 1) / (k - 1) over k ordinal levels, from 0 to 100; `counts` begin with the worst."""
    steps = len(counts) - 1
    return scored_mean(counts, [100 * step / steps for step in range(len(counts))])


def agreement(counts: Sequence[float]) -> Estimate:
    """Return the mean of a statement, from 1 (wholly disagree) to 5 (wholly agree)."""
    return scored_mean(counts, [1, 2, 3, 4, 5])


def share(part: float, n: float) -> Estimate:
    """Return a share, from 0 to 1, with Wilson's score interval.

    Wilson (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212, without
    correction.
    """
    if not n:
        return NOTHING
    p, z2 = part / n, Z_95**2
    center = (p + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Estimate(round(p, DIGITS), (round(max(center - half, 0), DIGITS), round(min(center + half, 1), DIGITS)))


def levels(kind: str) -> range:
    """Return the values that a numeric kind of question takes."""
    low, high = KIND_RANGES[kind]
    return range(low, high + 1)


def figures(kind: str, given: Mapping[int, float]) -> dict[str, Any]:
    """Return the figures of one numeric question, from how often each value was given.

    `nps`, `index` or `mean` by its kind, with `interval` [low, high]; a statement has `share` and `share_interval` of
    those who agree (4-5) too.
    """
    counts = [given.get(level, 0) for level in levels(kind)]
    shown: dict[str, Any] = {"n": sum(counts), "distribution": {str(i): given.get(i, 0) for i in levels(kind)}}
    if kind == "nps":
        return shown | figure("nps", nps(counts))
    if kind == "agree5":
        agreeing = share(sum(counts[3:]), sum(counts))
        return shown | figure("mean", agreement(counts)) | figure("share", agreeing, "share_interval")
    return shown | figure("index", index(counts))


def figure(name: str, estimate: Estimate, interval_name: str = "interval") -> dict[str, Any]:
    """Return an estimate as a report shows it."""
    return {name: estimate.value, interval_name: None if estimate.interval is None else list(estimate.interval)}
