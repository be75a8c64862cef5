"""Response rates over HTTP: how many of those who were asked answered, under the filters of a report."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from itertools import combinations, groupby
from operator import itemgetter
from typing import Any

from fastapi import APIRouter

from broker_bridge.database import people_asked
from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.local_times import local_time, shown_month
from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.parameters import Words
from server.registry.imports import File
from server.reporting import sentences
from server.reporting.audiences import ForStaff
from server.reporting.filters import Filtered, Filters, Period
from server.reporting.reports import complete
from server.reporting.response_rates import KNOWN, ResponseRate, response_rate
from server.reporting.sources import MONTH, begins
from server.reporting.tallies import VISITORS, tallies

router = APIRouter(prefix="/api/v1", tags=["reports"])

Answer = dict[str, Any]
Row = dict[str, Any]
Counted = Mapping[tuple[int, str], Mapping[tuple[str, ...], int]]  # by month and unit, then by what is told apart

APART = ("scheme", "service_class", "channel")  # what a number of people asked may tell apart
NOBODY_KNOWS = ("service_point", "device", "survey", "language", "background")
MONTHS = "rollup_months"  # whose months are those of each unit's own clocks, as those of the numbers asked


@router.post("/people-asked/import")
def post_people_asked(content: File, connection: Database) -> Answer:
    """Import how many people were asked, by month and unit."""
    return people_asked.import_people_asked(connection, content)


@router.get("/reports/response-rate", dependencies=[ForStaff])
def get_response_rate(connection: Database, filters: Filtered, lang: Words) -> Answer:
    """Answer with the share of those asked who answered, for each number that was imported, and of all of them."""
    refuse_uncounted(filters)
    with snapshot(connection):
        rows = [row for row in people_asked.people_asked(connection) if is_meant(row, filters)]
        # Only the units that asked somebody: nobody should wait for the counts of all the others.
        units = tuple(sorted({row["unit"] for row in rows}))
        answered = counts(connection, replace(filters, units=units)) if units else {}
        found = [response_rate(responses(row, answered), row["n"]) for row in rows]
        told: Answer = {"rates": [about(row) | shown(rate, lang) for row, rate in zip(rows, found, strict=True)]}
        told |= {"total": total(rows, found, lang)}
        return complete(connection, "response_rate", replace(filters, units=units or filters.units), told)


def refuse_uncounted(filters: Filters) -> None:
    """Raise Invalid for a filter by which nobody counts who was asked: the share would be of somebody else."""
    for name in NOBODY_KNOWS:
        if name in filters.shown:
            allowed = "unit, under, scheme, service_class, channel, question, from or to: by others nobody was counted"
            raise Invalid(name, filters.shown[name], allowed)
    for name, end_ms in (("from", filters.period.from_ms), ("to", filters.period.to_ms)):
        if end_ms is not None and not begins(filters.period, end_ms, MONTH):
            raise Invalid(name, filters.shown[name], "the first of a month: people are counted by month")


def is_meant(row: Row, filters: Filters) -> bool:
    """Tell whether a number of people asked is one of those that the filters let through; a number of all classes or
    channels is not one of a single class or channel."""
    named = {name: value for name, value in filters.equal.items() if name in ("unit", *APART)}
    first, end = month_of(filters.period, filters.period.from_ms), month_of(filters.period, filters.period.to_ms)
    return (
        all(row[name] == value for name, value in named.items())
        and (filters.units is None or row["unit"] in filters.units)
        and (first is None or row["month"] >= first)
        and (end is None or row["month"] < end)
    )


def month_of(period: Period, at_ms: int | None) -> int | None:
    """Return the local month of a moment."""
    return None if at_ms is None else local_time(period.time_zone, at_ms).month


def counts(connection: Connection, filters: Filters) -> Counted:
    """Return how many answered, by month and unit: anything, or the question that is asked about."""
    counted = replace(filters, equal={"question": VISITORS, **filters.equal})
    found: dict[tuple[int, str], dict[tuple[str, ...], int]] = {}
    for (month, unit, *group), each in tallies(connection, counted, ("month", "unit", *APART), MONTHS).items():
        found.setdefault((month, unit), {})[tuple(group)] = int(sum(tally.n for tally in each.values()))
    return found


def responses(row: Row, answered: Counted) -> int:
    """Return how many of those asked answered."""
    of_unit = answered.get((row["month"], row["unit"]), {})
    return sum(
        n for group, n in of_unit.items() if all(row[name] in ("", of) for name, of in zip(APART, group, strict=True))
    )


def about(row: Row) -> Answer:
    """Return of whom a number is."""
    return {"month": shown_month(row["month"])} | {name: row[name] or None for name in ("unit", *APART)}


def shown(rate: ResponseRate, lang: str) -> Answer:
    """Return a rate with its interval, and the number of those that it is a share of as `n`."""
    told = asdict(rate)
    estimate = told.pop("rate")
    words = sentences.of_response_rate(sentences.CATALOGUES[lang], rate)
    return {"n": rate.asked, **told, "rate": estimate["value"], "interval": estimate["interval"], "words": words}


def total(rows: Sequence[Row], found: Sequence[ResponseRate], lang: str) -> Answer | None:
    """Return the rate of all those that have one, as one; None where somebody would be counted twice."""
    by_unit = groupby(rows, key=itemgetter("month", "unit"))  # in the order of the table
    if any(overlap(one, other) for _, of_unit in by_unit for one, other in combinations(of_unit, 2)):
        return None
    known = [rate for rate in found if rate.state == KNOWN]
    together = response_rate(sum(rate.responses for rate in known), sum(rate.asked or 0 for rate in known))
    return shown(together, lang)


def overlap(one: Row, other: Row) -> bool:
    """Tell whether two numbers of a month and unit may be of the same people: all channels hold each of them."""
    return all("" in (one[name], other[name]) or one[name] == other[name] for name in APART)
