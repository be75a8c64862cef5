"""Whether a month is unlike the months before it, with a false-alarm rate that is declared beside the answer."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from server.reporting.differences import HIGHER, LOWER, NO_EVIDENCE, difference
from server.reporting.samples import Sample, pooled

FALSE_ALARMS = 0.01
MONTHS_BACK = 12
MINIMUM_MONTHS = 6
MINIMUM_N = 20  # with 10 answers a month, all of them happy, the test cries twice as often as it says
TOO_FEW_ANSWERS, TOO_FEW_MONTHS = "too_few_answers", "too_few_months"
RULE = "month-change/1"
P_DIGITS = 9  # beyond those, machines may differ


@dataclass(frozen=True)
class Change:
    """What may be said of a month, from how many earlier ones, with the p-value of its distance from them."""

    verdict: str
    months: int
    p: float | None = None
    false_alarms: float = FALSE_ALARMS
    rule: str = RULE


def change(month: Sample, earlier: Sequence[Sample]) -> Change:
    """Tell whether a month is `higher` or `lower` than the last twelve, or there is `no_evidence` that it is unlike
    them.

    Earlier months with too few answers are left out. An alarm takes two things. The month lies further from the mean of
    the earlier ones than they lie apart, by a t-test with a weight of n for each month, at the declared rate; its
    variance is the one between the months, so what always varies from month to month raises no alarm: Laney (2002),
    Improved control charts for attributes, Quality Engineering 14(4), 531-537, has the idea for charts, the t
    distribution accounts for the few months. And the 95 % interval of its difference from all earlier answers together
    excludes nought, which holds back where months are alike because all of them are at the end of the scale. The rate
    holds for months that differ by chance; a season that comes back every year is a change here.
    """
    usable = [one for one in earlier[-MONTHS_BACK:] if one.n >= MINIMUM_N]
    if month.n < MINIMUM_N:
        return Change(TOO_FEW_ANSWERS, len(usable))
    if len(usable) < MINIMUM_MONTHS:
        return Change(TOO_FEW_MONTHS, len(usable))
    p = float(f"{chance(month, usable):.{P_DIGITS}g}")
    interval = difference(month, pooled(usable)).interval
    if p >= FALSE_ALARMS or interval is None or interval[0] <= 0 <= interval[1]:
        return Change(NO_EVIDENCE, len(usable), p)
    return Change(HIGHER if interval[0] > 0 else LOWER, len(usable), p)


def chance(month: Sample, earlier: Sequence[Sample]) -> float:
    """Return how often a month like the earlier ones lies as far from their mean as this one."""
    together = pooled(earlier)
    away = month.mean - together.mean
    if not away:
        return 1.0
    squares = sum(one.n * (one.mean - together.mean) ** 2 for one in earlier) / (len(earlier) - 1)
    error = math.sqrt(squares * (1 / month.n + 1 / together.n))
    return two_sided_p(math.inf if not error else abs(away) / error, len(earlier) - 1)


def two_sided_p(t: float, degrees: int) -> float:
    """Return how often Student's t lies further from nought than `t`, for whole degrees of freedom.

    Abramowitz and Stegun (1964), Handbook of Mathematical Functions, 26.7.3 and 26.7.4: finite sums, no approximation.
    """
    angle = math.atan2(t, math.sqrt(degrees)) if math.isfinite(t) else math.pi / 2
    cosine, sine = math.cos(angle), math.sin(angle)
    odd = degrees % 2
    term, total = (cosine, 0.0) if odd else (1.0, 0.0)
    for step in range(2 + odd, degrees + 1, 2):
        total += term
        term *= cosine * cosine * (step - 1) / step
    within = 2 / math.pi * (angle + sine * total) if odd else sine * total
    return max(0.0, 1 - within)
