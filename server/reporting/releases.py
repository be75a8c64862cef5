"""Releases over HTTP: a report that was released comes back with the same bytes, next to what is different today."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response

from broker_bridge.database import releases
from broker_bridge.database.connect import Connection
from broker_bridge.database.ranges import shown_moment
from server.bodies import Explained
from server.database import Database
from server.exports import deliveries
from server.parameters import RowId
from server.publication import series
from server.reporting import reports
from server.reporting.questions import Question

router = APIRouter(prefix="/api/v1/releases", tags=["releases"])

Answer = dict[str, Any]

# What a report says of its circumstances, and not of the answers.
CIRCUMSTANCES = ("data_until", "hash", "source", "suppressed_cells")


class Wanted(Explained):
    """A report to be released to the unit's own staff: its title, what it asks, who releases it and why."""

    title: str
    asked: Question


@router.post("", status_code=HTTPStatus.CREATED)
def post_release(wanted: Wanted, connection: Database) -> Answer:
    """Release a report as it is now; answer with its id and hash."""
    asked = wanted.asked.model_dump(mode="json")
    content = reports.canonical(wanted.asked.answer(connection))
    release = releases.Release("unit", wanted.title, asked, content)
    row_id = releases.keep(connection, release, wanted.because)
    return {"id": row_id, "hash": releases.sha256(content)}


@router.get("")
def get_releases(connection: Database) -> list[Answer]:
    found = releases.listed(connection)
    return [{"released_at": shown_moment(each.pop("released_ms"))} | each for each in found]


@router.get("/{release_id}")
def get_release(release_id: RowId, connection: Database) -> Response:
    """Answer with the bytes that went out."""
    return Response(releases.find(connection, release_id).content, media_type="application/json")


@router.get("/{release_id}/today")
def get_release_today(release_id: RowId, connection: Database) -> Answer:
    """Answer with what would be different if the same were released today: late answers, and corrections."""
    release = releases.find(connection, release_id)
    if "report" not in release.asked:
        late = late_in(connection, release.asked)
        return {"release": releases.sha256(release.content), "same": not late, "changed": late}
    was, today = json.loads(release.content), Question(**release.asked).answer(connection)
    changed = list(differences(without(was), json.loads(reports.canonical(without(today)))))
    return {"release": was["hash"], "today": today["hash"], "same": not changed, "changed": changed}


def late_in(connection: Connection, asked: Mapping[str, Any]) -> list[Answer]:
    """Return what came late to a publication, or to a file for the national comparison."""
    if "publication" in asked:
        return series.late(connection, asked["publication"])
    return deliveries.late(connection, asked["month"])


def without(report: Mapping[str, Any]) -> Answer:
    """Return a report without its circumstances."""
    return {name: value for name, value in report.items() if name not in CIRCUMSTANCES}


def differences(was: Any, today: Any, where: str = "") -> Iterator[Answer]:
    """Yield each value that differs, with where it stands."""
    if isinstance(was, dict) and isinstance(today, dict):
        for name in sorted({*was, *today}):
            yield from differences(was.get(name), today.get(name), f"{where}.{name}" if where else name)
    elif isinstance(was, list) and isinstance(today, list) and len(was) == len(today):
        for place, (one, other) in enumerate(zip(was, today, strict=True)):
            yield from differences(one, other, f"{where}[{place}]")
    elif was != today:
        yield {"where": where, "released": was, "today": today}
