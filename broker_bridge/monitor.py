"""Answers monitoring on loopback: `/metrics` for Prometheus, `/health` with status 200 or 503."""

import json
import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

from broker_bridge import metrics
from broker_bridge.settings import LOOPBACK
from broker_bridge.watch import Watch

Health = Callable[[], dict[str, object]]


class Server(ThreadingMixIn, WSGIServer):
    """One thread for each question, so that one who asks slowly does not keep the others waiting."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Answers without a line in the log for each question."""

    timeout = 10

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


def serve(port: int, watch: Watch) -> WSGIServer:
    """Answer on a port of loopback, beside the loop that ingests; raise OSError when the port is taken."""
    server = make_server(LOOPBACK, port, application(watch.health), Server, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True, name="monitor").start()
    return server


def application(health: Health) -> Any:
    """Return what answers a request."""
    told = make_wsgi_app(metrics.REGISTRY)

    def answer(environment: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        place = environment["PATH_INFO"]
        if place == "/metrics":
            answered: Iterable[bytes] = told(environment, start)
            return answered
        if place == "/health":
            state = health()
            status = "200 OK" if state["ok"] else "503 Service Unavailable"
            return say(start, status, state)
        return say(start, "404 Not Found", {"trouble": "ask for /metrics or /health"})

    return answer


def say(start: Callable[..., Any], status: str, content: dict[str, object]) -> Iterable[bytes]:
    """Answer with JSON."""
    start(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [json.dumps(content).encode() + b"\n"]
