"""How often the change test calls a month unlike the others although all were alike."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from server.reporting.changes import HIGHER, LOWER, MONTHS_BACK, Change, change
from server.reporting.samples import Sample

Design = Callable[[Sample, list[Sample]], Change]


class Alarms(NamedTuple):
    figure: str
    n: int
    opinion: str
    varies: bool
    rate: float


def alarms(
    figure: str,
    scores: tuple[float, ...],
    mix: tuple[float, ...],
    n: int,
    draws: int,
    *,
    varies: bool = False,
    design: Design = change,
) -> Alarms:
    """Return the share of alarms among so many made-up years of months of n answers.

    Where months vary, each has an opinion of its own around the true one (Dirichlet, as firm as 100 answers), so that
    there is nothing to tell but what always is.
    """
    random = np.random.default_rng(n)
    years = random.multinomial(n, opinions(random, mix, draws, varies), (draws, MONTHS_BACK + 1))
    called = sum(is_called(year, scores, design) for year in years.tolist())
    return Alarms(figure, n, " ".join(f"{p:g}" for p in mix), varies, called / draws)


def opinions(random: np.random.Generator, mix: tuple[float, ...], draws: int, varies: bool) -> np.ndarray:
    return random.dirichlet(np.array(mix) * 100, (draws, MONTHS_BACK + 1)) if varies else np.array(mix)


def is_called(year: list[list[int]], scores: tuple[float, ...], design: Design) -> bool:
    *earlier, month = (Sample(tuple(counts), scores) for counts in year)
    return design(month, earlier).verdict in (HIGHER, LOWER)
