"""What labels do to figures: which stand, the counts with and without them, and how much hangs on where lines are
drawn."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from server.labels.hours import Hours
from server.labels.presses import Press
from server.labels.rules import Limits, Verdict, verdicts

Taken = tuple[int, str]  # a response and the rule whose verdict somebody has taken back
FACTORS = (0.5, 1, 2)


@dataclass(frozen=True)
class BothCounts:
    """How often each value was given: by all, and by those whom no standing verdict doubts."""

    everything: dict[int, int]
    undoubted: dict[int, int]


def standing(found: Iterable[Verdict], taken_back: Collection[Taken] = ()) -> list[Verdict]:
    """Return the verdicts that nobody has taken back; another rule's verdict on the same response stands."""
    return [verdict for verdict in found if (verdict.response, verdict.rule) not in taken_back]


def both_counts(presses: Iterable[Press], found: Iterable[Verdict]) -> BothCounts:
    """Return the counts by value, with and without what is doubted."""
    doubted = {verdict.response for verdict in found}
    every = list(presses)
    kept = [press.value for press in every if press.response not in doubted]
    return BothCounts(dict(Counter(press.value for press in every)), dict(Counter(kept)))


def sensitivity(
    presses: Sequence[Press], hours: Hours | None = None, limits: Limits = Limits()
) -> dict[float, BothCounts]:
    """Return the counts under limits that label fewer and more presses, by the factor."""
    return {factor: both_counts(presses, verdicts(presses, hours, limits.scaled(factor))) for factor in FACTORS}
