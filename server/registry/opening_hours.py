"""Opening hours over HTTP, of units and of those service points that differ from their unit."""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter

from broker_bridge.database import opening_hours
from server.database import Database
from server.registry.bodies import OpeningException, OpeningWeek

router = APIRouter(prefix="/api/v1", tags=["registry"])

Answer = dict[str, Any]


class Owners(StrEnum):
    """Who may have opening hours."""

    UNITS = "units"
    SERVICE_POINTS = "service-points"

    def owner(self, code: str) -> opening_hours.Owner:
        """Return one of them."""
        return ("unit" if self is Owners.UNITS else "service_point", code)


@router.get("/{owners}/{code}/opening-hours")
def get_opening_hours(owners: Owners, code: str, connection: Database) -> Answer:
    return opening_hours.listed(connection, owners.owner(code))


@router.put("/{owners}/{code}/opening-hours")
def put_opening_hours(owners: Owners, code: str, hours: OpeningWeek, connection: Database) -> Answer:
    """Let a week hold from a day on; answer with all weeks and exceptions."""
    opening_hours.set_week(connection, owners.owner(code), hours.valid_from, hours.week)
    return opening_hours.listed(connection, owners.owner(code))


@router.put("/{owners}/{code}/opening-hours/{day}")
def put_opening_exception(owners: Owners, code: str, day: str, other: OpeningException, connection: Database) -> Answer:
    """Let a day have other hours than its week's; answer with all weeks and exceptions."""
    opening_hours.set_exception(connection, owners.owner(code), day, other.hours, other.note)
    return opening_hours.listed(connection, owners.owner(code))
