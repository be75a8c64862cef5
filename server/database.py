"""Hands each request a connection to the database of its own, and closes it afterwards."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request

from broker_bridge.database.connect import Connection, connect


def connection(request: Request) -> Iterator[Connection]:
    """Yield a connection for as long as the request takes."""
    opened = connect(request.app.state.settings.database)
    try:
        yield opened
    finally:
        opened.close()


Database = Annotated[Connection, Depends(connection)]
