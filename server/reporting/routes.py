"""Reports over HTTP: to the unit's own staff as they are, to the county and the public as they were released."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.concurrency import run_in_threadpool

from broker_bridge.database.connect import Connection
from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.publication import answers, series
from server.reporting import reports
from server.reporting.filters import Asked, InAddress
from server.reporting.filters import filters as filtered
from server.reporting.reports import By, Shape, Step

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])

Answer = dict[str, Any]
SHAPES = ("step", "by", "classes_in", "audience")

# The list of classes to read in, whichever list a response was classed by at its time.
ClassesIn = Annotated[str | None, Query()]


class Audience(StrEnum):
    """Who reads a report: the unit's own staff, or somebody who gets what was released."""

    UNIT = "unit"
    COUNTY = "county"
    PUBLIC = "public"


@dataclass(frozen=True)
class Asking:
    """Somebody who asks for a report, with the filters as they stand in the address."""

    connection: Connection
    asked: Asked
    audience: Audience
    given: Mapping[str, str]

    async def answer(self, name: str, shape: Shape) -> Answer:
        """Return a report as this reader may see it; all of it is made in one thread, as every change costs time."""
        return await run_in_threadpool(self.report, name, shape)

    def report(self, name: str, shape: Shape) -> Answer:
        """Return the report."""
        with snapshot(self.connection):
            filters = filtered(self.connection, self.asked)
            if self.audience is Audience.UNIT:
                return reports.run(self.connection, name, filters, shape)
            words = {"step": shape.step.value, "by": shape.by.value}
            question = answers.Question(self.audience.value, name, self.given, words)
            told = answers.answer(self.connection, question)
            until = series.released_until(self.connection, self.given["question"], self.audience.value)
            return reports.sealed(told, until)


async def asking(
    request: Request, connection: Database, asked: InAddress, audience: Audience = Audience.UNIT
) -> Asking:
    """Return who asks, and what."""
    given = {name: value for name, value in request.query_params.items() if name not in SHAPES}
    return Asking(connection, asked, audience, given)


Asker = Annotated[Asking, Depends(asking)]


@router.get("/summary")
async def get_summary(asker: Asker) -> Answer:
    return await asker.answer("summary", Shape())


@router.get("/trend")
async def get_trend(asker: Asker, step: Step = Step.MONTH, classes_in: ClassesIn = None) -> Answer:
    return await asker.answer("trend", Shape(step=step, classes_in=classes_in))


@router.get("/comparison")
async def get_comparison(asker: Asker, by: By, classes_in: ClassesIn = None) -> Answer:
    return await asker.answer("comparison", Shape(by=by, classes_in=classes_in))


@router.get("/distribution")
async def get_distribution(asker: Asker) -> Answer:
    return await asker.answer("distribution", Shape())


@router.get("/hours")
async def get_hours(asker: Asker) -> Answer:
    return await asker.answer("hours", Shape())
