"""The answers of one group to one question, as the figures see them: how many there are at each score."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from broker_bridge.database.surveys import KIND_RANGES
from server.reporting.figures import NOTHING, Estimate, levels, mean, scored_mean, share

NPS_SCORES = (-100.0, 0.0, 100.0)
SHARE_SCORES = (0.0, 1.0)
FIRST_PROMOTER, FIRST_PASSIVE = 9, 7
FIRST_AGREEING = 4


@dataclass(frozen=True)
class Sample:
    """Counts and their scores, the worst first; with two scores the figure is a share, with more of them a mean."""

    counts: tuple[float, ...]
    scores: tuple[float, ...]

    @property
    def n(self) -> float:
        """Return how many answered."""
        return sum(self.counts)

    @property
    def mean(self) -> float:
        """Return the mean score; without answers that is an error."""
        return mean(self.counts, self.scores)

    @property
    def estimate(self) -> Estimate:
        """Return the figure with its 95 % interval."""
        if not self.n:
            return NOTHING
        if len(self.counts) == 2:
            return share(self.counts[1], self.n)
        return scored_mean(self.counts, self.scores)


def sample(figure: str, kind: str, given: Mapping[int, float]) -> Sample:
    """Return the answers of a kind of question for one of its figures: `nps`, `index`, `mean` or `share` (of 4 and 5).

    `given` says how often each value was given. A figure that the kind does not have is an error.
    """
    if figure not in FIGURES_OF.get(kind, ()):
        raise ValueError(f"{kind} has no {figure}, only: {', '.join(FIGURES_OF.get(kind, ())) or 'counts'}")
    counts = [given.get(level, 0) for level in levels(kind)]
    if figure == "nps":
        parts = counts[:FIRST_PASSIVE], counts[FIRST_PASSIVE:FIRST_PROMOTER], counts[FIRST_PROMOTER:]
        return Sample(tuple(map(sum, parts)), NPS_SCORES)
    if figure == "share":
        first = FIRST_AGREEING - levels(kind)[0]
        return Sample((sum(counts[:first]), sum(counts[first:])), SHARE_SCORES)
    return Sample(tuple(counts), scores(figure, kind))


FIGURES_OF = dict.fromkeys(KIND_RANGES, ("index",)) | {"nps": ("nps",), "agree5": ("mean", "share")}


def scores(figure: str, kind: str) -> tuple[float, ...]:
    """Return the score of each level: from 0 to 100 in an index, else the level itself."""
    last = len(levels(kind)) - 1
    return tuple(100 * step / last if figure == "index" else float(level) for step, level in enumerate(levels(kind)))


def pooled(samples: Iterable[Sample]) -> Sample:
    """Return several samples of the same figure as one."""
    every: Sequence[Sample] = list(samples)
    return Sample(tuple(map(sum, zip(*(one.counts for one in every), strict=True))), every[0].scores)
