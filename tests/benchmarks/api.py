"""How fast the API gives each report, beside a bare endpoint of the same framework, in the same rounds.

`make bench-api` takes how many responses there are: `ARGS="1000000"`, ten million unless said. Three servers of one
process each answer one client on one connection: the bare one gives a constant, ours gives reports again as it does
while nothing is written, and ours without that memory makes each anew. Requests to one of ours and to the bare one take
turns, so that whatever else the machine does slows both. The last line is JSON: by report the requests a second, by the
request at the first quarter, as a share of the bare endpoint's of the same round (`again`, `anew`), and how many times
longer the slowest hundredth takes (`p99_again`, `p99_anew`); then the slowest of each, and of the small one, a unit's
summary. The first quarter, and not the middle: other work on the machine makes requests slower and none quicker. It
ends with 0 when every report is given again at four fifths of the bare speed or more, and the small one is made anew at
a quarter of it. Others have no bar: a slow report is slow once for each write.
"""

import http.client
import json
import multiprocessing
import shutil
import socket
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from broker_bridge.database.connect import connect
from server import remembered
from server.app import create_app
from server.settings import Settings
from server.trial.history.generate import generate
from tests.benchmarks.addresses import addresses, prepare
from tests.benchmarks.report_plan import UNIT, plan
from tests.benchmarks.reports import quietly, say

RESPONSES = 10_000_000
ROUNDS = 5
ROUND_S = 0.25
LEAST_REQUESTS = 3
LEAST_AGAIN, LEAST_SMALL_ANEW = 0.8, 0.25
SMALL = "summary_unit"
BARE = "/bare"
WAYS = ("again", "anew")
READY_WITHIN_S = 30
LONGEST_PAUSE_S = 600  # of a connection, while the other servers are asked


def main(responses: int) -> int:
    """Measure all reports and print what came out; return the exit code."""
    folder = Path(tempfile.mkdtemp(prefix="hymio-bench-"))
    try:
        made = generate(str(folder / "hymio.db"), plan(responses), folder / "truth.json", quietly())
        connection = connect(folder / "hymio.db")
        prepare(connection, UNIT)
        connection.close()
        found = figures(measured(folder, addresses(UNIT)))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps({"responses": made["responses"], **found}))
    return int(not holds(found))


Pair = tuple[list[float], list[float]]  # seconds of each request of a round: ours, and the bare endpoint's


def measured(folder: Path, asked: dict[str, str]) -> dict[str, dict[str, list[Pair]]]:
    """Return for each report and way what each round took. Raises ValueError for a report that is refused."""
    found: dict[str, dict[str, list[Pair]]] = {}
    with ExitStack() as stack:
        bare, *ours = (stack.enter_context(served(folder, name)) for name in ("bare", *WAYS))
        for name, address in asked.items():
            rounds = [[in_turns(client, bare, address) for client in ours] for _ in range(ROUNDS)]
            found[name] = {way: list(pairs) for way, pairs in zip(WAYS, zip(*rounds, strict=True), strict=True)}
            say(f"{name}: {ratios(found[name])}")
    return found


def in_turns(ours: http.client.HTTPConnection, bare: http.client.HTTPConnection, address: str) -> Pair:
    """Ask the one and the other in turns for a while, three times at least; the first request of each is left out."""
    taken: Pair = ([], [])
    until = time.perf_counter() + ROUND_S
    while len(taken[0]) <= LEAST_REQUESTS or time.perf_counter() < until:
        taken[0].append(seconds(ours, address))
        taken[1].append(seconds(bare, BARE))
    return taken[0][1:], taken[1][1:]


def seconds(client: http.client.HTTPConnection, address: str) -> float:
    """Return how long a request takes."""
    begun = time.perf_counter()
    client.request("GET", address)
    answer = client.getresponse()
    content = answer.read()
    took = time.perf_counter() - begun
    if answer.status != http.client.OK:
        raise ValueError(f"{address}: {answer.status} {content[:300]!r}")
    return took


def ratios(taken: dict[str, list[Pair]]) -> dict[str, float]:
    """Return the figures of one report: medians over the rounds, each round against the bare endpoint's."""
    found = {}
    for way in WAYS:
        speeds = [quick(bare) / quick(ours) for ours, bare in taken[way]]
        slowest = [slow(ours) / slow(bare) for ours, bare in taken[way]]
        found |= {way: round(statistics.median(speeds), 3), f"p99_{way}": round(statistics.median(slowest), 2)}
    return found


def quick(taken: list[float]) -> float:
    """Return the first quartile."""
    return sorted(taken)[len(taken) // 4]


def slow(taken: list[float]) -> float:
    """Return the 99th percentile."""
    return sorted(taken)[int(0.99 * len(taken))]


def figures(taken: dict[str, dict[str, list[Pair]]]) -> dict[str, Any]:
    """Return what the last line says."""
    reports = {name: ratios(each) for name, each in taken.items()}
    found: dict[str, Any] = {"reports": reports, "small_anew_to_bare": reports[SMALL]["anew"]}
    for way in WAYS:
        slowest = min(reports, key=lambda name: reports[name][way])
        found |= {f"slowest_{way}": slowest, f"slowest_{way}_to_bare": reports[slowest][way]}
        found[f"worst_p99_{way}_to_bare"] = max(each[f"p99_{way}"] for each in reports.values())
        found[f"median_{way}_to_bare"] = round(statistics.median(each[way] for each in reports.values()), 3)
    return found


def holds(found: dict[str, Any]) -> bool:
    """Tell whether every report is given again nearly as fast as a constant, and the small one made fast enough."""
    return bool(found["slowest_again_to_bare"] >= LEAST_AGAIN and found["small_anew_to_bare"] >= LEAST_SMALL_ANEW)


@contextmanager
def served(folder: Path, way: str) -> Iterator[http.client.HTTPConnection]:
    """Give a connection to a server in a process of its own."""
    context = multiprocessing.get_context("spawn")  # a fork would share what other servers hold
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=serve, args=(theirs, folder, way), daemon=True)
    process.start()
    try:
        if not ours.poll(READY_WITHIN_S):
            raise TimeoutError(f"the {way} server did not start")
        with closing(http.client.HTTPConnection("127.0.0.1", ours.recv(), timeout=120)) as client:
            yield client
    finally:
        process.terminate()
        process.join()


def serve(ready: Any, folder: Path, way: str) -> None:
    """Serve on a free port of loopback, and tell which, until the process is ended."""
    if way == "anew":
        remembered.MOST_BYTES = 0
    app = bare() if way == "bare" else create_app(Settings(folder))
    config = uvicorn.Config(app, log_level="warning", timeout_keep_alive=LONGEST_PAUSE_S)
    # Said to be TCP, or asyncio leaves Nagle's algorithm on, and every answer of every server takes 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # before anybody is told, so that nobody comes too early
    ready.send(listening.getsockname()[1])
    uvicorn.Server(config).run([listening])


def bare() -> FastAPI:
    """Return an application that does nothing but answer."""
    app = FastAPI()

    async def constant() -> dict[str, bool]:
        return {"ok": True}

    app.add_api_route(BARE, constant)
    return app


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else RESPONSES))
