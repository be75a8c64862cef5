"""What the figures say and do not say, in plain words for readers who are no statisticians."""

from pathlib import Path

from server.reporting.changes import Change
from server.reporting.differences import MINIMUM_N, NO_EVIDENCE, TOO_FEW, difference, verdict
from server.reporting.rankings import Place
from server.reporting.response_rates import ResponseRate
from server.reporting.samples import Sample
from server.reporting.targets import Target
from server.texts import Texts, catalogues

FOLDER = Path(__file__).parent / "texts"
CATALOGUES = catalogues(FOLDER)
WIDE_SCALE = 20  # figures on a scale this wide are shown as whole numbers
PERCENT = 100


def of_difference(texts: Texts, names: tuple[str, str], one: Sample, other: Sample) -> str:
    """Return what may be said of two groups by their names; a difference is told as a number without its sign.

    Without evidence the ends keep their signs: they are the first figure less the second.
    """
    found, estimate = verdict(one, other), difference(one, other)
    said: dict[str, object] = {"one": names[0], "other": names[1], "minimum": MINIMUM_N}
    if found == TOO_FEW or estimate.value is None or estimate.interval is None:
        return texts(f"difference.{TOO_FEW}", **said)
    ends = estimate.interval if found == NO_EVIDENCE else sorted(map(abs, estimate.interval))
    low, high = (number(texts, end, one) for end in ends)
    return texts(f"difference.{found}", value=number(texts, abs(estimate.value), one), low=low, high=high, **said)


def of_change(texts: Texts, change: Change) -> str:
    """Return what may be said of a month beside the months before it."""
    rate = texts.number(PERCENT * change.false_alarms, 0 if change.false_alarms >= 0.01 else 1)
    return texts(f"change.{change.verdict}", months=change.months, rate=rate)


def of_target(texts: Texts, judgement: str, target: Target, answers: Sample) -> str:
    """Return whether a target is met, in words."""
    return texts(f"target.{judgement}", target=number(texts, target.value, answers), n=texts.number(answers.n))


def of_place(texts: Texts, place: Place, units: int) -> str:
    """Return the ranks that a unit may have among so many."""
    best, worst = place.ranks
    return texts("rank.same" if best == worst else "rank.between", best=best, worst=worst, units=units)


def of_response_rate(texts: Texts, rate: ResponseRate) -> str:
    """Return how many of those asked answered, or why that is not known."""
    low, high = (texts.number(PERCENT * end, 1) for end in rate.rate.interval or (0, 0))
    asked = texts.number(rate.asked or 0)
    value = texts.number(PERCENT * rate.responses / rate.asked if rate.asked else 0, 1)
    responses = texts.number(rate.responses)
    return texts(f"rate.{rate.state}", responses=responses, asked=asked, value=value, low=low, high=high)


def number(texts: Texts, value: float, answers: Sample) -> str:
    """Return a figure with as many digits as its scale asks for."""
    width = answers.scores[-1] - answers.scores[0]
    return texts.number(value, 0 if width >= WIDE_SCALE else 2)
