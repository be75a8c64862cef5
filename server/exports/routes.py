"""The file for the national comparison over HTTP, and its schema for whoever checks what he gets."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Response

from broker_bridge.database.releases import sha256
from server.bodies import Explained
from server.database import Database
from server.exports import deliveries
from server.exports.national import SCHEMA

router = APIRouter(prefix="/api/v1/exports/national", tags=["exports"])

Answer = dict[str, Any]


class Delivery(Explained):
    """A month whose file is to be made; the provider where units have several."""

    month: str
    provider: str | None = None


@router.post("", status_code=HTTPStatus.CREATED)
def post_national(wanted: Delivery, connection: Database) -> Answer:
    """Make the file of a month, unless it was made before; answer with the id and hash of its release."""
    kept = deliveries.made(connection, wanted.month, wanted.provider, wanted.because)
    return {"id": kept.id, "new": kept.new, "hash": sha256(kept.content)}


@router.get("")
def get_national(month: str, connection: Database, provider: str | None = None) -> Response:
    """Answer with the file of a month, as it was made."""
    return Response(deliveries.stored(connection, month, provider).content, media_type="application/json")


@router.get("/schema")
def get_schema() -> Answer:
    return SCHEMA
