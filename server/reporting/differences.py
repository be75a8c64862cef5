"""The difference between two groups, with its 95 % interval: a figure of its own, and not two intervals side by side.

Two intervals may overlap although the groups differ, so nothing here asks whether they do.
"""

import math

from server.reporting.figures import DIGITS, NOTHING, Estimate
from server.reporting.samples import Sample

TOO_FEW, NO_EVIDENCE, HIGHER, LOWER = "too_few", "no_evidence", "higher", "lower"
MINIMUM_N = 5


def difference(one: Sample, other: Sample) -> Estimate:
    """Return the first figure less the second.

    The distances from each figure to the ends of its own interval are added as squares. Of two shares with Wilson's
    intervals: Newcombe (1998), Interval estimation for the difference between independent proportions, Statistics in
    Medicine 17, 873-890, method 10. Of other figures: Zou and Donner (2008), Construction of confidence limits about
    effect measures, Statistics in Medicine 27, 1693-1702. Both groups must have answered on the same scale.
    """
    if one.scores != other.scores:
        raise ValueError(f"figures on two scales have no difference: {one.scores} and {other.scores}")
    first, second = one.estimate, other.estimate
    if first.value is None or second.value is None or first.interval is None or second.interval is None:
        return NOTHING
    value = first.value - second.value
    below = math.hypot(first.value - first.interval[0], second.interval[1] - second.value)
    above = math.hypot(first.interval[1] - first.value, second.value - second.interval[0])
    return Estimate(round(value, DIGITS), (round(value - below, DIGITS), round(value + above, DIGITS)))


def verdict(one: Sample, other: Sample) -> str:
    """Return what may be said of the first group beside the second: `too_few`, `no_evidence`, `higher` or `lower`."""
    if min(one.n, other.n) < MINIMUM_N:
        return TOO_FEW
    interval = difference(one, other).interval
    if interval is None or interval[0] <= 0 <= interval[1]:
        return NO_EVIDENCE
    return HIGHER if interval[0] > 0 else LOWER
