"""Which devices are asked about, and in which period."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection
from broker_bridge.database.rows import existing
from server.database import Database
from server.reporting import filters as reporting
from server.reporting.filters import Filters


class Asked(BaseModel):
    """Those filters of a report that tell devices and their time apart."""

    model_config = ConfigDict(frozen=True)

    device: str | None = None
    unit: str | None = None
    under: str | None = None
    service_point: str | None = None
    from_: str | None = Field(None, alias="from")
    to: str | None = None


def filters(connection: Database, asked: Annotated[Asked, Query()]) -> Filters:
    """Return the filters of a request; raise Unknown for what nobody has heard of and Invalid for what cannot be."""
    given = dict(vars(asked))
    device_id = given.pop("device")
    found = reporting.filters(connection, reporting.Asked(**given))
    if device_id is None:
        return found
    check_device(connection, device_id)
    return replace(found, equal={**found.equal, "device_id": device_id}, shown={**found.shown, "device": device_id})


def check_device(connection: Connection, device_id: str) -> None:
    """Raise Unknown unless a device is stored, or is not and has spoken: what it said was rejected, and is listed."""
    if not completeness.journals(connection, {device_id}):
        existing(connection, "devices", "device_id", device_id, "device")


Filtered = Annotated[Filters, Depends(filters)]
