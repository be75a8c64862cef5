"""What labels do to figures: which stand, the counts with and without them, and how much hangs on where lines are
drawn."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from broker_bridge.database.verdicts import Taken
from server.labels.presses import Press
from server.labels.rules import Verdict

FACTORS = (0.5, 1, 2)  # of the limits: fewer and more presses are doubted


@dataclass(frozen=True)
class BothCounts:
    """How often each value was given: by all, and by those whom no standing verdict doubts."""

    everything: Counter[int]
    undoubted: Counter[int]


def standing(found: Iterable[Verdict], taken_back: Collection[Taken] = ()) -> list[Verdict]:
    """Return the verdicts that nobody has taken back; another rule's verdict on the same response stands."""
    return [verdict for verdict in found if (verdict.response, verdict.rule) not in taken_back]


def both_counts(presses: Iterable[Press], found: Iterable[Verdict]) -> BothCounts:
    """Return the counts by value, with and without what is doubted."""
    doubted = {verdict.response for verdict in found}
    every = list(presses)
    kept = [press.value for press in every if press.response not in doubted]
    return BothCounts(Counter(press.value for press in every), Counter(kept))
