"""Completeness, alarms and health."""

import json

from broker_bridge.ingest import Received, ingest
from tests.server.conftest import RECEIVED_S


def test_completeness_is_a_list_of_journals_with_gaps_by_number(client, press):
    press(seq=1)
    press(seq=4)
    press("box-2")

    journals = client.get("/api/v1/completeness").json()

    assert [(each["device_id"], each["highest_seq"], each["stored"], each["gaps"]) for each in journals] == [
        ("box-1", 4, 2, [[2, 3]]),
        ("box-2", 1, 1, []),
    ]
    assert journals[0]["heard_at"] == "2027-03-31T21:00:00Z"


def test_completeness_of_one_device_or_unit(client, press):
    press()
    press("box-2")

    assert [each["device_id"] for each in client.get("/api/v1/completeness?device_id=box-2").json()] == ["box-2"]
    assert [each["device_id"] for each in client.get("/api/v1/completeness?unit=kokkola").json()] == ["box-1"]
    assert client.get("/api/v1/completeness?device_id=box-9").status_code == 404
    assert client.get("/api/v1/completeness?unit=nowhere").status_code == 404


def test_what_an_unknown_device_said_is_listed_as_rejected(client, county):
    payload = json.dumps({"v": 1, "epoch": "e1"}).encode()
    ingest(county, [Received("hymio/v1/box-9/up/hello", payload, False, RECEIVED_S * 1000)], RECEIVED_S * 1000)

    of_box, every = (client.get(f"/api/v1/completeness{query}").json() for query in ("?device_id=box-9", ""))

    assert of_box == every
    assert [(each["device_id"], each["epoch"], each["rejected"]) for each in of_box] == [("box-9", "e1", 1)]


def test_alarms_are_listed(client, county):
    payload = json.dumps({"v": 1}).encode()
    ingest(county, [Received("hymio/v1/box-9/up/hello", payload, False, RECEIVED_S * 1000)], RECEIVED_S * 1000)

    alarms = client.get("/api/v1/alarms").json()

    assert [(each["device_id"], each["times"], each["last_at"]) for each in alarms] == [
        ("box-9", 1, "2027-03-31T21:00:00Z")
    ]


def test_health_is_that_of_the_database(client, settings):
    assert (client.get("/healthz").status_code, client.get("/healthz").json()["status"]) == (200, "ok")

    for path in settings.data.iterdir():
        path.unlink()

    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "unwell")
