"""Reports over HTTP: to the unit's own staff as they are, to the county and the public as they were released."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool

from broker_bridge.database.snapshot import snapshot
from server.reporting import reports
from server.reporting.audiences import Asker, Asking
from server.reporting.reports import By, Shape, Step

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])

Answer = dict[str, Any]

# The list of classes to read in, whichever list a response was classed by at its time.
ClassesIn = Annotated[str | None, Query()]


async def answer(asker: Asking, name: str, shape: Shape) -> Answer:
    """Return a report as this reader may see it; all of it is made in one thread, as every change costs time."""
    return await run_in_threadpool(report, asker, name, shape)


def report(asker: Asking, name: str, shape: Shape) -> Answer:
    """Return the report."""
    with snapshot(asker.connection):
        filters = asker.filters  # what cannot be is refused, whoever asks
        if asker.is_staff:
            return reports.run(asker.connection, name, filters, shape)
        return asker.seal(asker.released(name, shape.step.value, shape.by.value))


@router.get("/summary")
async def get_summary(asker: Asker) -> Answer:
    return await answer(asker, "summary", Shape())


@router.get("/trend")
async def get_trend(asker: Asker, step: Step = Step.MONTH, classes_in: ClassesIn = None) -> Answer:
    return await answer(asker, "trend", Shape(step=step, classes_in=classes_in))


@router.get("/comparison")
async def get_comparison(asker: Asker, by: By, classes_in: ClassesIn = None) -> Answer:
    return await answer(asker, "comparison", Shape(by=by, classes_in=classes_in))


@router.get("/distribution")
async def get_distribution(asker: Asker) -> Answer:
    return await answer(asker, "distribution", Shape())


@router.get("/hours")
async def get_hours(asker: Asker) -> Answer:
    return await answer(asker, "hours", Shape())
