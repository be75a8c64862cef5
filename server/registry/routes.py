"""Adds to the registry and lists it: 201 for what is new, 200 for the same again, 409 for what contradicts it."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response

from broker_bridge.database import registry, service_points, survey_versions, units
from broker_bridge.database.rows import Written, existing
from server.database import Database
from server.moments import moment_ms, valid_range
from server.parameters import RowId
from server.registry import bodies, queries, templates

router = APIRouter(prefix="/api/v1", tags=["registry"])

Answer = dict[str, Any]
SAID = {"who", "why"}  # goes into the audit, not into the answer


def answered(response: Response, written: Written, shown: Answer) -> Answer:
    """Return what was written, with its id and warnings where it has any, and set the status."""
    response.status_code = HTTPStatus.CREATED if written.new else HTTPStatus.OK
    identified = shown if written.id is None else {"id": written.id} | shown
    return identified | {"warnings": list(written.warnings)}


@router.post("/units")
def post_unit(unit: bodies.Unit, response: Response, connection: Database) -> Answer:
    known = unit.model_dump(include={"oid", "provider", "parent"})
    written = registry.add_unit(connection, unit.code, unit.names, unit.time_zone, **known)
    return answered(response, written, unit.model_dump() | {"name": unit.names})


@router.get("/units")
def get_units(connection: Database) -> list[Answer]:
    return queries.units(connection)


@router.patch("/units/{code}")
def patch_unit(code: str, change: bodies.UnitChange, connection: Database) -> Answer:
    units.change(connection, code, change.changes, change.because)
    return next(unit for unit in queries.units(connection) if unit["code"] == code)


@router.post("/service-points")
def post_service_point(point: bodies.ServicePoint, response: Response, connection: Database) -> Answer:
    written = registry.add_service_point(connection, point.code, point.unit, point.names)
    return answered(response, written, point.model_dump() | {"name": point.names})


@router.get("/service-points")
def get_service_points(connection: Database) -> list[Answer]:
    return queries.service_points(connection)


@router.patch("/service-points/{code}")
def patch_service_point(code: str, move: bodies.Move, connection: Database) -> list[Answer]:
    """Answer with all units that the point belongs to, from when to when."""
    unit = existing(connection, "units", "code", move.unit, "unit")
    from_ms = valid_range(move.valid_from, None, unit["time_zone"]).from_ms
    service_points.move(connection, code, move.unit, from_ms, move.because)
    return queries.service_point_units(connection, code)


@router.get("/service-point-units")
def get_service_point_units(connection: Database, service_point: str | None = None) -> list[Answer]:
    return queries.service_point_units(connection, service_point)


@router.get("/audit")
def get_audit(
    connection: Database, limit: Annotated[int, Query(ge=1, le=1000)] = 100, before_id: RowId | None = None
) -> list[Answer]:
    return queries.audit(connection, limit, before_id)


@router.post("/devices")
def post_device(device: bodies.Device, response: Response, connection: Database) -> Answer:
    written = registry.add_device(connection, device.device_id, device.model, device.survey, device.languages)
    return answered(response, written, device.model_dump())


@router.patch("/devices/{device_id}")
def patch_device(device_id: str, change: bodies.DeviceChange, connection: Database) -> Answer:
    existing(connection, "devices", "device_id", device_id, "device_id")
    if {"survey", "languages"} & change.model_fields_set:
        registry.set_survey(connection, device_id, change.survey, change.languages)
    if change.status:
        registry.revoke_device(connection, device_id)
    return next(device for device in queries.devices(connection) if device["device_id"] == device_id)


@router.get("/devices")
def get_devices(connection: Database) -> list[Answer]:
    return queries.devices(connection)


@router.post("/placements")
def post_placement(placement: bodies.Placement, response: Response, connection: Database) -> Answer:
    time_zone = registry.zone_of(connection, None, placement.service_point)
    valid = valid_range(placement.valid_from, placement.valid_to, time_zone)
    written = registry.add_placement(connection, placement.device_id, placement.service_point, valid, placement.because)
    return answered(response, written, placement.model_dump(exclude=SAID))


@router.patch("/placements/{row_id}")
def patch_placement(row_id: RowId, end: bodies.End, connection: Database) -> Answer:
    row = existing(connection, "placements", "id", row_id, "id")
    time_zone = registry.zone_of(connection, None, row["service_point"])
    registry.end(connection, "placements", row_id, end_ms(end, time_zone), end.because)
    return next(row for row in queries.placements(connection) if row["id"] == row_id)


@router.get("/placements")
def get_placements(connection: Database) -> list[Answer]:
    return queries.placements(connection)


@router.post("/service-class-links")
def post_service_class_link(link: bodies.ServiceClassLink, response: Response, connection: Database) -> Answer:
    unit, point = link.unit, link.service_point
    registry.check_owner(unit, point)
    valid = valid_range(link.valid_from, link.valid_to, registry.zone_of(connection, unit, point))
    written = registry.add_service_class_link(
        connection, link.scheme, link.code, valid, unit=unit, service_point=point, because=link.because
    )
    return answered(response, written, link.model_dump(exclude=SAID))


@router.patch("/service-class-links/{row_id}")
def patch_service_class_link(row_id: RowId, end: bodies.End, connection: Database) -> Answer:
    row = existing(connection, "service_class_links", "id", row_id, "id")
    time_zone = registry.zone_of(connection, row["unit"], row["service_point"])
    registry.end(connection, "service_class_links", row_id, end_ms(end, time_zone), end.because)
    return next(row for row in queries.service_class_links(connection) if row["id"] == row_id)


@router.get("/service-class-links")
def get_service_class_links(connection: Database) -> list[Answer]:
    return queries.service_class_links(connection)


@router.post("/surveys")
def post_survey(response: Response, connection: Database, definition: Annotated[dict[str, Any], Body()]) -> Answer:
    written = survey_versions.add_survey(connection, definition)
    return answered(response, written, {"survey": definition["survey"]})


@router.get("/survey-templates")
def get_survey_templates() -> list[Answer]:
    """Answer with the national surveys as far as their wording is known, and where it is not verified."""
    return templates.templates()


@router.get("/surveys")
def get_surveys(connection: Database) -> list[Answer]:
    return queries.surveys(connection)


def end_ms(end: bodies.End, time_zone: str) -> int | None:
    """Return the moment of a new end, None for an open one."""
    return None if end.valid_to is None else moment_ms(end.valid_to, time_zone, "valid_to")
