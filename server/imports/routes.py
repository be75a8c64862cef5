"""Imports of older systems over HTTP: previewed, made, listed, undone."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, UploadFile

from broker_bridge.database import imports
from broker_bridge.database.corrections import Because
from broker_bridge.database.ranges import shown_moment
from server.bodies import Explained
from server.database import Database
from server.imports import previews
from server.imports.previews import Older
from server.parameters import RowId

router = APIRouter(prefix="/api/v1/imports", tags=["imports"])

Answer = dict[str, Any]
Words = Annotated[str, Form(max_length=2000)]


def uploaded(file: Annotated[UploadFile, File()], mapping: Annotated[UploadFile, File()]) -> Older:
    """Return the two files of a form."""
    return Older(file.filename or "file", file.file.read(), mapping.file.read())


@router.post("")
def post_import(
    connection: Database,
    older: Annotated[Older, Depends(uploaded)],
    who: Words = "",
    why: Words = "",
    preview: bool = False,
) -> Answer:
    """Import a file of an older system by its mapping, or only say what that would do."""
    if preview:
        return previews.preview(connection, older)
    return previews.bring(connection, older, Because(who, why))._asdict()


@router.get("")
def get_imports(connection: Database) -> list[Answer]:
    return [shown(each) for each in imports.listed(connection)]


@router.post("/{import_id}/undo")
def post_undo(import_id: RowId, said: Explained, connection: Database) -> Answer:
    """Take an import out of every report; its rows are kept, and its file may be imported again."""
    return imports.undo(connection, import_id, said.because)._asdict()


def shown(each: Answer) -> Answer:
    """Return an import with its moments in UTC."""
    points = [
        {"service_point": one["service_point"], "device_id": one["device_id"], "n": one["n"]}
        | {"from": shown_moment(one["from_ms"]), "to": shown_moment(one["to_ms"])}
        for one in each["service_points"]
    ]
    undone_ms = each.pop("undone_ms")
    moments = {
        "imported_at": shown_moment(each.pop("imported_ms")),
        "undone_at": None if undone_ms is None else shown_moment(undone_ms),
    }
    return each | moments | {"mapping": json.loads(each["mapping"]), "service_points": points}
