"""Every error is a problem that a program can read."""

import pytest

from broker_bridge.database.connect import connect
from server.problems import short
from tests.server.conftest import CLASSES


def test_an_unknown_address_is_a_problem(client):
    answer = client.get("/api/v1/nothing")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["where"] == "/api/v1/nothing"


def test_a_wrong_method_is_a_problem_that_says_which_are_right(client):
    answer = client.delete("/api/v1/units")

    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert answer.headers["allow"]


def test_a_locked_database_is_503_and_nothing_is_stored(client, settings, monkeypatch):
    monkeypatch.setattr("broker_bridge.database.sqlite.BUSY_TIMEOUT_MS", 10)
    monkeypatch.setattr("broker_bridge.database.postgresql.LOCK_TIMEOUT_MS", 10)
    other = connect(settings.database)
    other.begin()
    if other.engine == "postgresql":
        other.execute("LOCK TABLE units IN EXCLUSIVE MODE")

    answer = client.post("/api/v1/units", json={"code": "salla", "name": "Salla"})

    other.execute("ROLLBACK")
    other.close()
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:hymio:problem:database")
    assert client.get("/api/v1/units").json() == []


@pytest.mark.parametrize(
    ("value", "shown"), [(5, 5), (None, None), ("x" * 300, "x" * 197 + "..."), ([1], "[1]"), (b"\xff", "b'\\xff'")]
)
def test_a_value_is_shown_short(value, shown):
    assert short(value) == shown


@pytest.mark.parametrize(
    ("address", "where", "allowed"),
    [
        ("/api/v1/nothing", "/api/v1/nothing", "an address that /openapi.json describes"),
        ("/api/v1/units/kokkola", "/api/v1/units/kokkola", "PATCH"),
        ("/api/v1/reports/summary?unit=kokkola&unit=salla", "unit", "one value; there was 'kokkola' before"),
        ("/api/v1/reports/ranking", "question", "one question of one kind that has a figure"),
        ("/api/v1/reports/summary?unit=kokkola&under=salla", "unit", "a unit under salla: salla"),
        ("/api/v1/completeness?unit=kokkola&under=salla", "unit", "a unit under salla: salla"),
    ],
)
def test_every_error_says_where_and_what_to_do(client, county, address, where, allowed):
    said = client.get(address).json()

    assert (said["where"], said["allowed"].split(", ")[0]) == (where, allowed)
    assert "None" not in said["detail"]


def test_a_class_of_another_list_is_refused(client, county):
    for scheme in ("one", "other"):
        content = CLASSES if scheme == "one" else CLASSES.replace("9012", "9013")
        client.post(f"/api/v1/service-classes/import?scheme={scheme}", content=content).raise_for_status()

    answers = [client.get(f"/api/v1/reports/summary?service_class=9012&scheme={scheme}") for scheme in ("one", "other")]

    assert [answer.status_code for answer in answers] == [200, 404]
    assert answers[1].json()["where"] == "service_class"
