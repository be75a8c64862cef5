"""Reports over HTTP."""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter

from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.reporting.filters import Filtered
from server.reporting.summary import grouped, summary

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])


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
def get_trend(connection: Database, filters: Filtered, step: Step = Step.MONTH) -> dict[str, Any]:
    with snapshot(connection):
        return grouped(connection, filters, [step])


@router.get("/comparison")
def get_comparison(connection: Database, filters: Filtered, by: By) -> dict[str, Any]:
    columns = ["scheme", "service_class"] if by is By.SERVICE_CLASS else [by.value]
    with snapshot(connection):
        return grouped(connection, filters, columns)


@router.get("/hours")
def get_hours(connection: Database, filters: Filtered) -> dict[str, Any]:
    with snapshot(connection):
        return grouped(connection, filters, ["weekday", "hour"])
