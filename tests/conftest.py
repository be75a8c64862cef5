"""What every test on CPython shares: the place of the repository, and generated cases that repeat."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from broker_bridge.database.migrate import open_database
from tests.postgresql import Cluster, cluster

# The same cases in every run: a red build shows the same failure on the next machine.
settings.register_profile("house", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.fixture(scope="session")
def repository() -> Path:
    return Path(__file__).parents[1]


TEMPLATE = "hymio"


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """Give a PostgreSQL server, with a database that has our tables and is copied for each test."""
    with cluster() as running:
        running.command(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
        open_database(running.url(TEMPLATE)).close()
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of an empty database with our tables: the test runs once on each engine."""
    if request.param == "sqlite":
        url = str(tmp_path / "hymio.db")
        open_database(url).close()
        yield url
        return
    with request.getfixturevalue("postgresql").database(TEMPLATE) as url:
        yield url


@pytest.fixture
def postgresql_alone() -> Iterator[Cluster]:
    """Give a PostgreSQL server of the test's own, to be killed."""
    with cluster() as running:
        yield running


# What `make matrix` shows: how often each test passed and failed when it last ran.
LAST_RUNS = Path(__file__).parents[1] / "build" / "last-runs.json"
outcomes: dict[str, Counter[str]] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count a test, all its parameters together."""
    if report.when == "call" or report.failed:
        outcomes.setdefault(report.nodeid.partition("[")[0], Counter())[report.outcome] += 1


def pytest_sessionfinish() -> None:
    """Keep the counts beside those of tests that ran another time; two runs at once never see half of a file."""
    known = json.loads(LAST_RUNS.read_text(encoding="utf-8")) if LAST_RUNS.exists() else {}
    LAST_RUNS.parent.mkdir(exist_ok=True)
    unfinished = LAST_RUNS.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(known | outcomes, indent=1, sort_keys=True), encoding="utf-8")
    unfinished.replace(LAST_RUNS)
