"""Whether a target is met, as far as so many answers can show it."""

from dataclasses import dataclass

from server.reporting.differences import MINIMUM_N, TOO_FEW
from server.reporting.samples import Sample

MET, NOT_MET, NOT_SHOWN = "met", "not_met", "not_shown"


@dataclass(frozen=True)
class Target:
    """What a figure of a unit is to reach in a year, at least."""

    figure: str
    unit: str
    year: int
    value: float


def judged(target: Target, answers: Sample) -> str:
    """Return `met` when the whole 95 % interval reaches the target, `not_met` when all of it falls short, else
    `not_shown`; `too_few` below the minimum.

    A target outside the scale is an error: nobody could ever meet or miss it.
    """
    if not answers.scores[0] <= target.value <= answers.scores[-1]:
        scale = f"{answers.scores[0]:g} to {answers.scores[-1]:g}"
        raise ValueError(f"a target of {target.value:g} for {target.figure} is outside its scale, {scale}")
    interval = answers.estimate.interval
    if answers.n < MINIMUM_N or interval is None:
        return TOO_FEW
    if interval[0] >= target.value:
        return MET
    return NOT_MET if interval[1] < target.value else NOT_SHOWN
