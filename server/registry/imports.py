"""Imports CSV files into the registry, sent as they are or from a form; all rows or none."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.datastructures import UploadFile

from broker_bridge.database import class_files, class_previews, crosswalks, point_files, service_classes, unit_files
from broker_bridge.database.corrections import Because
from broker_bridge.database.invalid import Invalid
from server.database import Database
from server.registry import queries

router = APIRouter(prefix="/api/v1", tags=["registry"])

Answer = dict[str, Any]


async def csv_file(request: Request) -> bytes:
    """Return the content of the file, whichever way it was sent."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        return await request.body()
    async with request.form(max_files=1, max_fields=8) as form:
        for part in form.values():
            if isinstance(part, UploadFile):
                return await part.read()
    raise Invalid("file", None, "one file in the form")


File = Annotated[bytes, Depends(csv_file)]


@router.post("/service-classes/import")
def post_service_classes(
    content: File, connection: Database, scheme: Annotated[str, Query()], preview: bool = False
) -> Answer:
    """Import a list, or only say what importing it would change."""
    if preview:
        return class_previews.preview(connection, scheme, class_files.read(scheme, content, "preview"))
    return {"scheme": scheme, **service_classes.import_service_classes(connection, scheme, content)}


@router.get("/service-classes")
def get_service_classes(connection: Database, scheme: str | None = None) -> list[Answer]:
    return [queries.renamed(each) for each in service_classes.service_classes(connection, scheme)]


@router.post("/units/import")
def post_units(content: File, connection: Database) -> Answer:
    return unit_files.import_units(connection, content)


@router.post("/service-points/import")
def post_service_points(content: File, connection: Database) -> Answer:
    return point_files.import_service_points(connection, content)


@router.post("/crosswalk/import")
def post_crosswalk(
    content: File, connection: Database, who: Annotated[str, Query()] = "", why: Annotated[str, Query()] = ""
) -> Answer:
    return crosswalks.import_crosswalk(connection, content, Because(who, why))


@router.get("/crosswalk")
def get_crosswalk(connection: Database) -> list[Answer]:
    return [step_shown(each) for each in crosswalks.crosswalk(connection)]


def step_shown(step: crosswalks.Step) -> Answer:
    """Return a step of the crosswalk with its share as a number."""
    shown = {name: value for name, value in vars(step).items() if name != "share_ppm"}
    return shown | {"share": None if step.share_ppm is None else step.share_ppm / crosswalks.WHOLE}
