"""Reports over HTTP."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Query

from broker_bridge.database.connect import Connection
from broker_bridge.database.rows import existing
from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.reporting.filters import Filtered
from server.reporting.summary import grouped, in_classes, summary

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])


# The list of classes to read in, whichever list a response was classed by at its time.
ClassesIn = Annotated[str | None, Query()]


class Step(StrEnum):
    """How fine a trend is."""

    DAY = "day"
    MONTH = "month"


class By(StrEnum):
    """What a comparison tells apart."""

    UNIT = "unit"
    SERVICE_POINT = "service_point"
    SERVICE_CLASS = "service_class"
    LANGUAGE = "language"
    CHANNEL = "channel"


@router.get("/summary")
def get_summary(connection: Database, filters: Filtered) -> dict[str, Any]:
    with snapshot(connection):
        return summary(connection, filters)


@router.get("/trend")
def get_trend(
    connection: Database, filters: Filtered, step: Step = Step.MONTH, classes_in: ClassesIn = None
) -> dict[str, Any]:
    with snapshot(connection):
        if classes_in:
            return in_classes(connection, filters, [step.value], list_of_classes(connection, classes_in))
        return grouped(connection, filters, [step.value])


@router.get("/comparison")
def get_comparison(connection: Database, filters: Filtered, by: By, classes_in: ClassesIn = None) -> dict[str, Any]:
    with snapshot(connection):
        if classes_in:
            columns = [] if by is By.SERVICE_CLASS else [by.value]
            return in_classes(connection, filters, columns, list_of_classes(connection, classes_in))
        return grouped(connection, filters, ["scheme", "service_class"] if by is By.SERVICE_CLASS else [by.value])


@router.get("/hours")
def get_hours(connection: Database, filters: Filtered) -> dict[str, Any]:
    with snapshot(connection):
        return grouped(connection, filters, ["weekday", "hour"])


def list_of_classes(connection: Connection, scheme: str) -> str:
    """Return the name of a list of classes; raise Unknown when there is none of that name."""
    return str(existing(connection, "service_classes", "scheme", scheme, "classes_in")["scheme"])
