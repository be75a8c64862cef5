"""Publication over HTTP: months are closed, and what an audience may see of them is released."""

from http import HTTPStatus
from typing import Any, Literal

from fastapi import APIRouter
from pydantic import Field

from server.bodies import Explained
from server.database import Database
from server.publication import series

router = APIRouter(prefix="/api/v1/publication", tags=["publication"])

Answer = dict[str, Any]
MOST_BACKGROUNDS = 4  # every one has to be reckoned with in each cell of all others


class Closing(Explained):
    """The last of the months that are closed, and by which background questions they are divided from now on."""

    through: str
    background: list[str] = Field([], max_length=MOST_BACKGROUNDS)


class Releasing(Explained):
    """To whom all closed months are released, and what people call it."""

    audience: Literal["county", "public"]
    title: str


@router.post("/{question}/months")
def post_months(question: str, closing: Closing, connection: Database) -> Answer:
    """Close months at the counts that they have now; answer with all that are closed."""
    months = series.close(connection, question, closing.through, closing.because, closing.background)
    return {"question": question, "months": months}


@router.post("/{question}/releases", status_code=HTTPStatus.CREATED)
def post_publication(question: str, wanted: Releasing, connection: Database) -> Answer:
    """Release all closed months to an audience; answer with the id, the hash, and how many cells are shown."""
    row_id, made = series.make(connection, question, wanted.audience, wanted.title, wanted.because)
    shown = sum(counts is not None for counts in made.cells.values())
    return {"id": row_id, "hash": made.hash(), "shown": shown, "suppressed": len(made.cells) - shown}
