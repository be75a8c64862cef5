"""Reports over HTTP."""

from typing import Any

from fastapi import APIRouter

from server.database import Database
from server.reporting.filters import Filtered
from server.reporting.summary import summary

router = APIRouter(prefix="/api/v1/reports", tags=["reports"])


@router.get("/summary")
def get_summary(connection: Database, filters: Filtered) -> dict[str, Any]:
    return summary(connection, filters)
