"""Targets and response rates over HTTP: whether a target is met as far as the answers show, and how many answered."""

from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from broker_bridge.database import people_asked, targets
from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.local_times import shown_month
from broker_bridge.database.ranges import day_start_ms
from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.parameters import Words
from server.registry.imports import File
from server.reporting import sentences
from server.reporting.filters import Filters, Period, time_zone_of
from server.reporting.judgements import kind_and_figure, samples, shown
from server.reporting.reports import complete
from server.reporting.response_rates import response_rate
from server.reporting.samples import sample
from server.reporting.tallies import VISITORS, tallies
from server.reporting.targets import Target, judged

router = APIRouter(prefix="/api/v1", tags=["reports"])

Answer = dict[str, Any]
Year = Annotated[int, Field(ge=2000, le=2100)]
APART = ("scheme", "service_class", "channel")  # what a number of people asked may tell apart


class TargetKey(BaseModel):
    """Which figure of which question, in which year; of one unit, or of all together."""

    model_config = ConfigDict(extra="forbid")

    year: Year
    question: str
    figure: str
    unit: str = ""


class Wanted(TargetKey):
    """A target."""

    value: float


@router.put("/targets")
def put_target(wanted: Wanted, connection: Database) -> Answer:
    """Set a target in place of the one before."""
    kind, figure = kind_and_figure(connection, wanted.question, wanted.figure)
    scores = sample(figure, kind, {}).scores
    if not scores[0] <= wanted.value <= scores[-1]:
        raise Invalid("value", wanted.value, f"a value of the scale, {scores[0]:g} to {scores[-1]:g}")
    targets.put(connection, wanted.model_dump())
    return wanted.model_dump()


@router.delete("/targets")
def delete_target(wanted: TargetKey, connection: Database) -> Answer:
    """Forget a target."""
    return {"removed": targets.remove(connection, wanted.model_dump())}


@router.get("/targets")
def get_targets(
    connection: Database, lang: Words, year: Annotated[int | None, Query(ge=2000, le=2100)] = None
) -> Answer:
    """Answer with the `targets` of a year or of all, each with its figure, and whether that reaches it."""
    filters = Filters() if year is None else Filters(period=of_year(year, DEFAULT_TIME_ZONE), shown={"year": year})
    with snapshot(connection):
        found = [judgement(connection, each, lang) for each in targets.targets(connection, year)]
        return complete(connection, "targets", filters, {"targets": found})


def of_year(year: int, time_zone: str) -> Period:
    """Return a year by the clocks of a time zone."""
    from_ms, to_ms = (day_start_ms(f"{each}-01-01", time_zone) for each in (year, year + 1))
    return Period(from_ms, to_ms, time_zone)


def judgement(connection: Connection, stored: Answer, lang: str) -> Answer:
    """Return a target with what may be said of it."""
    time_zone = time_zone_of(connection, stored["unit"] or None)
    equal = {"question": stored["question"]} | ({"unit": stored["unit"]} if stored["unit"] else {})
    kind, figure, found = samples(connection, Filters(equal, of_year(stored["year"], time_zone)), (), stored["figure"])
    answers = found.get((), sample(figure, kind, {}))
    target = Target(figure, stored["unit"], stored["year"], stored["value"])
    state = judged(target, answers)
    words = sentences.of_target(sentences.CATALOGUES[lang], state, target, answers)
    return {**stored, "target": stored["value"], **shown(answers), "state": state, "words": words}


@router.post("/people-asked/import")
def post_people_asked(content: File, connection: Database) -> Answer:
    """Import how many people were asked, by month and unit."""
    return people_asked.import_people_asked(connection, content)


@router.get("/reports/response-rate")
def get_response_rate(connection: Database, lang: Words) -> Answer:
    """Answer with the share of those asked who answered, for each number of people asked that was imported."""
    with snapshot(connection):
        asked = people_asked.people_asked(connection)
        # Only the units that asked somebody: nobody should wait for the counts of all the others.
        units = tuple(sorted({row["unit"] for row in asked}))
        filters = Filters({"question": VISITORS}, units=units)
        counted = tallies(connection, filters, ("month", "unit", *APART)) if units else {}
        answered = {group: int(sum(tally.n for tally in each.values())) for group, each in counted.items()}
        rates = {"rates": [rate(row, answered, lang) for row in asked]}
        return complete(connection, "response_rate", replace(filters, units=units or None), rates)


def rate(row: Answer, answered: dict[tuple[Any, ...], int], lang: str) -> Answer:
    """Return one response rate."""
    fixed = {place: row[name] for place, name in enumerate(("month", "unit", *APART)) if row[name] != ""}
    responses = sum(n for group, n in answered.items() if all(group[place] == value for place, value in fixed.items()))
    found = response_rate(responses, row["n"])
    words = sentences.of_response_rate(sentences.CATALOGUES[lang], found)
    about = {name: row[name] or None for name in ("unit", *APART)}
    told = asdict(found)
    estimate = told.pop("rate")
    return {
        "month": shown_month(row["month"]),
        **about,
        **told,
        "rate": estimate["value"],
        "interval": estimate["interval"],
        "words": words,
    }
