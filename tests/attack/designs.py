"""Ways to publish: ours, and wrong ones that the attacker has to see through."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import numpy as np

from server.publication.doubts import Truth
from server.publication.grid import COUNTY, PUBLIC, Cell
from server.publication.release import Counts, Ledger, Release, held, release
from server.publication.suppression import pattern
from tests.attack.county import OPINION, County

AUDIENCES = (COUNTY, PUBLIC)
Design = Callable[[County], list[Release]]


def ours(made: County) -> list[Release]:
    """Close month after month, and release all to both audiences three times."""
    ledger = Ledger(made.grid)
    for months, counts in zip(made.periods, made.arrived, strict=True):
        ledger = ledger.closed(months, counts)
        for audience in AUDIENCES:
            ledger, _ = release(ledger, audience)
    return list(ledger.releases)


def small_cells_only(made: County) -> list[Release]:
    """Hide what is small and nothing else: the naive way."""
    return [one for ledger in frozen(made) for one in (naive(ledger, audience) for audience in AUDIENCES)]


def frozen(made: County) -> Iterator[Ledger]:
    ledger = Ledger(made.grid)
    for months, counts in zip(made.periods, made.arrived, strict=True):
        ledger = ledger.closed(months, counts)
        yield ledger


def naive(ledger: Ledger, audience: str) -> Release:
    holding = held(ledger.grid, ledger.counts)
    cells: dict[Cell, Counts] = {cell: ledger.of(cell, holding) for cell in ledger.grid.cells(audience, ledger.months)}
    shown = {cell: counts if sum(counts) >= ledger.threshold else None for cell, counts in cells.items()}
    return Release(1, audience, ledger.months, ledger.threshold, shown)


def deaf(truth: Truth, *args: Any, **kwargs: Any) -> Any:
    """Decide a pattern without a thought of staff."""
    return pattern(replace(truth, insiders=()), *args, **kwargs)


def without_memory(made: County) -> list[Release]:
    """Decide each release as if it were the first and the only one."""
    with patch("server.publication.release.pattern", deaf):
        return [release(replace(ledger, shown={}), audience)[1] for ledger in frozen(made) for audience in AUDIENCES]


def without_staff(made: County) -> list[Release]:
    """Think of the public only: somebody who knows the answers of one unit may find those of its neighbour."""
    with patch("server.publication.release.pattern", deaf):
        return ours(made)


def sums_only(made: County) -> list[Release]:
    """Think of how many answered, and not of each score, though the published figures tell them apart."""
    with patch("server.publication.release.pattern", blind):
        return ours(made)


def blind(truth: Truth, *args: Any, **kwargs: Any) -> Any:
    """Decide a pattern without a look at scores."""
    return pattern(replace(truth, counts=[[sum(scores)] for scores in truth.counts]), *args, **kwargs)


def ages_apart(made: County) -> list[Release]:
    """Think of ages as if they were other people than those who spoke a language."""
    with patch("server.publication.release.pattern", forgetting_that_both_are_all):
        return ours(made)


def forgetting_that_both_are_all(truth: Truth, *args: Any, **kwargs: Any) -> Any:
    """Decide a pattern without the sums that languages and ages have in common."""
    return pattern(replace(truth, equal=()), *args, **kwargs)


def two_questions(made: County, *, apart: bool = False) -> list[Release]:
    """Ask the same people two questions, which are released in turns: what both tell is how many answered."""
    ledgers, releases, random = [Ledger(made.grid)] * 2, [], np.random.default_rng(0)
    for turn, (months, counts) in enumerate(zip(made.periods, made.arrived, strict=True)):
        other = {atom: tuple(random.multinomial(sum(each), OPINION[::-1]).tolist()) for atom, each in counts.items()}
        ledgers = [ledger.closed(months, of) for ledger, of in zip(ledgers, (counts, other), strict=True)]
        for place in (turn % 2, 1 - turn % 2):
            for audience in AUDIENCES:
                beside = [] if apart else [ledgers[1 - place]]
                ledgers[place], one = release(ledgers[place], audience, beside)
                releases.append(only_n(one))
    return releases


def only_n(one: Release) -> Release:
    """Return a release without its scores."""
    return replace(one, cells={cell: counts and (sum(counts),) for cell, counts in one.cells.items()})


def questions_apart(made: County) -> list[Release]:
    """Think of each question as if nobody had answered another one."""
    return two_questions(made, apart=True)


def with_late_answers(made: County) -> list[Release]:
    """Publish closed months again with what has come since, in the old pattern."""
    pattern, releases = Ledger(made.grid), []
    for months, counts in zip(made.periods, made.arrived, strict=True):
        pattern = pattern.closed(months, counts)
        for audience in AUDIENCES:
            pattern, one = release(pattern, audience)
            today = Ledger(made.grid).closed(pattern.months, counts)
            holding = held(made.grid, today.counts)
            cells = {cell: None if is_none is None else today.of(cell, holding) for cell, is_none in one.cells.items()}
            releases.append(replace(one, cells=cells))
    return releases
