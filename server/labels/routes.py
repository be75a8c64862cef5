"""Doubts about presses over HTTP: both figures, how much hangs on where lines are drawn, each doubt with its reason."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query

from broker_bridge.database import verdicts
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.snapshot import snapshot
from server.bodies import Explained
from server.database import Database
from server.labels import standing, stored
from server.labels.reasons import CATALOGUES, reason
from server.labels.rules import BURST, CLOSED, MASH, STAFF, Limits, Verdict
from server.parameters import RowId, Words
from server.reporting import queries
from server.reporting.audiences import ForStaff
from server.reporting.figures import figures
from server.reporting.filters import Filtered
from server.reporting.reports import complete

router = APIRouter(prefix="/api/v1/labels", tags=["labels"])

Answer = dict[str, Any]
RULES = (BURST, MASH, STAFF, CLOSED)
Shown = Annotated[int, Query(ge=0, le=1000)]


class Doubt(Explained):
    """A verdict, and what somebody says about it."""

    response: RowId
    rule: str

    def check(self) -> None:
        """Raise Invalid for a rule that there is not."""
        if self.rule not in RULES:
            raise Invalid("rule", self.rule, f"one of {', '.join(RULES)}")


@router.get("", dependencies=[ForStaff])
def get_labels(connection: Database, filters: Filtered, lang: Words, limit: Shown = 100) -> Answer:
    """Answer with the figures of one question with and without the presses that are doubted."""
    with snapshot(connection):
        kind = queries.kind_of(connection, filters.question)
        found = stored.stretches(connection, filters)
        taken = verdicts.taken_back(connection, [each.response for each in doubts(found)])
        told = {
            "question": filters.question,
            "kind": kind,
            **both(kind, found, taken, Limits()),
            "doubted": dict(Counter(verdict.rule for verdict in standing.standing(doubts(found), taken))),
            "sensitivity": {
                str(factor): both(kind, found, taken, Limits().scaled(factor)) for factor in standing.FACTORS
            },
            "verdicts": [in_words(verdict, taken, lang) for verdict in doubts(found)[:limit]],
        }
        return complete(connection, "labels", filters, told)


def doubts(found: Sequence[stored.Stretch], limits: Limits = Limits()) -> list[Verdict]:
    """Return all verdicts, by response."""
    every = (verdict for stretch in found for verdict in stretch.verdicts(limits))
    return sorted(every, key=lambda verdict: (verdict.response, verdict.rule))


def both(kind: str, found: Sequence[stored.Stretch], taken: set[verdicts.Taken], limits: Limits) -> Answer:
    """Return the figures of all presses, and of those that nobody doubts."""
    counts = [standing.both_counts(each.presses, standing.standing(each.verdicts(limits), taken)) for each in found]
    return {
        "everything": figures(kind, sum((each.everything for each in counts), Counter())),
        "undoubted": figures(kind, sum((each.undoubted for each in counts), Counter())),
    }


def in_words(verdict: Verdict, taken: set[verdicts.Taken], lang: str) -> Answer:
    """Return a verdict with its reason in words."""
    stands = (verdict.response, verdict.rule) not in taken
    words = reason(CATALOGUES[lang], verdict)
    return {"response": verdict.response, "rule": verdict.rule, "reason": words, "stands": stands}


@router.post("/taken-back")
def post_taken_back(doubt: Doubt, connection: Database) -> Answer:
    """Let a verdict not stand: the press counts."""
    doubt.check()
    is_new = verdicts.take_back(connection, doubt.response, doubt.rule, doubt.because)
    return {"response": doubt.response, "rule": doubt.rule, "stands": False, "changed": is_new}


@router.post("/standing")
def post_standing(doubt: Doubt, connection: Database) -> Answer:
    """Let a verdict stand after all."""
    doubt.check()
    was_taken = verdicts.let_stand(connection, doubt.response, doubt.rule)
    return {"response": doubt.response, "rule": doubt.rule, "stands": True, "changed": was_taken}
