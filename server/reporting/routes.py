"""Reports over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.reporting import reports
from server.reporting.filters import Filtered
from server.reporting.reports import By, Shape, Step

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])

Answer = dict[str, Any]

# The list of classes to read in, whichever list a response was classed by at its time.
ClassesIn = Annotated[str | None, Query()]


@router.get("/summary")
def get_summary(connection: Database, filters: Filtered) -> Answer:
    with snapshot(connection):
        return reports.run(connection, "summary", filters, Shape())


@router.get("/trend")
def get_trend(connection: Database, filters: Filtered, step: Step = Step.MONTH, classes_in: ClassesIn = None) -> Answer:
    with snapshot(connection):
        return reports.run(connection, "trend", filters, Shape(step=step, classes_in=classes_in))


@router.get("/comparison")
def get_comparison(connection: Database, filters: Filtered, by: By, classes_in: ClassesIn = None) -> Answer:
    with snapshot(connection):
        return reports.run(connection, "comparison", filters, Shape(by=by, classes_in=classes_in))


@router.get("/hours")
def get_hours(connection: Database, filters: Filtered) -> Answer:
    with snapshot(connection):
        return reports.run(connection, "hours", filters, Shape())
