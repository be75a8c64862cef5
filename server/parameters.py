"""Parameters of many addresses; and the refusal of those that an address does not have: a misspelt filter would answer
another question than was asked."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import Field

from broker_bridge.database.invalid import Invalid
from server.texts import LANGUAGES


async def language(lang: str = "en") -> str:
    """Return the language of the words."""
    if lang not in LANGUAGES:
        raise Invalid("lang", lang, f"one of {', '.join(LANGUAGES)}")
    return lang


Words = Annotated[str, Depends(language)]
RowId = Annotated[int, Field(ge=1, le=2**63 - 1)]  # no engine takes a larger one, and drivers fail on it


async def refuse_unknown(request: Request) -> None:
    """Raise Invalid for a parameter that the description of the API does not name for this address, or one given twice:
    no address takes several, and one of them would be ignored."""
    described = request.app.openapi()["paths"].get(getattr(request.scope.get("route"), "path", ""))
    if described is None:
        return
    parameters = described[request.method.lower()].get("parameters", [])
    known = sorted(each["name"] for each in parameters if each["in"] == "query")
    seen: dict[str, str] = {}
    for name, value in request.query_params.multi_items():
        if name not in known:
            raise Invalid(name, value, f"one of these parameters: {', '.join(known) or 'none'}")
        if name in seen:
            raise Invalid(name, value, f"one value; there was {seen[name]!r} before")
        seen[name] = value
