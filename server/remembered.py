"""Gives a report again as it was given before, for as long as nothing was written to the database."""

import asyncio
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from broker_bridge.database.connect import Connection, Unavailable, Url, connect, is_file

# What is here follows from the address and the database alone: no clock, no language of the browser.
REPORTS = "/api/v1/reports/"
COMPLETENESS = "/api/v1/completeness"
COVERAGE = "/api/v1/coverage"  # where the address names the end: else it ends today
MOST_BYTES = 32_000_000
LONGEST_QUERY = 2_000

Key = tuple[str, bytes]


class Versions:
    """Tells which version the database has, on a connection of its own that writes nothing."""

    def __init__(self, database: Url) -> None:
        self.database = database
        self.connection: Connection | None = None
        self.opened = 0

    def now(self) -> str | None:
        """Return the version, None while the database does not answer; versions are those of one connection."""
        try:
            if self.connection is None:
                self.connection = connect(self.database)
                self.opened += 1
            return f"{self.opened} {self.connection.version()}"
        except Unavailable:
            self.close()
            return None

    def close(self) -> None:
        """Close the connection; the next look opens another one."""
        if self.connection:
            self.connection.close()
        self.connection = None


@dataclass
class Answer:
    """An answer on its way out: its messages, and whether it is a whole one that may be given again."""

    send: Send
    messages: list[Message] = field(default_factory=list)

    async def pass_on(self, message: Message) -> None:
        """Note a message and send it."""
        self.messages.append(dict(message))
        await self.send(message)

    @property
    def whole(self) -> bool:
        """Tell whether all of it is here, and it is a report and not a refusal."""
        done = bool(self.messages) and not self.messages[-1].get("more_body", False)
        return done and self.messages[0].get("status") == HTTPStatus.OK

    @property
    def size(self) -> int:
        """Return how long the body is."""
        return sum(len(message.get("body", b"")) for message in self.messages)


class Remembered:
    """An ASGI app around another one."""

    def __init__(self, app: ASGIApp, versions: Versions) -> None:
        self.app = app
        self.versions = versions
        self.looking = asyncio.Lock()
        self.version: str | None = None
        self.given: dict[Key, list[Message]] = {}
        self.bytes = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not repeatable(scope):
            await self.app(scope, receive, send)
            return
        await self.look()
        key, version = (scope["path"], scope["query_string"]), self.version
        if key in self.given:
            for message in self.given[key]:
                await send(dict(message))
            return
        answer = Answer(send)
        await self.app(scope, receive, answer.pass_on)
        # Written to meanwhile or not: the answer is at least as new as the version that was seen before it was made.
        if version is not None and version == self.version and answer.whole:
            self.keep(key, answer)

    async def look(self) -> None:
        """Forget everything when the database has another version than last time."""
        if is_file(self.versions.database):
            now = self.versions.now()  # some microseconds, and a thread would take longer
        else:
            async with self.looking:
                now = await asyncio.to_thread(self.versions.now)
        if now is None or now != self.version:
            self.version, self.bytes = now, 0
            self.given.clear()

    def keep(self, key: Key, answer: Answer) -> None:
        """Keep an answer as long as there is room for it."""
        if self.bytes + answer.size <= MOST_BYTES and len(key[1]) <= LONGEST_QUERY:
            self.bytes += answer.size
            self.given[key] = answer.messages


def repeatable(scope: Scope) -> bool:
    """Tell whether somebody asks for what stays as it is until somebody writes."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    path: str = scope["path"]
    if path == COVERAGE:
        return any(each.startswith(b"to=") for each in scope["query_string"].split(b"&"))
    return path.startswith(REPORTS) or path == COMPLETENESS
