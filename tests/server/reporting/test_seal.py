"""Every answer says what was asked, what it lacks, until when data came in, by which rules, and its hash."""

import json
from datetime import date

import pytest
from starlette.testclient import TestClient

from broker_bridge.database.connect import connect
from broker_bridge.database.releases import sha256
from server.app import create_app
from server.reporting.filters import Asked
from server.reporting.reports import RULES, canonical, sealed
from server.settings import Settings
from server.trial.history.county import Plan
from server.trial.history.generate import generate
from tests.benchmarks.addresses import MONTH, addresses, prepare

UNIT = "unit-001"
ADDRESSES = addresses(UNIT) | {
    "comparison_device": f"/api/v1/reports/comparison?by=device&question=nps&unit={UNIT}",
    "comparison_background": f"/api/v1/reports/comparison?by=background&question=nps&{MONTH}",
    "labels": f"/api/v1/labels?question=smiley&unit={UNIT}",
    "completeness": f"/api/v1/completeness?unit={UNIT}",
    "coverage": "/api/v1/coverage?from=2026-09-01&to=2026-10-01",
    "responses": f"/api/v1/responses?unit={UNIT}&limit=10",
    "targets": "/api/v1/targets?year=2026",
}
# What is read and is no answer about responses, with the reason.
OTHERS = {
    "/api/v1/audit": "what somebody changed",
    "/api/v1/alarms": "what devices say is wrong with them",
    "/api/v1/crosswalk": "the registry, as it was imported",
    "/api/v1/devices": "the registry",
    "/api/v1/exports/national": "a file in a format of its own, kept as a release with its hash",
    "/api/v1/exports/national/schema": "a schema",
    "/api/v1/imports": "what was imported, and by whom",
    "/api/v1/placements": "the registry",
    "/api/v1/releases": "a list of what was released, each with its hash",
    "/api/v1/releases/{release_id}": "the bytes that went out, sealed when they did",
    "/api/v1/releases/{release_id}/today": "what is different, beside the hashes of both",
    "/api/v1/responses/export": "a file of responses, which has a row for each answer and no place for more",
    "/api/v1/service-class-links": "the registry",
    "/api/v1/service-classes": "the registry",
    "/api/v1/service-point-units": "the registry",
    "/api/v1/service-points": "the registry",
    "/api/v1/survey-templates": "the registry",
    "/api/v1/surveys": "the registry",
    "/api/v1/units": "the registry",
    "/api/v1/{owners}/{code}/opening-hours": "the registry",
    "/healthz": "whether the server is well",
}
FILTERS = {field.rstrip("_") for field in Asked.model_fields}
# What an address has instead of all filters, with the reason.
FEWER = {
    "/api/v1/completeness": {"device", "unit", "under", "service_point", "from", "to"},  # journals have no answers
    "/api/v1/coverage": {"device", "unit", "under", "service_point", "from", "to"},  # nor have days without any
    "/api/v1/targets": {"year", "unit", "question", "figure"},  # what a target is of
}
FIGURES = {"nps", "index", "mean", "share", "rate", "shrunken", "difference"}
# A difference has the n of each of its groups, which stand beside it.
WITHOUT_N = {"difference"}


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


@pytest.fixture(scope="module")
def client(folder):
    with TestClient(create_app(Settings(folder)), "http://127.0.0.1:8765") as client:
        yield client


def asked(folder, address):
    with TestClient(create_app(Settings(folder)), "http://127.0.0.1:8765") as client:
        answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer


@pytest.mark.parametrize("name", ADDRESSES)
def test_an_answer_is_sealed(client, name):
    report = client.get(ADDRESSES[name]).json()
    sealed_by = report.pop("hash")

    assert sealed_by == sha256(canonical(report))
    assert report["completeness"].keys() == {"gaps", "held", "gone", "lost", "rejected"}
    assert (report["rules"], report["suppressed_cells"]) == (RULES, 0)
    assert report["data_until"].endswith("Z")
    assert isinstance(report["filters"], dict)


@pytest.mark.parametrize("name", ADDRESSES)
def test_another_process_gives_the_same_bytes(folder, name):
    assert asked(folder, ADDRESSES[name]).content == asked(folder, ADDRESSES[name]).content


def described(client):
    """Return what the API describes to be read, by path."""
    paths = client.app.openapi()["paths"]
    return {path: methods["get"] for path, methods in paths.items() if "get" in methods}


def without_what_it_needs(told):
    """Yield every part of an answer that has a figure without its interval, or an interval without its n."""
    for part in told.values() if isinstance(told, dict) else told if isinstance(told, list) else ():
        yield from without_what_it_needs(part)
    if isinstance(told, dict):
        figures = FIGURES & told.keys()
        has_n = "n" in told or (figures & WITHOUT_N and all("n" in told[group] for group in ("one", "other")))
        if (figures and "interval" not in told) or ("interval" in told and not has_n):
            yield told


def test_whatever_the_api_describes_is_sealed_or_says_why_it_is_not(client):
    asked_here = {address.partition("?")[0] for address in ADDRESSES.values()}

    assert {*described(client)} == asked_here | {*OTHERS}
    assert not asked_here & {*OTHERS}


@pytest.mark.parametrize("name", ADDRESSES)
def test_no_figure_is_without_n_and_interval(client, name):
    assert list(without_what_it_needs(client.get(ADDRESSES[name]).json())) == []


def test_a_figure_without_n_or_interval_is_found(client):
    report = client.get(ADDRESSES["comparison_unit"]).json()
    for name in ("n", "interval"):
        wrong = json.loads(json.dumps(report))
        del wrong["groups"][0]["questions"][0][name]
        assert len(list(without_what_it_needs(wrong))) == 1


def test_every_answer_takes_the_same_filters_and_an_audience(client):
    for path, operation in described(client).items():
        if path not in OTHERS:
            known = {each["name"] for each in operation["parameters"]}
            assert known >= FEWER.get(path, FILTERS) | {"audience"}, path


@pytest.mark.parametrize("name", ADDRESSES)
def test_nothing_that_was_not_released_leaves_the_unit(client, name):
    answer = client.get(f"{ADDRESSES[name]}&audience=public".replace("response-rate&", "response-rate?"))

    assert (answer.status_code, answer.json()["where"]) in {
        (403, "audience"),
        (403, "question"),
        (403, "service_point"),
        (403, "device"),
        (404, "question"),
    }


def test_any_other_figure_has_another_hash():
    one, other = (sealed({"report": "summary", "n": n}, "2026-11-01T00:00:00Z") for n in (1, 2))

    assert one["hash"] != other["hash"]
    assert one["hash"] != sealed({"report": "summary", "n": 1}, "2026-11-02T00:00:00Z")["hash"]


def test_what_is_suppressed_is_counted():
    groups = [{"suppressed": True}, {"suppressed": False}, {"suppressed": True}]

    assert sealed({"groups": groups}, None)["suppressed_cells"] == 2
    assert sealed({"suppressed": True}, None)["suppressed_cells"] == 1
