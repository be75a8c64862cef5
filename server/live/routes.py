"""The page, its stream of changes, and its own styles and script."""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from broker_bridge.database.connect import Connection
from server.database import Database
from server.live.board import board
from server.live.stream import events
from server.live.texts import CATALOGUES, chosen
from server.texts import LANGUAGES

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDER / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
NOT_KEPT = {"Cache-Control": "no-store"}

router = APIRouter(include_in_schema=False)

Language = Annotated[str | None, Query(alias="lang")]
Accepted = Annotated[str, Header(alias="accept-language")]


@router.get("/")
def get_page(connection: Database, lang: Language = None, accepted: Accepted = "") -> HTMLResponse:
    texts = chosen(lang, accepted)
    shown = board(connection, texts)
    others = [(language, CATALOGUES[language]("language")) for language in LANGUAGES]
    page = TEMPLATES.get_template("page.html").render(shown, languages=others)
    headers = NOT_KEPT | {"Content-Language": texts.language, "Vary": "Accept-Language"}
    return HTMLResponse(page, headers=headers)


def changing_part(connection: Connection, language: str) -> str:
    """Return the HTML of what changes on the page."""
    return TEMPLATES.get_template("board.html").render(board(connection, CATALOGUES[language]))


@router.get("/live/events")
def get_events(request: Request, lang: Language = None) -> StreamingResponse:
    state = request.app.state
    stream = events(state.latest, chosen(lang, "").language, state.stopping)
    return StreamingResponse(stream, media_type="text/event-stream", headers=NOT_KEPT)
