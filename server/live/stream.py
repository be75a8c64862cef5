"""Sends the changing part of the page to each browser that looks at it, whenever the database has changed."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable

from broker_bridge.database.connect import Connection, Unavailable, Url, connect

PAUSE_S = 1.0
HEARTBEAT_S = 15.0
RETRY_MS = 2000

Render = Callable[[Connection, str], str]


class Latest:
    """The changing part as HTML, rendered once for each version of the database and language, however many look on."""

    def __init__(self, database: Url, render: Render) -> None:
        self.database = database
        self.render = render
        self.lock = threading.Lock()
        self.connection: Connection | None = None
        self.rendered: dict[str, tuple[str, str]] = {}

    def html(self, language: str) -> tuple[str, str]:
        """Return the version of the database and its HTML; raise Unavailable when the database does not answer now."""
        with self.lock:
            self.connection = self.connection or connect(self.database)
            try:
                return self.current(self.connection, language)
            except Unavailable:
                self.forget()
                raise

    def current(self, connection: Connection, language: str) -> tuple[str, str]:
        """Return the version and the HTML, rendered anew when the version is another one than last time."""
        now = connection.version()
        if self.rendered.get(language, (None,))[0] != now:
            self.rendered[language] = (now, self.render(connection, language))
        return self.rendered[language]

    def close(self) -> None:
        """Close the connection; the next look opens another one."""
        with self.lock:
            self.forget()

    def forget(self) -> None:
        """Close the connection and forget what was rendered: versions are those of one connection."""
        if self.connection:
            self.connection.close()
        self.connection = None
        self.rendered.clear()


async def events(latest: Latest, language: str, stopping: Callable[[], bool]) -> AsyncIterator[str]:
    """Yield server-sent events: `board` with the HTML as a JSON string, at once and after each change; else heartbeats.

    Ends when the server stops, or is cancelled when the browser leaves.
    """
    yield f"retry: {RETRY_MS}\n\n"
    seen: str | None = None
    quiet_s = 0.0
    while not stopping():
        changed = await change(latest, language, seen)
        if changed:
            seen, html = changed
            yield f"event: board\ndata: {json.dumps(html)}\n\n"
            quiet_s = 0.0
        elif quiet_s >= HEARTBEAT_S:
            yield ": still here\n\n"
            quiet_s = 0.0
        await asyncio.sleep(PAUSE_S)
        quiet_s += PAUSE_S


async def change(latest: Latest, language: str, seen: str | None) -> tuple[str, str] | None:
    """Return version and HTML when the version is not the one that the browser has seen, else None.

    A database that does not answer now has not changed either: the page keeps what it shows, and the stream goes on.
    """
    try:
        now, html = await asyncio.to_thread(latest.html, language)
    except Unavailable:
        return None
    return None if now == seen else (now, html)
