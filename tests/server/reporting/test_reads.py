"""Every report that rollups can answer reads rollups: no statement of it goes through responses or answers."""

import re
from datetime import date

import pytest
from starlette.testclient import TestClient

from broker_bridge.database.connect import connect
from server import database as of_requests
from server.app import create_app
from server.reporting import tallies
from server.reporting.sources import RESPONSES
from server.settings import Settings
from server.trial.history.county import Plan
from server.trial.history.generate import generate
from tests.benchmarks.addresses import MONTH, addresses, prepare

UNIT = "unit-001"
ADDRESSES = addresses(UNIT)
# What is missing is looked up by number, in the index of a journal; what was not understood has an index of its own.
BY_NUMBER = r"SEARCH \w+ USING (COVERING )?INDEX \w+ \(device_id=\? AND epoch=\? AND seq[<>=]\?\)"
NOT_UNDERSTOOD = r"(SCAN|SEARCH) \w+ USING (COVERING )?INDEX responses_not_understood\b.*"
ALLOWED = re.compile(f"{BY_NUMBER}|{NOT_UNDERSTOOD}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Give a folder with a made-up past."""
    folder = tmp_path_factory.mktemp("past")
    url = str(folder / "hymio.db")
    generate(url, Plan(2_000, date(2026, 11, 1), units=5), folder / "truth.json", lambda line: None)
    connection = connect(url)
    prepare(connection, UNIT)
    connection.close()
    return folder


@pytest.fixture
def reads(folder, monkeypatch):
    """Give a function that asks an address, and returns whether rollups were read, and how what may not be."""
    statements = []

    def traced(url):
        connection = connect(url)
        connection.raw.set_trace_callback(statements.append)
        return connection

    monkeypatch.setattr(of_requests, "connect", traced)

    def reads(address):
        statements.clear()
        with TestClient(create_app(Settings(folder)), "http://127.0.0.1:8765") as client:
            answer = client.get(address)
        assert answer.status_code == 200, answer.text
        connection = connect(str(folder / "hymio.db"))
        plans = [step for sql in {*statements} if "SELECT" in sql for step in plan(connection, sql)]
        connection.close()
        return any("rollup_" in sql for sql in statements), [step for step in plans if not ALLOWED.fullmatch(step)]

    return reads


def plan(connection, sql):
    """Return the steps of a statement that look into responses or answers, whatever name they have there."""
    names = {"responses", "answers"}
    names |= {each[1] for each in re.findall(r"\b(responses|answers)\s+AS\s+(\w+)", sql)}
    steps = [row["detail"] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()]
    return [step for step in steps if re.match(r"(SCAN|SEARCH) (\w+)", step) and step.split()[1] in names]


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_report_reads_rollups_only(reads, name):
    assert reads(ADDRESSES[name]) == (True, [])


@pytest.mark.parametrize("address", ["targets?year=2026", f"coverage?unit={UNIT}&from=2026-10-01&to=2026-11-01"])
def test_so_do_targets_and_coverage(reads, address):
    assert reads(f"/api/v1/{address}") == (True, [])


def test_what_was_released_is_read_from_the_release(folder, reads, monkeypatch):
    monkeypatch.setattr("server.publication.series.time.time", lambda: 1_806_526_800.0)  # April 2027
    with TestClient(create_app(Settings(folder)), "http://127.0.0.1:8765") as client:
        for path, asked in (("months", {"through": "2026-10"}), ("releases", {"audience": "county", "title": "Syksy"})):
            client.post(f"/api/v1/publication/smiley/{path}", json=asked).raise_for_status()

    for report in (f"comparison?by=unit&{MONTH}", f"ranking?by=unit&{MONTH}", "trend?step=month"):
        assert reads(f"/api/v1/reports/{report}&question=smiley&audience=county") == (False, [])


@pytest.mark.parametrize("name", ["summary_unit", "trend_month", "comparison_unit", "distribution_unit", "hours"])
def test_a_report_from_responses_is_caught(reads, monkeypatch, name):
    monkeypatch.setattr(tallies, "source_of", lambda *asked: RESPONSES)

    _, wrong = reads(ADDRESSES[name])

    assert wrong != []


def test_every_report_of_the_api_is_asked(folder):
    app = create_app(Settings(folder))

    paths = {path for path in app.openapi()["paths"] if path.startswith("/api/v1/reports/")}

    assert paths == {address.partition("?")[0] for address in ADDRESSES.values()}
