"""Lends each request a connection to the database; some stay open, as opening one takes longer than a small report."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from broker_bridge.database.connect import Connection, Url, connect, is_file

MOST_IDLE = 4  # each of them holds a page cache


class Connections:
    """The connections of one process that nobody uses now."""

    def __init__(self, database: Url) -> None:
        self.database = database
        self.idle: list[Connection] = []
        self.most = MOST_IDLE

    async def lend(self) -> Connection:
        """Return a connection that answers; raise Unavailable."""
        if is_file(self.database) and (ready := self.ready()):  # some microseconds, and a thread would take longer
            return ready
        return await run_in_threadpool(lambda: self.ready() or connect(self.database))

    def ready(self) -> Connection | None:
        """Return an idle connection that still leads to the database, None when there is none."""
        for _ in range(len(self.idle)):
            try:
                found = self.idle.pop()
            except IndexError:  # another thread was first
                return None
            if found.is_current():
                return found
            found.close()
        return None

    def take_back(self, connection: Connection) -> None:
        """Keep a connection for the next request, if there is room and nothing was left unfinished on it."""
        if len(self.idle) < self.most and not connection.in_transaction:
            self.idle.append(connection)
        else:
            connection.close()

    def close(self) -> None:
        """Close those that are idle, and from now on each that comes back."""
        self.most = 0
        while self.idle:
            self.idle.pop().close()


async def connection(request: Request) -> AsyncIterator[Connection]:
    """Lend a connection for as long as the request takes."""
    connections: Connections = request.app.state.connections
    lent = await connections.lend()
    try:
        yield lent
    except BaseException:
        lent.close()  # what went wrong may have left a statement half read, and whoever reads on sees what was then
        raise
    connections.take_back(lent)


Database = Annotated[Connection, Depends(connection)]
