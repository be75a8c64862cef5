"""Coverage and width at one point of the grid, exactly where all outcomes can be counted, else by 20,000 draws."""

from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from scipy import stats

from server.reporting.differences import difference
from server.reporting.figures import Estimate
from server.reporting.samples import Sample

MOST_OUTCOMES = 150_000
LEVEL = 0.95
SLACK = 1e-4  # intervals are rounded to four digits

Design = Callable[[Sample], Estimate]


class Point(NamedTuple):
    figure: str
    n: str
    opinion: str
    coverage: float
    width: float
    exact_width: float
    outcomes: str


def shown(answers: Sample) -> Estimate:
    """Return the interval that reports show."""
    return answers.estimate


def outcomes(n: int, mix: tuple[float, ...], draws: int) -> tuple[np.ndarray, np.ndarray, str]:
    """Return counts, how likely each row of them is, and how they were come by."""
    if comb(n + len(mix) - 1, len(mix) - 1) <= MOST_OUTCOMES:
        counts = all_counts(n, len(mix))
        return counts, stats.multinomial.pmf(counts, n, mix), "all"
    counts, times = np.unique(np.random.default_rng(n).multinomial(n, mix, draws), axis=0, return_counts=True)
    return counts, times / draws, f"{draws} draws"


@cache
def all_counts(n: int, levels: int) -> np.ndarray:
    bars = np.array(list(combinations(range(n + levels - 1), levels - 1)))
    ends = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), n + levels - 1)])
    return np.diff(ends, axis=1) - 1


def point(
    figure: str, scores: tuple[float, ...], mix: tuple[float, ...], n: int, draws: int, *, design: Design = shown
) -> Point:
    truth = float(np.dot(mix, scores))
    counts, chances, how = outcomes(n, mix, draws)
    ends = np.array([design(Sample(tuple(row), scores)).interval for row in counts.tolist()])
    inside = (ends[:, 0] - SLACK <= truth) & (truth <= ends[:, 1] + SLACK)
    width = ends[:, 1] - ends[:, 0]
    exact = exact_widths(counts, scores)
    shown = " ".join(f"{p:g}" for p in (mix[1:] if len(mix) == 2 else mix))
    return Point(figure, str(n), shown, *(float(chances @ each) for each in (inside, width, exact)), how)


def exact_widths(counts: np.ndarray, scores: tuple[float, ...]) -> np.ndarray:
    """Return the width of an interval that never covers less than 95 %.

    Clopper and Pearson (1934), The use of confidence or fiducial limits, Biometrika 26, 404-413, for a share. A mean is
    a sum of the shares that lie at or above each level: their intervals together, each at a level by Bonferroni.
    """
    n, steps = counts.sum(axis=1), np.diff(scores)
    tail = (1 - LEVEL) / len(steps) / 2
    above = counts[:, ::-1].cumsum(axis=1)[:, -2::-1]
    low = np.nan_to_num(stats.beta.ppf(tail, above, n[:, None] - above + 1))
    high = np.nan_to_num(stats.beta.ppf(1 - tail, above + 1, n[:, None] - above), nan=1.0)
    return (high - low) @ steps


def pair(
    figure: str, scores: tuple[float, ...], mixes: tuple[tuple[float, ...], ...], sizes: tuple[int, int], draws: int
) -> Point:
    """Return how often the interval of a difference holds the true one, by draws."""
    truth = float(np.dot(mixes[0], scores) - np.dot(mixes[1], scores))
    random = np.random.default_rng(sum(sizes))
    drawn = np.hstack([random.multinomial(n, mix, draws) for n, mix in zip(sizes, mixes, strict=True)])
    rows, times = np.unique(drawn, axis=0, return_counts=True)
    ends = np.array(list(differences(rows.tolist(), scores)))
    inside = (ends[:, 0] - SLACK <= truth) & (truth <= ends[:, 1] + SLACK)
    exact = sum(exact_widths(part, scores) for part in np.hsplit(rows, 2))
    shown = " / ".join(" ".join(f"{p:g}" for p in mix) for mix in mixes)
    likely = times / draws
    measured = (float(likely @ each) for each in (inside, ends[:, 1] - ends[:, 0], exact))
    return Point(f"{figure} difference", f"{sizes[0]} / {sizes[1]}", shown, *measured, f"{draws} draws")


def differences(rows: list[list[int]], scores: tuple[float, ...]) -> Iterator[tuple[float, float]]:
    for row in rows:
        one, other = Sample(tuple(row[: len(scores)]), scores), Sample(tuple(row[len(scores) :]), scores)
        yield difference(one, other).interval or (0, 0)
