"""Every answer says what was asked, what it lacks, until when data came in, by which rules, and its hash."""

from datetime import date

import pytest
from starlette.testclient import TestClient

from broker_bridge.database.connect import connect
from broker_bridge.database.releases import sha256
from server.app import create_app
from server.reporting.reports import RULES, canonical, sealed
from server.settings import Settings
from server.trial.history.county import Plan
from server.trial.history.generate import generate
from tests.benchmarks.addresses import addresses, prepare

UNIT = "unit-001"
ADDRESSES = addresses(UNIT) | {
    "labels": f"/api/v1/labels?question=smiley&unit={UNIT}",
    "completeness": f"/api/v1/completeness?unit={UNIT}",
    "coverage": "/api/v1/coverage?from=2026-09-01&to=2026-10-01",
    "responses": f"/api/v1/responses?unit={UNIT}&limit=10",
    "targets": "/api/v1/targets?year=2026",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("past")
    generate(
        str(folder / "hymio.db"), Plan(1_500, date(2026, 11, 1), units=4), folder / "truth.json", lambda line: None
    )
    connection = connect(folder / "hymio.db")
    prepare(connection, UNIT)
    connection.close()
    return folder


def asked(folder, address):
    with TestClient(create_app(Settings(folder)), "http://127.0.0.1:8765") as client:
        answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_answer_is_sealed(folder, name):
    report = asked(folder, ADDRESSES[name]).json()
    sealed_by = report.pop("hash")

    assert sealed_by == sha256(canonical(report))
    assert report["completeness"].keys() == {"gaps", "held", "gone", "lost", "rejected"}
    assert (report["rules"], report["suppressed_cells"]) == (RULES, 0)
    assert report["data_until"].endswith("Z")
    assert isinstance(report["filters"], dict)


@pytest.mark.parametrize("name", ADDRESSES)
def test_another_process_gives_the_same_bytes(folder, name):
    assert asked(folder, ADDRESSES[name]).content == asked(folder, ADDRESSES[name]).content


def test_any_other_figure_has_another_hash():
    one, other = (sealed({"report": "summary", "n": n}, "2026-11-01T00:00:00Z") for n in (1, 2))

    assert one["hash"] != other["hash"]
    assert one["hash"] != sealed({"report": "summary", "n": 1}, "2026-11-02T00:00:00Z")["hash"]


def test_what_is_suppressed_is_counted():
    groups = [{"suppressed": True}, {"suppressed": False}, {"suppressed": True}]

    assert sealed({"groups": groups}, None)["suppressed_cells"] == 2
    assert sealed({"suppressed": True}, None)["suppressed_cells"] == 1
