"""Responses over HTTP: page by page, or as a file."""

from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse

from broker_bridge.database.connect import connect
from broker_bridge.database.ranges import shown_moment
from broker_bridge.database.snapshot import snapshot
from server.database import Database
from server.reporting.audiences import ForStaff
from server.reporting.filters import Filtered, Filters
from server.reporting.reports import complete
from server.responses import files, queries

router = APIRouter(prefix="/api/v1/responses", tags=["responses"])

Answer = dict[str, Any]
Limit = Annotated[int, Query(ge=1, le=queries.ROWS_AT_A_TIME)]
After = Annotated[int, Query(ge=0, le=2**63 - 1)]
MOMENTS = ("at", "earliest", "latest", "received")


class Kind(StrEnum):
    """The formats of a file."""

    EXCEL = "excel"
    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


# What the description of the API says of a file; a file is no JSON.
FILES: dict[int | str, Answer] = {
    HTTPStatus.OK: {
        "description": "A file in the format that was asked for",
        "content": {made.media_type.partition(";")[0]: {} for made in files.FORMATS.values()},
    }
}
Wanted = Annotated[Kind, Query(alias="format")]


@router.get("", dependencies=[ForStaff])
def get_responses(connection: Database, filters: Filtered, limit: Limit = 100, after: After = 0) -> Answer:
    """Answer with a page of responses, and `next`: the `after` of the following page, null when this is the last."""
    with snapshot(connection):
        found = queries.page(connection, filters, after, limit)
        following = found[-1]["id"] if len(found) == limit else None
        page = {"responses": [shown(each) for each in found], "next": following}
        return complete(connection, "responses", filters, page)


def shown(response: Answer) -> Answer:
    """Return a response with moments in UTC, its labels as a list."""
    others = {name: value for name, value in response.items() if not name.endswith("_ms")}
    moments = {f"{name}_at" if name == "received" else name: response[f"{name}_ms"] for name in MOMENTS}
    told = {name: None if at_ms is None else shown_moment(at_ms) for name, at_ms in moments.items()}
    return others | told | {"flags": [flag for flag in response["flags"].split(",") if flag]}


@router.get("/export", dependencies=[ForStaff], response_class=StreamingResponse, responses=FILES)
def get_export(request: Request, filters: Filtered, kind: Wanted = Kind.EXCEL) -> StreamingResponse:
    """Answer with all responses under the filters as a file: a row for each answer."""
    made = files.FORMATS[kind.value]
    headers = {"Content-Disposition": f'attachment; filename="responses.{made.suffix}"'}
    content = exported(request.app.state.settings.database, filters, made)
    return StreamingResponse(content, media_type=made.media_type, headers=headers)


def exported(database: str, filters: Filters, made: files.Format) -> Iterator[bytes]:
    """Yield the file, on a connection of its own that lasts as long as somebody reads."""
    with closing(connect(database)) as connection:
        yield from made.made(files.rows(queries.every(connection, filters)))
