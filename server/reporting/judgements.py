"""What may be said of figures over HTTP: differences, changes and ranks, each in words too."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.local_times import read_month
from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.parameters import Words
from server.reporting import queries, sentences
from server.reporting.changes import MONTHS_BACK, change
from server.reporting.differences import difference, verdict
from server.reporting.figures import levels
from server.reporting.filters import Filtered, Filters
from server.reporting.rankings import ranking, told_apart
from server.reporting.reports import By, complete
from server.reporting.samples import FIGURES_OF, Sample, sample
from server.reporting.tallies import Group, tallies

router = APIRouter(prefix="/api/v1", tags=["reports"])

Answer = dict[str, Any]


Figure = Annotated[str | None, Query()]


def kind_and_figure(connection: Connection, question: str | None, figure: str | None) -> tuple[str, str]:
    """Return the kind of a question, and the figure that is asked for or else its first."""
    kind = queries.kind_of(connection, question)
    if figure is not None and figure not in FIGURES_OF[kind]:
        raise Invalid("figure", figure, f"for {kind} one of {', '.join(FIGURES_OF[kind])}")
    return kind, figure or FIGURES_OF[kind][0]


def samples(
    connection: Connection, filters: Filters, by: Sequence[str], figure: str | None
) -> tuple[str, str, dict[Group, Sample]]:
    """Return kind, figure and the answers of each group."""
    kind, figure = kind_and_figure(connection, filters.question, figure)
    found = {
        group: sample(figure, kind, {level: tally.values[level] for level in levels(kind)})
        for group, counted in tallies(connection, filters, by).items()
        for asked, tally in counted.items()
        if asked.kind == kind
    }
    return kind, figure, found


def shown(one: Sample) -> Answer:
    """Return a sample's figure with n and interval."""
    interval = one.estimate.interval
    return {"n": one.n, "value": one.estimate.value, "interval": None if interval is None else list(interval)}


@router.get("/reports/difference")
def get_difference(  # noqa: PLR0917 - each is a parameter of the address
    connection: Database, filters: Filtered, lang: Words, by: By, one: str, other: str, figure: Figure = None
) -> Answer:
    """Answer with the difference of two groups, its interval, and what may be said of it."""
    if by is By.SERVICE_CLASS:
        raise Invalid("by", by.value, "any other; two classes are compared by the filter service_class")
    with snapshot(connection):
        _, figure, found = samples(connection, filters, by.columns, figure)
        first, second = one_of(found, "one", one), one_of(found, "other", other)
        apart = difference(first, second)
        told = {
            "figure": figure,
            "one": {"name": one} | shown(first),
            "other": {"name": other} | shown(second),
            "difference": apart.value,
            "interval": apart.interval,
            "verdict": verdict(first, second),
            "words": sentences.of_difference(sentences.CATALOGUES[lang], (one, other), first, second),
        }
        return complete(connection, "difference", filters, told)


def one_of(found: dict[Group, Sample], where: str, name: str) -> Sample:
    """Return the answers of a group; raise Unknown when there are none, with the groups that have some."""
    if (name,) not in found:
        known = ", ".join(sorted(str(group[0]) for group in found)) or "there is none"
        raise Unknown(where, name, f"a group with answers under these filters: {known}")
    return found[name,]


@router.get("/reports/change")
def get_change(connection: Database, filters: Filtered, lang: Words, month: str, figure: Figure = None) -> Answer:
    """Answer whether a month is unlike the last twelve, with the rate of false alarms that is declared."""
    number = read_month("month", month)
    for where in ("from", "to"):
        if where in filters.shown:
            raise Invalid(where, filters.shown[where], "month alone: it is compared with the twelve before it")
    with snapshot(connection):
        _, figure, found = samples(connection, filters, ["month"], figure)
        if (number,) not in found:
            raise Unknown("month", month, "a month with answers under these filters")
        before = [
            one for (each,), one in sorted(found.items()) if months_between(each, number) in range(1, MONTHS_BACK + 1)
        ]
        told = change(found[number,], before)
        words = sentences.of_change(sentences.CATALOGUES[lang], told)
        about = {"figure": figure, "month": month, **shown(found[number,]), **asdict(told), "words": words}
        return complete(connection, "change", filters, about)


def months_between(first: int, last: int) -> int:
    """Return how many months the second is after the first."""
    return (last // 100 - first // 100) * 12 + last % 100 - first % 100


@router.get("/reports/ranking")
def get_ranking(
    connection: Database, filters: Filtered, lang: Words, by: By = By.UNIT, figure: Figure = None
) -> Answer:
    """Answer with the groups in order, small ones drawn to the mean, each with the ranks that it may have."""
    with snapshot(connection):
        _, figure, found = samples(connection, filters, by.columns, figure)
        places = ranking({" ".join(map(str, group)): one for group, one in found.items() if all(group)})
        texts = sentences.CATALOGUES[lang]
        words = [asdict(each) | {"words": sentences.of_place(texts, each, len(places))} for each in places]
        told = {"figure": figure, "by": by.value, "told_apart": told_apart(places), "places": words}
        return complete(connection, "ranking", filters, told)
