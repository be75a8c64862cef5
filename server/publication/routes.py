"""Publication over HTTP: months are closed, and what an audience may see of them is released."""

from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from broker_bridge.database.corrections import Because
from server.database import Database
from server.publication import series

router = APIRouter(prefix="/api/v1/publication", tags=["publication"])

Answer = dict[str, Any]


class Audience(StrEnum):
    """Who may see figures besides the unit's own staff."""

    COUNTY = "county"
    PUBLIC = "public"


class Said(BaseModel):
    """Who does something, and why, in their own words."""

    model_config = ConfigDict(extra="forbid")

    who: Annotated[str, Field(max_length=200)] = ""
    why: Annotated[str, Field(max_length=2000)] = ""

    @property
    def because(self) -> Because:
        """Return who and why."""
        return Because(self.who, self.why)


class Closing(Said):
    """The last of the months that are closed."""

    through: str


class Releasing(Said):
    """To whom all closed months are released, and what people call it."""

    audience: Audience
    title: str


@router.post("/{question}/months")
def post_months(question: str, closing: Closing, connection: Database) -> Answer:
    """Close months at the counts that they have now; answer with all that are closed."""
    return {"question": question, "months": series.close(connection, question, closing.through, closing.because)}


@router.post("/{question}/releases", status_code=HTTPStatus.CREATED)
def post_publication(question: str, wanted: Releasing, connection: Database) -> Answer:
    """Release all closed months to an audience; answer with the id, the hash, and how many cells are shown."""
    row_id, made = series.make(connection, question, wanted.audience.value, wanted.title, wanted.because)
    shown = sum(counts is not None for counts in made.cells.values())
    return {"id": row_id, "hash": made.hash(), "shown": shown, "suppressed": len(made.cells) - shown}
