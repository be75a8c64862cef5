"""Completeness, coverage, alarms and health over HTTP."""

import time
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from broker_bridge.database.condition import trouble
from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.fleet import coverage, queries
from server.fleet.filters import Filtered
from server.reporting.audiences import ForStaff
from server.reporting.reports import complete

router = APIRouter(tags=["fleet"])


@router.get("/api/v1/completeness", dependencies=[ForStaff])
def get_completeness(connection: Database, asked: Filtered) -> dict[str, Any]:
    """Answer with the `journals` that are concerned, and what is missing of each by number."""
    with snapshot(connection):
        return complete(connection, "completeness", asked, {"journals": queries.journals(connection, asked)})


@router.get("/api/v1/coverage", dependencies=[ForStaff])
def get_coverage(connection: Database, asked: Filtered) -> dict[str, Any]:
    """Answer with the `places` where devices stood, day by day."""
    with snapshot(connection):
        places = coverage.report(connection, asked, time.time_ns() // 1_000_000)
        return complete(connection, "coverage", asked, {"places": places})


@router.get("/api/v1/alarms")
def get_alarms(connection: Database) -> list[dict[str, Any]]:
    return queries.alarms(connection)


@router.get("/healthz")
def get_health(request: Request, response: Response) -> dict[str, str]:
    """Answer 200 while the database answers, else 503 with the reason."""
    reason = trouble(request.app.state.settings.database)
    if reason:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return {"status": "unwell", "database": reason}
    return {"status": "ok", "database": "answers"}
