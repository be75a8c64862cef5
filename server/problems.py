"""Says what went wrong as `application/problem+json` (RFC 9457), with where, value and what is allowed."""

import math
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from broker_bridge.database.connect import Unavailable, UnsafeDatabase
from broker_bridge.database.invalid import Conflict, Invalid, Unknown
from server.headers import HEADERS
from server.publication.answers import Suppressed
from server.reporting.queries import TooMuch

MEDIA_TYPE = "application/problem+json"
LONGEST_VALUE = 200

# What the description of the API says of problems: any address may answer with any of them.
SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "where", "value", "allowed"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "pattern": "^urn:hymio:problem:"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what is wrong, in words"},
        "where": {"type": ["string", "null"], "description": "the field, parameter, or row and column"},
        "value": {"description": "what was given there"},
        "allowed": {"type": ["string", "null"], "description": "what to give instead"},
    },
}
STATUSES = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.SERVICE_UNAVAILABLE,
)
DESCRIBED: dict[int | str, dict[str, Any]] = {
    status.value: {"description": status.phrase, "content": {MEDIA_TYPE: {"schema": SCHEMA}}} for status in STATUSES
}


def handle(app: FastAPI) -> None:
    """Let every error of the app leave as a problem."""
    app.add_exception_handler(Invalid, of_invalid)
    app.add_exception_handler(RequestValidationError, of_request)
    app.add_exception_handler(HTTPException, of_http)
    app.add_exception_handler(Unavailable, of_database)
    app.add_exception_handler(UnsafeDatabase, of_database)
    app.add_exception_handler(Exception, of_mistake)


def problem(
    kind: str, status: int, detail: str, *, where: str | None = None, value: Any = None, allowed: str | None = None
) -> JSONResponse:
    """Return a problem; `kind` ends its type, and stays the same when the wording changes."""
    content = {
        "type": f"urn:hymio:problem:{kind}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "where": where,
        "value": short(value),
        "allowed": allowed,
    }
    content = {name: sendable(said) if isinstance(said, str) else said for name, said in content.items()}
    return JSONResponse(content, status, media_type=MEDIA_TYPE)


def short(value: Any) -> Any:
    """Return a value as it was given, or the beginning of its text when it is none of JSON's simple ones."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 3] + "..."


def sendable(text: str) -> str:
    """Return a text with what UTF-8 cannot carry, the lone surrogates that JSON lets pass, written out."""
    return text.encode(errors="backslashreplace").decode()


STATUS = {
    Conflict: ("conflict", HTTPStatus.CONFLICT),
    Unknown: ("unknown", HTTPStatus.NOT_FOUND),
    TooMuch: ("too-much", HTTPStatus.UNPROCESSABLE_ENTITY),
    Suppressed: ("suppressed", HTTPStatus.FORBIDDEN),
}


def of_invalid(request: Request, error: Exception) -> JSONResponse:
    """Answer input that the rules of the tables do not allow."""
    assert isinstance(error, Invalid)  # noqa: S101 - Starlette's types name no narrower error
    kind, status = STATUS.get(type(error), ("invalid", HTTPStatus.UNPROCESSABLE_ENTITY))
    return problem(kind, status, str(error), where=error.where, value=error.value, allowed=error.allowed)


def of_request(request: Request, error: Exception) -> JSONResponse:
    """Answer a request whose body or parameters do not have the form that the route asks for."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - as above
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return problem(
            "bad-request",
            HTTPStatus.BAD_REQUEST,
            f"The body is not JSON: {first['ctx']['error']}",
            where="body",
            allowed="JSON in UTF-8",
        )
    where = ".".join(str(part) for part in first["loc"][1:]) or str(first["loc"][0])
    value = None if first["type"] == "missing" else first.get("input")
    detail = f"{where}: {first['msg']}"
    return problem("invalid", HTTPStatus.UNPROCESSABLE_ENTITY, detail, where=where, value=value, allowed=first["msg"])


def of_http(request: Request, error: Exception) -> JSONResponse:
    """Answer what no route takes: an unknown address, a wrong method, a body too large."""
    assert isinstance(error, HTTPException)  # noqa: S101 - as above
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    headers = error.headers or {}
    allowed = TO_DO if error.status_code == HTTPStatus.NOT_FOUND else headers.get("Allow")
    answer = problem(kind, error.status_code, error.detail, where=request.url.path, allowed=allowed)
    answer.headers.update(headers)
    return answer


TO_DO = "an address that /openapi.json describes"


def of_database(request: Request, error: Exception) -> JSONResponse:
    """Answer while the database is locked, full or gone; nothing of the request was stored."""
    return problem(
        "database",
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The database does not answer now; nothing was stored.",
        where=request.url.path,
        allowed="the same again, later",
    )


def of_mistake(request: Request, error: Exception) -> JSONResponse:
    """Answer a mistake of ours without telling its insides."""
    answer = problem(
        "mistake",
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "The server made a mistake; its log says which.",
        where=request.url.path,
        allowed="the same again, once the server is mended",
    )
    answer.headers.update(HEADERS)  # this answer is made outside of the guard, which adds them to the others
    return answer
