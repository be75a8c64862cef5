"""Stands before every route: loopback's own names, no writes from foreign pages, no endless bodies, safe headers."""

from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.headers import HEADERS
from server.problems import problem

LARGEST_BODY = 8_500_000  # bytes; the largest file of an import and what multipart puts around it
OWN_NAMES = ("127.0.0.1", "localhost")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
OWN_SITE = ("same-origin", "none")


class Guard:
    """An ASGI app around another one."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        refusal = refused(scope["method"], Headers(scope=scope))
        app = problem("forbidden", HTTPStatus.FORBIDDEN, **refusal) if refusal else self.app
        await app(scope, bounded(receive), with_headers(send))


def refused(method: str, headers: Headers) -> dict[str, str] | None:
    """Return why a request is not answered, None when it may pass.

    Without accounts, the browser of somebody at this machine must not become the tool of a foreign page: neither by a
    name that suddenly points to loopback, nor by a form that posts here.
    """
    host = headers.get("host", "")
    if host.rpartition(":")[0] not in OWN_NAMES and host not in OWN_NAMES:
        detail = f"Host is {host!r}; this server answers to {' and '.join(OWN_NAMES)} only."
        return {"detail": detail, "where": "Host", "allowed": " or ".join(OWN_NAMES)}
    if method in SAFE_METHODS:
        return None
    origin = headers.get("origin")
    if headers.get("sec-fetch-site", "none") not in OWN_SITE or origin not in (None, f"http://{host}"):
        detail = f"Origin is {origin}; only pages of this server may write."
        return {"detail": detail, "where": "Origin", "allowed": f"http://{host}, or none"}
    return None


def bounded(receive: Receive) -> Receive:
    """Return a `receive` that ends a request whose body grows too large."""
    taken = 0

    async def receive_bounded() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"At most {LARGEST_BODY} bytes.")
        return message

    return receive_bounded


def with_headers(send: Send) -> Send:
    """Return a `send` that adds the safe headers to every answer."""

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(HEADERS)
        await send(message)

    return send_with_headers
