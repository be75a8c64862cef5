"""Wrong intervals and a wrong change test, which the sweep has to find."""

import math

from server.reporting.changes import NO_EVIDENCE, Change
from server.reporting.differences import HIGHER, difference
from server.reporting.figures import Z_95, Estimate, mean, variance
from server.reporting.samples import Sample, pooled


def plain_wald(answers: Sample) -> Estimate:
    """Return the interval of the textbooks: no width where all agree."""
    value = mean(answers.counts, answers.scores)
    half = Z_95 * math.sqrt(variance(answers.counts, answers.scores) / answers.n)
    return Estimate(value, (value - half, value + half))


def one_sided(answers: Sample) -> Estimate:
    """Return an interval of 90 % that calls itself one of 95 %."""
    value, interval = answers.estimate.value, answers.estimate.interval
    return Estimate(value, tuple(value + (end - value) * 1.6448536 / Z_95 for end in interval))


def months_of_one_opinion(month: Sample, earlier: list[Sample]) -> Change:
    """Tell a change by the answers alone, as if every month had the same opinion behind it."""
    low, high = difference(month, pooled(earlier)).interval
    return Change(NO_EVIDENCE if low <= 0 <= high else HIGHER, len(earlier))
