"""Which devices are asked about, and in which period."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query

from server.database import Database
from server.reporting import filters as reporting
from server.reporting.filters import Filters


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the address."""

    device_id: str | None = None
    unit: str | None = None
    service_point: str | None = None
    from_: Annotated[str | None, Query(alias="from")] = None
    to: str | None = None


def filters(connection: Database, asked: Annotated[Asked, Depends()]) -> Filters:
    """Return the filters of a request; raise Unknown for what is not stored and Invalid for what cannot be."""
    given = vars(asked) | {"device": asked.device_id}
    del given["device_id"]
    return reporting.filters(connection, reporting.Asked(**given))


Filtered = Annotated[Filters, Depends(filters)]
