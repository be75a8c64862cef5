"""Completeness, coverage, alarms and health."""

import json

from broker_bridge.ingest import Received, ingest
from tests.server.conftest import EPOCH, NOON_S, RECEIVED_S


def test_completeness_is_a_list_of_journals_with_gaps_by_number(client, press):
    press(seq=1)
    press(seq=4)
    press("box-2")

    journals = client.get("/api/v1/completeness").json()["journals"]

    assert [(each["device_id"], each["highest_seq"], each["stored"], each["gaps"]) for each in journals] == [
        ("box-1", 4, 2, [[2, 3]]),
        ("box-2", 1, 1, []),
    ]
    assert journals[0]["heard_at"] == "2027-03-31T21:00:00Z"


def test_completeness_of_one_device_or_unit(client, press):
    press()
    press("box-2")

    def devices(asked):
        return [each["device_id"] for each in client.get(f"/api/v1/completeness?{asked}").json()["journals"]]

    assert devices("device=box-2") == ["box-2"]
    assert devices("unit=kokkola") == ["box-1"]
    assert client.get("/api/v1/completeness?device=box-9").status_code == 404
    assert client.get("/api/v1/completeness?unit=nowhere").status_code == 404


def test_what_an_unknown_device_said_is_listed_as_rejected(client, county):
    payload = json.dumps({"v": 1, "epoch": "e1"}).encode()
    ingest(county, [Received("hymio/v1/box-9/up/hello", payload, False, RECEIVED_S * 1000)], RECEIVED_S * 1000)

    of_box, every = (client.get(f"/api/v1/completeness{query}").json()["journals"] for query in ("?device=box-9", ""))

    assert of_box == every
    assert [(each["device_id"], each["epoch"], each["rejected"]) for each in of_box] == [("box-9", "e1", 1)]


def test_alarms_are_listed(client, county):
    payload = json.dumps({"v": 1}).encode()
    ingest(county, [Received("hymio/v1/box-9/up/hello", payload, False, RECEIVED_S * 1000)], RECEIVED_S * 1000)

    alarms = client.get("/api/v1/alarms").json()

    assert [(each["device_id"], each["times"], each["last_at"]) for each in alarms] == [
        ("box-9", 1, "2027-03-31T21:00:00Z")
    ]


def test_health_is_that_of_the_database(client, connection):
    assert (client.get("/healthz").status_code, client.get("/healthz").json()["status"]) == (200, "ok")

    connection.execute("ALTER TABLE units RENAME TO gone")

    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unwell")


def test_what_is_missing_has_a_reason_and_the_moments_between_which_it_was_made(client, press):
    press(seq=1)
    press(seq=4, at=NOON_S + 3600)

    (journal,) = client.get("/api/v1/completeness").json()["journals"]
    before = client.get("/api/v1/completeness?to=2026-11-22").json()["journals"][0]["missing"]
    after = client.get("/api/v1/completeness?from=2026-11-22T13:00:01%2B02:00").json()["journals"][0]["missing"]

    assert journal["missing"] == [
        {
            "first": 2,
            "last": 3,
            "why": "awaited",
            "after_at": "2026-11-22T10:00:00Z",
            "before_at": "2026-11-22T11:00:00Z",
        }
    ]
    assert before == after == []


def test_coverage_tells_a_quiet_day_from_one_of_which_nothing_is_known(client, county, press):
    press(at=NOON_S)
    hello = {"v": 1, "epoch": EPOCH, "boot": 7, "uptime_s": 36 * 3600, "next_seq": 2}
    midnight_ms = (NOON_S + 36 * 3600) * 1000  # between the 23rd and the 24th
    ingest(county, [Received("hymio/v1/box-1/up/hello", json.dumps(hello).encode(), False, midnight_ms)], midnight_ms)

    (box,) = client.get("/api/v1/coverage?unit=kokkola&from=2026-11-21&to=2026-11-25").json()["places"]

    assert (box["device_id"], box["service_point"]) == ("box-1", "kokkola-aula")
    assert [(each["day"], each["state"], each["running"], each["responses"]) for each in box["days"]] == [
        ("2026-11-21", "unknown", 0, 0),
        ("2026-11-22", "answered", 0.5, 1),
        ("2026-11-23", "quiet", 1, 0),
        ("2026-11-24", "unknown", 0, 0),
    ]
    assert (box["answered"], box["quiet"], box["unknown"]) == (1, 1, 2)


def test_coverage_is_of_four_weeks_unless_another_period_is_asked_about(client, county):
    boxes = client.get("/api/v1/coverage").json()["places"]

    assert [each["device_id"] for each in boxes] == ["box-1", "box-2"]
    assert {len(each["days"]) for each in boxes} == {28}
    assert [len(each["days"]) for each in client.get("/api/v1/coverage?device=box-2").json()["places"]] == [28]
    assert client.get("/api/v1/coverage?from=2020-01-01").status_code == 422
    assert client.get("/api/v1/coverage?unit=nowhere").status_code == 404


def test_units_under_another_are_asked_about_together(client, press):
    press("box-1")
    press("box-2")
    client.patch("/api/v1/units/salla", json={"parent": "kokkola"}).raise_for_status()
    period = "from=2026-11-22&to=2026-11-23"

    def boxes(name, address, under):
        return {each["device_id"] for each in client.get(f"/api/v1/{address}under={under}").json()[name]}

    for name, address in (("journals", "completeness?"), ("places", f"coverage?{period}&")):
        assert boxes(name, address, "kokkola") == {"box-1", "box-2"}
        assert boxes(name, address, "salla") == {"box-2"}
