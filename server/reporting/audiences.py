"""Who reads a report: the unit's own staff all of it, the county and the public what was released."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from fastapi import Depends, Request

from broker_bridge.database.connect import Connection
from server.database import Database
from server.publication import answers, series
from server.publication.answers import Suppressed
from server.reporting.filters import NAMES, Asked, Filters, InAddress
from server.reporting.filters import filters as filtered
from server.reporting.reports import sealed

Answer = dict[str, Any]


class Audience(StrEnum):
    """Who reads a report: the unit's own staff, or somebody who gets what was released."""

    UNIT = "unit"
    COUNTY = "county"
    PUBLIC = "public"


async def for_staff(audience: Audience = Audience.UNIT) -> None:
    """Raise Suppressed for anybody but the unit's own staff."""
    if audience is not Audience.UNIT:
        others = "; others are answered by /reports/summary, trend, comparison, difference, change and ranking"
        raise Suppressed("audience", audience.value, f"unit{others}")


ForStaff = Depends(for_staff)


@dataclass(frozen=True)
class Asking:
    """Somebody who asks for a report, with the filters as they stand in the address."""

    connection: Connection
    asked: Asked
    audience: Audience
    given: Mapping[str, str]

    @property
    def is_staff(self) -> bool:
        """Tell whether it is the unit's own staff, who see all of it."""
        return self.audience is Audience.UNIT

    @cached_property
    def filters(self) -> Filters:
        """Return the filters as they are understood; raise Unknown and Invalid for what cannot be."""
        return filtered(self.connection, self.asked)

    def released(self, name: str, step: str = "month", by: str = "unit") -> Answer:
        """Return a report of what was released; raise Suppressed for what was not."""
        question = answers.Question(self.audience.value, name, self.given, {"step": step, "by": by})
        return answers.answer(self.connection, question)

    def seal(self, told: Answer, hidden: int = 0) -> Answer:
        """Return what was made of released figures, without some that are hidden, sealed by when they were."""
        until = series.released_until(self.connection, self.given["question"], self.audience.value)
        return sealed(told, until, hidden)


async def asking(
    request: Request, connection: Database, asked: InAddress, audience: Audience = Audience.UNIT
) -> Asking:
    """Return who asks, and what."""
    given = {name: value for name, value in request.query_params.items() if name in NAMES}
    return Asking(connection, asked, audience, given)


Asker = Annotated[Asking, Depends(asking)]
