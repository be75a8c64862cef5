"""An older system's file on its way in: previewed, imported once, counted by reports, listed, undone."""

import json

import pytest

from tests.server.imports.test_older import BY_PRESS

IMPORTS = "/api/v1/imports"
PLACES = {"Lobby": "salla-aula", "Health": "kokkola-aula", "Roof": None}
MAPPING = BY_PRESS | {"places": PLACES, "values": {"Sad": 1, "So so": 3, "Happy": 5}}
FILE = "Time;Point;Smiley\n" + "\n".join(
    ["03.11.2025 12:00:05;Lobby;Happy"] * 3
    + ["03.11.2025 12:00:09;Health;Sad", "04.11.2025 12:00:09;Roof;Sad", "05.11.2025 09:00:00;Lobby;So so"]
)
CLASSES = "code,name_fi\n2536,Vastaanotto\n"


def send(client, file=FILE, mapping=MAPPING, **asked):
    said = asked.pop("said", {"who": "Aino", "why": "moving"})
    files = {"file": ("old.csv", file.encode()), "mapping": ("mapping.json", json.dumps(mapping).encode())}
    return client.post(IMPORTS, params=asked, files=files, data=said)


@pytest.fixture
def linked(client, county):
    client.post("/api/v1/service-classes/import?scheme=test", content=CLASSES)
    link = {"unit": "salla", "scheme": "test", "code": "2536", "valid_from": "2025-01-01", "valid_to": "2025-11-05"}
    assert client.post("/api/v1/service-class-links", json=link).status_code == 201
    return client


def test_a_preview_says_what_would_be_stored_and_stores_nothing(linked):
    told = send(linked, preview=True).json()

    assert (told["rows"], told["responses"], told["left_out"], told["refused"], told["ready"]) == (6, 5, 1, 0, True)
    assert (told["from"], told["to"]) == ("2025-11-03T10:00:05Z", "2025-11-05T07:00:01Z")
    assert [(each["place"], each["rows"], each["service_point"]) for each in told["places"]] == [
        ("Health", 1, "kokkola-aula"), ("Lobby", 4, "salla-aula"), ("Roof", 1, None)
    ]  # fmt: skip
    assert [(each["word"], each["n"], each["value"]) for each in told["values"]] == [
        ("Sad", 2, 1), ("So so", 1, 3), ("Happy", 3, 5)
    ]  # fmt: skip
    assert [(each["unit"], each["service_class"], each["responses"]) for each in told["attached"]] == [
        ("kokkola", None, 1), ("salla", "2536", 3), ("salla", None, 1)
    ]  # fmt: skip
    assert linked.get(IMPORTS).json() == []


def test_an_import_is_counted_by_reports_and_told_apart(linked):
    done = send(linked).json()

    assert done == {"id": 1, "new": True, "n": 5}
    report = linked.get("/api/v1/reports/summary?unit=salla&question=smiley").json()
    assert (report["n"], report["distribution"]) == (4, {"1": 0, "2": 0, "3": 1, "4": 0, "5": 3})
    assert linked.get("/api/v1/reports/summary?channel=imported").json()["responses"] == 5
    assert linked.get("/api/v1/reports/summary?channel=button").json()["responses"] == 0
    groups = linked.get("/api/v1/reports/comparison?by=channel").json()["groups"]
    assert [(group["channel"], group["responses"]) for group in groups] == [("imported", 5)]
    classes = linked.get("/api/v1/reports/comparison?by=service_class&unit=salla").json()["groups"]
    assert {group["service_class"]: group["responses"] for group in classes} == {None: 1, "2536": 3}


def test_completeness_and_coverage_know_what_was_imported(linked):
    send(linked)

    journals = linked.get("/api/v1/completeness?unit=salla").json()["journals"]
    assert [(each["device_id"], each["import_id"], each["stored"]) for each in journals] == [("import-1-2", 1, 4)]
    coverage = linked.get("/api/v1/coverage?from=2025-11-01&to=2025-11-10&unit=salla").json()["places"]
    days = {each["day"]: each["state"] for part in coverage for each in part["days"] if part["device_id"] != "box-2"}
    assert days == {"2025-11-03": "answered", "2025-11-04": "unknown", "2025-11-05": "answered"}


