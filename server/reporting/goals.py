"""Targets over HTTP: whether each is met, as far as the answers show."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from broker_bridge.database import targets
from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.ranges import day_start_ms
from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.parameters import Words
from server.reporting import sentences
from server.reporting.audiences import ForStaff
from server.reporting.filters import Filters, Period, check_question, time_zone_of
from server.reporting.groups import kind_and_figure, samples, shown
from server.reporting.reports import complete
from server.reporting.samples import FIGURES_OF, sample
from server.reporting.targets import Target, judged

router = APIRouter(prefix="/api/v1", tags=["reports"])

Answer = dict[str, Any]
Year = Annotated[int, Field(ge=2000, le=2100)]


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


@router.get("/targets", dependencies=[ForStaff])
def get_targets(  # noqa: PLR0917 - each is a parameter of the address
    connection: Database,
    lang: Words,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    unit: str | None = None,
    question: str | None = None,
    figure: str | None = None,
) -> Answer:
    """Answer with the `targets` that are meant, each with its figure, and whether that reaches it."""
    asked = {"year": year, "unit": unit, "question": question, "figure": figure}
    meant = {name: value for name, value in asked.items() if value is not None}
    with snapshot(connection):
        filters = understood(connection, meant)
        rows = [each for each in targets.targets(connection) if meant.items() <= each.items()]
        found = [judgement(connection, each, lang) for each in rows]
        return complete(connection, "targets", filters, {"targets": found})


def understood(connection: Connection, meant: Answer) -> Filters:
    """Return which answers the targets are about; raise Unknown and Invalid for what no target can be of."""
    time_zone = time_zone_of(connection, meant.get("unit") or None)  # '' are all units together
    if "question" in meant:
        check_question(connection, meant["question"], None)
    known = sorted({each for figures in FIGURES_OF.values() for each in figures})
    if meant.get("figure", known[0]) not in known:
        raise Invalid("figure", meant["figure"], f"one of {', '.join(known)}")
    equal = {name: meant[name] for name in ("unit", "question") if meant.get(name)}
    period = of_year(meant["year"], time_zone) if "year" in meant else Period(time_zone=time_zone)
    return Filters(equal, period, meant)


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
