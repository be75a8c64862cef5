"""How many of those who could answer did, where somebody knows how many could."""

from dataclasses import dataclass

from server.reporting.figures import NOTHING, Estimate, share

KNOWN, NOBODY_COUNTED, MORE_THAN_ASKED = "known", "nobody_counted", "more_responses_than_asked"


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
