"""Every error is a problem that a program can read."""

import pytest

from broker_bridge.database.connect import connect
from server.problems import short


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
