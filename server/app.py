"""The web application, and the process that serves it on loopback."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import Depends, FastAPI
from starlette.staticfiles import StaticFiles

from broker_bridge.database.migrate import open_database
from server import problems
from server.database import Connections
from server.exports import routes as exports
from server.fleet import routes as fleet
from server.guard import Guard
from server.imports import routes as older
from server.labels import routes as labels
from server.live import routes as live
from server.live.stream import Latest
from server.parameters import refuse_unknown
from server.publication import routes as publication
from server.registry import imports, opening_hours
from server.registry import routes as registry
from server.remembered import Remembered, Versions
from server.reporting import denominators, goals, judgements, releases
from server.reporting import routes as reporting
from server.responses import routes as responses
from server.settings import Settings

DESCRIPTION = (
    "Registry and reports of customer feedback. Ranges are half-open; moments are UTC unless they say otherwise."
)

# An address is looked for in this order, and reports are what programs ask for most.
ROUTES = (
    reporting,
    registry,
    imports,
    opening_hours,
    judgements,
    goals,
    denominators,
    releases,
    publication,
    responses,
    labels,
    older,
    exports,
    fleet,
    live,
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Close what the page's stream and the reports held open, when the server ends."""
    yield
    app.state.latest.close()
    app.state.versions.close()
    app.state.connections.close()


def create_app(settings: Settings) -> FastAPI:
    """Return the application on the database of the settings, which is made and brought up to date."""
    settings.data.mkdir(parents=True, exist_ok=True)
    open_database(settings.database).close()
    # The pages of documentation would load scripts from other hosts; the description itself is at /openapi.json.
    app = FastAPI(
        title="Hymio",
        version="1",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        dependencies=[Depends(refuse_unknown)],
        responses=problems.DESCRIBED,
    )
    app.state.settings = settings
    app.state.stopping = lambda: False
    app.state.connections = Connections(settings.database)
    app.state.versions = Versions(settings.database)
    app.state.latest = Latest(settings.database, live.changing_part)
    problems.handle(app)
    for routes in ROUTES:
        app.include_router(routes.router)
    app.mount("/live/static", StaticFiles(directory=live.STATIC))
    app.add_middleware(Remembered, versions=app.state.versions)
    app.add_middleware(Guard)
    return app


def serve(settings: Settings) -> None:
    """Serve until SIGINT or SIGTERM; streams to browsers end with it."""
    app = create_app(settings)
    config = uvicorn.Config(
        app, host=settings.http_host, port=settings.http_port, log_level="warning", server_header=False
    )
    server = uvicorn.Server(config)
    app.state.stopping = lambda: server.should_exit
    server.run()
