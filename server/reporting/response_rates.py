"""How many of those who could answer did, where somebody knows how many could."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from server.reporting.figures import NOTHING, Estimate, share

KNOWN, NOBODY_COUNTED, MORE_THAN_ASKED = "known", "nobody_counted", "more_responses_than_asked"

Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True)
class ResponseRate:
    """A share of those asked, from 0 to 1 with Wilson's interval, and why it is there or not."""

    responses: int
    asked: int | None
    rate: Estimate
    state: str


def response_rate(responses: int, asked: int | None) -> ResponseRate:
    """Return the rate, without a value where the number asked is missing or cannot be that of these responses.

    The interval is about how readily such visitors answer. That they did answer so often is no estimate.
    """
    if asked is not None and responses > asked:
        return ResponseRate(responses, asked, NOTHING, MORE_THAN_ASKED)
    if not asked:
        return ResponseRate(responses, asked, NOTHING, NOBODY_COUNTED)
    return ResponseRate(responses, asked, share(responses, asked), KNOWN)


def response_rates(responses: Mapping[Group, int], asked: Mapping[Group, int]) -> dict[Group, ResponseRate]:
    """Return the rate of every group (a month, unit and class, say) that either mapping knows."""
    every = [*responses, *(group for group in asked if group not in responses)]
    return {group: response_rate(responses.get(group, 0), asked.get(group)) for group in every}
