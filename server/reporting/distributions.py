"""How often each answer was given: as a share of those who answered the question, with its interval."""

from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.surveys import KIND_RANGES
from server.reporting.figures import figure, levels, share
from server.reporting.filters import Filters
from server.reporting.summary import Report, about, totals
from server.reporting.tallies import VISITORS, Asked, Tally, tallies


def distribution(connection: Connection, filters: Filters) -> Report:
    """Return for each question the share of each answer; texts have none. Who may choose several options is counted at
    each of them, so that shares may add up to more than 1."""
    found = tallies(connection, filters).get((), {})
    sums = totals(filters, found)
    questions = [told(asked, tally) for asked, tally in found.items() if tally.n and has_answers(asked)]
    return {"n": sums["responses"], **sums, "questions": questions} | about(connection, filters, (), None)


def has_answers(asked: Asked) -> bool:
    """Tell whether the answers to a question can be counted one by one."""
    return asked.question != VISITORS and (asked.kind in KIND_RANGES or asked.kind == "choice")


def told(asked: Asked, tally: Tally) -> Report:
    """Return a question with its answers: every value of its scale, or every option that was chosen."""
    counted: list[tuple[dict[str, Any], float]] = (
        [({"value": value}, tally.values[value]) for value in levels(asked.kind)]
        if asked.kind in KIND_RANGES
        else [({"option": option}, n) for option, n in sorted(tally.options.items()) if n]
    )
    answers = [each | {"n": n} | figure("share", share(n, tally.n)) for each, n in counted]
    named = {"question": asked.question, "kind": asked.kind, "surveys": sorted(tally.surveys)}
    return named | {"n": tally.n, "answers": answers}