def test_the_same_file_twice_is_stored_once(linked):
    send(linked)
    again = send(linked)

    assert (again.status_code, again.json()) == (200, {"id": 1, "new": False, "n": 5})
    assert send(linked, preview=True).json()["import_id"] == 1
    assert linked.get("/api/v1/reports/summary").json()["responses"] == 5


def test_an_import_is_listed_and_undone(linked):
    send(linked)
    undone = linked.post(f"{IMPORTS}/1/undo", json={"who": "Eino", "why": "twice"})

    assert undone.json() == {"id": 1, "new": True, "n": 5}
    assert linked.get("/api/v1/reports/summary").json()["responses"] == 0
    (listed,) = linked.get(IMPORTS).json()
    assert listed["mapping"]["places"] == PLACES
    assert (listed["file"], listed["who"], listed["undone_at"] is None) == ("old.csv", "Aino", False)
    assert [(each["service_point"], each["n"]) for each in listed["service_points"]] == [
        ("kokkola-aula", 1), ("salla-aula", 4)
    ]  # fmt: skip
    assert [row["who"] for row in linked.get("/api/v1/audit").json()][:2] == ["Eino", "Aino"]
    assert send(linked).json() == {"id": 2, "new": True, "n": 5}


def test_an_empty_mapping_shows_what_has_to_be_mapped(client, county):
    told = send(client, mapping=MAPPING | {"places": {}}, preview=True).json()

    assert (told["ready"], told["refused"]) == (False, 6)
    assert [(each["place"], each["mapped"]) for each in told["places"]] == [
        ("Health", False), ("Lobby", False), ("Roof", False)
    ]  # fmt: skip
    assert "row 2, column Point: 'Lobby'" in told["mistakes"][1]


def test_a_preview_warns_of_what_reports_by_hour_could_not_say(client, county):
    days = "Time;Point;Smiley\n03.11.2025;Lobby;Happy\n"
    by_day = send(client, days, MAPPING | {"at_format": "%d.%m.%Y"}, preview=True).json()

    assert [text.partition(":")[0] for text in by_day["warnings"]] == ["each row stands for 24 hours or more"]
    assert (by_day["ready"], send(client, preview=True).json()["warnings"]) == (True, [])


def test_a_preview_tells_every_reason_at_once(client, county):
    mapping = MAPPING | {"places": {**PLACES, "Lobby": "cellar"}, "survey": "other@1"}
    told = send(client, FILE + "\n1.1.2025;Lobby;Happy", mapping, preview=True).json()

    assert [mistake.partition(":")[0] for mistake in told["mistakes"]] == [
        "mapping.survey", "mapping.places", "row 8, column Time"
    ]  # fmt: skip


def test_with_one_row_that_cannot_be_read_nothing_is_imported(client, county):
    refusal = send(client, FILE + "\nx;Lobby;Happy\ny;Lobby;Happy")

    assert (refusal.status_code, refusal.json()["where"]) == (422, "row 8, column Time")
    assert "1 more rows are refused" in refusal.json()["detail"]
    assert client.get(IMPORTS).json() == []


def test_a_form_without_the_mapping_is_refused(client, county):
    refusal = client.post(IMPORTS, files={"file": ("old.csv", FILE.encode())})

    assert (refusal.status_code, refusal.json()["where"]) == (422, "mapping")


def test_an_import_that_is_not_there_cannot_be_undone(client, county):
    assert client.post(f"{IMPORTS}/7/undo", json={}).status_code == 404


def test_what_was_imported_can_be_read_one_by_one_doubted_and_exported(linked):
    send(linked)

    read = linked.get("/api/v1/responses?channel=imported").json()["responses"]
    assert [(each["device_id"], each["at"], each["n"]) for each in read][:2] == [
        ("import-1-1", "2025-11-03T10:00:09Z", 1), ("import-1-2", "2025-11-03T10:00:05Z", 1)
    ]  # fmt: skip
    assert linked.get("/api/v1/labels?question=smiley").json()["everything"]["n"] == 5
    assert len(linked.get("/api/v1/responses/export?format=jsonl&channel=imported").content.splitlines()) == 5
    assert linked.get("/", headers={"Accept-Language": "fi"}).status_code == 200
