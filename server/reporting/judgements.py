"""What may be said of figures over HTTP: differences, changes and ranks, each in words too.

The county and the public are told of released figures only: what follows from those tells no more than they do.
"""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from broker_bridge.database.invalid import Invalid
from broker_bridge.database.local_times import read_month
from broker_bridge.database.snapshot import snapshot
from server.parameters import Words
from server.reporting import sentences
from server.reporting.audiences import Asker
from server.reporting.changes import MONTHS_BACK, change
from server.reporting.differences import difference, verdict
from server.reporting.groups import check_apart, of_groups, of_months, shown
from server.reporting.rankings import ranking, told_apart
from server.reporting.reports import By

router = APIRouter(prefix="/api/v1", tags=["reports"])

Answer = dict[str, Any]


Figure = Annotated[str | None, Query()]


@router.get("/reports/difference")
def get_difference(  # noqa: PLR0917 - each is a parameter of the address
    asker: Asker, lang: Words, by: By, one: str, other: str, figure: Figure = None
) -> Answer:
    """Answer with the difference of two groups, its interval, and what may be said of it."""
    with snapshot(asker.connection):
        found = of_groups(asker, by, figure)
        first, second = found.one_of("one", one), found.one_of("other", other)
        check_apart(found, by, one, other)
        apart = difference(first, second)
        told = {
            "figure": found.figure,
            "one": {"name": one} | shown(first),
            "other": {"name": other} | shown(second),
            "difference": apart.value,
            "interval": apart.interval,
            "verdict": verdict(first, second),
            "words": sentences.of_difference(sentences.CATALOGUES[lang], (one, other), first, second),
        }
        return found.seal("difference", told)


@router.get("/reports/change")
def get_change(asker: Asker, lang: Words, month: str, figure: Figure = None) -> Answer:
    """Answer whether a month is unlike the last twelve, with the rate of false alarms that is declared."""
    number = read_month("month", month)
    for where in ("from", "to"):
        if where in asker.given:
            raise Invalid(where, asker.given[where], "month alone: it is compared with the twelve before it")
    with snapshot(asker.connection):
        found = of_months(asker, figure)
        this = found.one_of("month", month)
        months = {read_month("month", name): one for name, one in found.samples.items()}
        before = [
            one for each, one in sorted(months.items()) if months_between(each, number) in range(1, MONTHS_BACK + 1)
        ]
        told = change(this, before)
        words = sentences.of_change(sentences.CATALOGUES[lang], told)
        about = {"figure": found.figure, "month": month, **shown(this), **asdict(told), "words": words}
        return found.seal("change", about)


def months_between(first: int, last: int) -> int:
    """Return how many months the second is after the first."""
    return (last // 100 - first // 100) * 12 + last % 100 - first % 100


@router.get("/reports/ranking")
def get_ranking(asker: Asker, lang: Words, by: By = By.UNIT, figure: Figure = None) -> Answer:
    """Answer with the groups in order, small ones drawn to the mean, each with the ranks that it may have."""
    with snapshot(asker.connection):
        found = of_groups(asker, by, figure)
        places = ranking(found.side_by_side())
        texts = sentences.CATALOGUES[lang]
        words = [asdict(each) | {"words": sentences.of_place(texts, each, len(places))} for each in places]
        told = {"figure": found.figure, "by": by.value, "told_apart": told_apart(places), "places": words}
        return found.seal("ranking", told)
