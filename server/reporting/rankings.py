"""Units in an order that does not over-read: small ones drawn towards the mean, and every place with its interval."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

from server.reporting.differences import MINIMUM_N
from server.reporting.figures import DIGITS, Z_95, variance
from server.reporting.samples import Sample

LEVEL = 0.95
LEAST_TO_SHRINK = 4


@dataclass(frozen=True)
class Place:
    """A unit in a ranking: its figure, that figure drawn towards the mean with a 95 % interval, and the ranks that it
    may have, 1 being the best."""

    name: str
    n: float
    value: float
    shrunken: float
    interval: tuple[float, float]
    ranks: tuple[int, int]


def ranking(samples: Mapping[str, Sample]) -> list[Place]:
    """Return the units with enough answers, best first by the shrunken figure; equal ones by name.

    All must have answered on one scale.
    """
    ranked = {name: one for name, one in sorted(samples.items()) if one.n >= MINIMUM_N}
    if not ranked:
        return []
    values, variances = [one.mean for one in ranked.values()], sampling_variances(list(ranked.values()))
    scores = next(iter(ranked.values())).scores
    places = zip(ranked.items(), shrunken(values, variances), ranks(values, variances), strict=True)
    rows = [
        Place(name, one.n, round(one.mean, DIGITS), round(drawn, DIGITS), within(drawn, error, scores), between)
        for (name, one), (drawn, error), between in places
    ]
    return sorted(rows, key=lambda place: (-place.shrunken, place.name))


def sampling_variances(samples: Sequence[Sample]) -> list[float]:
    """Return the variance of each mean, from the spread inside all units together.

    A variance of its own would be nought for a small unit where all agree, and put it first. The three answers of the
    adjusted intervals are added to the pool, spread over the scale.
    """
    n, scores = sum(one.n for one in samples), samples[0].scores
    inside = sum(one.n * variance(one.counts, one.scores) for one in samples)
    spread = 3 * variance([1] * len(scores), scores)
    return [(inside + spread) / (n + 3) / one.n for one in samples]


def shrunken(values: Sequence[float], variances: Sequence[float]) -> list[tuple[float, float]]:
    """Return each figure drawn towards the mean of all, and its standard error.

    Morris (1983), Parametric empirical Bayes inference: theory and applications, JASA 78, 47-55, whose errors allow for
    what is not known about the spread between units. That spread is by DerSimonian and Laird (1986), Meta-analysis in
    clinical trials, Controlled Clinical Trials 7, 177-188. Fewer than four units are left as they are.
    """
    k = len(values)
    if k < LEAST_TO_SHRINK:
        return [(value, math.sqrt(error)) for value, error in zip(values, variances, strict=True)]
    between = spread_between(values, variances)
    weights = [1 / (error + between) for error in variances]
    center = sum(w * value for w, value in zip(weights, values, strict=True)) / sum(weights)
    usual = sum(w * error for w, error in zip(weights, variances, strict=True)) / sum(weights)
    drawn = []
    for value, error, weight in zip(values, variances, weights, strict=True):
        pull = (k - 3) / (k - 1) * error * weight
        own = error * (1 - (1 - weight / sum(weights)) * pull)
        unsure = 2 / (k - 3) * pull**2 * (usual + between) * weight * (value - center) ** 2
        drawn.append(((1 - pull) * value + pull * center, math.sqrt(own + unsure)))
    return drawn


def spread_between(values: Sequence[float], variances: Sequence[float]) -> float:
    """Return the variance between units that is left when chance is taken off, nought at least."""
    weights = [1 / error for error in variances]
    total = sum(weights)
    center = sum(w * value for w, value in zip(weights, values, strict=True)) / total
    apart = sum(w * (value - center) ** 2 for w, value in zip(weights, values, strict=True))
    return max(0.0, (apart - (len(values) - 1)) / (total - sum(w * w for w in weights) / total))


def ranks(values: Sequence[float], variances: Sequence[float]) -> list[tuple[int, int]]:
    """Return the best and the worst rank that each unit may have, right for all of them at once in 95 % of rankings.

    Klein, Wright and Wieczorek (2020), A joint confidence region for an overall ranking of populations, JRSS C 69(3),
    589-606: of intervals that hold jointly (Sidak), those that lie wholly above a unit's push it down, those wholly
    below hold it up.
    """
    z = NormalDist().inv_cdf((1 + LEVEL ** (1 / len(values))) / 2)
    ends = [(v - z * math.sqrt(error), v + z * math.sqrt(error)) for v, error in zip(values, variances, strict=True)]
    return [
        (1 + sum(low > own[1] for low, _ in ends), len(ends) - sum(high < own[0] for _, high in ends)) for own in ends
    ]


def within(value: float, error: float, scores: Sequence[float]) -> tuple[float, float]:
    """Return the 95 % interval, cut off at the ends of the scale."""
    low, high = max(value - Z_95 * error, min(scores)), min(value + Z_95 * error, max(scores))
    return round(low, DIGITS), round(high, DIGITS)


def told_apart(places: Sequence[Place]) -> bool:
    """Tell whether a ranking says anything: whether some unit cannot have every rank."""
    return any(place.ranks != (1, len(places)) for place in places)
