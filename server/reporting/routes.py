"""Reports over HTTP."""

from typing import Any

from fastapi import APIRouter

from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.reporting.filters import Filtered
from server.reporting.summary import summary

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])


@router.get("/summary")
def get_summary(connection: Database, filters: Filtered) -> dict[str, Any]:
    with snapshot(connection):
        return summary(connection, filters)
