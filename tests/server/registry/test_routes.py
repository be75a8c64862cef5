"""The registry over HTTP, as an installer's program uses it."""

import pytest

from tests.server.conftest import CLASSES, SURVEY

API = "/api/v1"
UNIT = {"code": "kokkola", "name": {"fi": "Kokkolan terveysasema"}, "time_zone": "Europe/Helsinki"}
POINT = {"code": "aula", "unit": "kokkola", "name": {"fi": "Aula"}}
BOX = {"device_id": "box-0001", "model": "button-5"}
PLACED = {"device_id": "box-0001", "service_point": "aula", "valid_from": "2026-01-01", "valid_to": None}
LINK = {"unit": "kokkola", "scheme": "aura-test", "code": "9011", "valid_from": "2026-01-01", "valid_to": None}


@pytest.fixture
def post(client):
    def post(path, **fields):
        return client.post(f"{API}/{path}", json=fields)

    return post


@pytest.fixture
def registered(client, post):
    """Give a client of a server that knows a unit with a point, a box and three classes."""
    client.post(f"{API}/service-classes/import?scheme=aura-test", content=CLASSES, headers={"Content-Type": "text/csv"})
    for path, fields in (("units", UNIT), ("service-points", POINT), ("surveys", SURVEY), ("devices", BOX)):
        assert post(path, **fields).status_code == 201
    return client


@pytest.mark.parametrize(
    ("path", "fields", "other"),
    [
        ("units", UNIT, {"name": {"fi": "Toinen"}}),
        ("service-points", POINT, {"name": "Toinen"}),
        ("devices", BOX, {"model": "kiosk"}),
        ("surveys", SURVEY, {"languages": ["fi"]}),
        ("placements", PLACED, {"valid_from": "2026-05-01"}),
        ("service-class-links", LINK, {"code": "9012"}),
    ],
)
def test_created_once_the_same_again_and_a_conflict(registered, post, path, fields, other):
    post(path, **fields)

    assert post(path, **fields).status_code == 200
    refusal = post(path, **fields | other)
    assert refusal.status_code == 409
    assert refusal.headers["content-type"] == "application/problem+json"
    assert refusal.json().keys() == {"type", "title", "status", "detail", "where", "value", "allowed"}


def test_what_was_added_is_listed(registered, post):
    post("placements", **PLACED)
    post("service-class-links", **LINK)

    assert registered.get(f"{API}/units").json() == [UNIT | {"oid": None, "provider": None, "parent": None}]
    assert registered.get(f"{API}/service-points").json() == [POINT]
    device = registered.get(f"{API}/devices").json()[0]
    assert (device["device_id"], device["channel"], device["languages"]) == ("box-0001", "button", [])
    assert registered.get(f"{API}/placements").json() == [
        {
            "id": 1,
            "device_id": "box-0001",
            "service_point": "aula",
            "valid_from": "2025-12-31T22:00:00Z",
            "valid_to": None,
        }
    ]
    assert registered.get(f"{API}/service-class-links").json()[0]["code"] == "9011"
    assert registered.get(f"{API}/surveys").json() == [SURVEY]
    assert [each["code"] for each in registered.get(f"{API}/service-classes?scheme=aura-test").json()] == [
        "9010", "9011", "9012"
    ]  # fmt: skip


def test_a_name_may_be_a_text_of_no_stated_language(client, post):
    assert post("units", code="salla", name="Salla").json()["name"] == {"und": "Salla"}


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("2026-01-01", "2025-12-31T22:00:00Z"),
        ("2026-07-01", "2026-06-30T21:00:00Z"),
        ("2026-01-01T08:00:00+02:00", "2026-01-01T06:00:00Z"),
        ("2026-01-01T08:00:00Z", "2026-01-01T08:00:00Z"),
        (1_767_225_600, "2026-01-01T00:00:00Z"),
        (None, None),
    ],
)
def test_a_range_begins_where_it_is_said(registered, post, given, shown):
    assert post("placements", **PLACED | {"valid_from": given}).status_code == 201

    assert registered.get(f"{API}/placements").json()[0]["valid_from"] == shown


def test_a_day_begins_at_midnight_of_the_unit(client, post):
    post("units", code="asten", name={"sv": "Åsten"}, time_zone="Europe/Stockholm")
    post("service-points", code="aula", unit="asten", name={"sv": "Aula"})
    post("devices", **BOX)
    post("placements", **PLACED)

    assert client.get(f"{API}/placements").json()[0]["valid_from"] == "2025-12-31T23:00:00Z"


@pytest.mark.parametrize(
    "given",
    ["2026-01-01T08:00:00", "1.1.2026", "20260101", "2026-13-01", "2026-01-01T25:00:00Z", "", 1_767_225_600_000],
)
def test_a_moment_that_nobody_can_be_sure_of_is_refused(registered, post, given):
    refusal = post("placements", **PLACED | {"valid_from": given})

    assert (refusal.status_code, refusal.json()["where"]) == (422, "valid_from")


@pytest.mark.parametrize("given", [1.5, True, ["2026-01-01"]])
def test_a_moment_is_a_text_or_an_integer(registered, post, given):
    assert post("placements", **PLACED | {"valid_from": given}).status_code == 422


@pytest.mark.parametrize(
    ("path", "fields", "where"),
    [
        ("service-points", POINT | {"unit": "nowhere"}, "unit"),
        ("devices", {"device_id": "box-0002", "model": "button-5", "survey": "none@1"}, "survey"),
        ("placements", PLACED | {"device_id": "box-9999"}, "device_id"),
        ("placements", PLACED | {"service_point": "nowhere"}, "service_point"),
        ("service-class-links", LINK | {"code": "9999"}, "code"),
        ("service-class-links", LINK | {"scheme": "none"}, "code"),
    ],
)
def test_a_reference_to_nothing_is_404_and_says_what_there_is(registered, post, path, fields, where):
    refusal = post(path, **fields)

    assert (refusal.status_code, refusal.json()["where"]) == (404, where)
    assert "stored" in refusal.json()["allowed"] or "scheme" in refusal.json()["allowed"]


@pytest.mark.parametrize(
    ("path", "fields", "where"),
    [
        ("units", {"name": {"fi": "Nimi"}}, "code"),
        ("units", UNIT | {"time_zone": "Helsinki"}, "time_zone"),
        ("units", UNIT | {"code": 5}, "code"),
        ("units", UNIT | {"nmae": "x"}, "nmae"),
        ("placements", PLACED | {"valid_until": "2026-05-01"}, "valid_until"),
        ("placements", PLACED | {"valid_to": "2025-12-31"}, "valid_to"),
        ("service-class-links", LINK | {"service_point": "aula"}, "unit"),
        ("surveys", {"survey": "x"}, "survey"),
    ],
)
def test_what_is_not_allowed_is_422_and_named(registered, post, path, fields, where):
    refusal = post(path, **fields)

    assert (refusal.status_code, refusal.json()["where"]) == (422, where)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"x"', b"\xff"])
def test_a_body_that_is_no_object_is_a_problem(client, body):
    refusal = client.post(f"{API}/units", content=body, headers={"Content-Type": "application/json"})

    assert refusal.status_code == (400 if body in (b"{", b"\xff") else 422)
    assert refusal.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("units", b'{"code": "x", "name": "\\ud800"}'),
        ("units", b'{"code": "x", "name": "x", "\\ud800": 1}'),
        ("placements", b'{"device_id": "box-1", "service_point": "aula", "valid_from": NaN}'),
        ("placements", b'{"device_id": "box-1", "service_point": "aula", "valid_from": 1e400}'),
        ("surveys", b'{"survey": NaN, "questions": [{"id": "x", "kind": "nps", "text": {"fi": "x"}}]}'),
    ],
)
def test_what_json_cannot_say_back_is_a_problem_too(registered, client, path, body):
    refusal = client.post(f"{API}/{path}", content=body, headers={"Content-Type": "application/json"})

    assert refusal.status_code == 422
    assert refusal.json()["status"] == 422


def test_a_coarse_class_is_linked_with_a_warning(registered, post):
    warnings = post("service-class-links", **LINK | {"code": "9010"}).json()["warnings"]

    assert len(warnings) == 1
    assert "coarse" in warnings[0]


def test_an_end_can_be_set_and_opened(registered, post):
    placed = post("placements", **PLACED).json()
    linked = post("service-class-links", **LINK).json()

    for path, row in (("placements", placed), ("service-class-links", linked)):
        ended = registered.patch(f"{API}/{path}/{row['id']}", json={"valid_to": "2026-06-01"})
        assert (ended.status_code, ended.json()["valid_to"]) == (200, "2026-05-31T21:00:00Z")
        opened = registered.patch(f"{API}/{path}/{row['id']}", json={"valid_to": None})
        assert opened.json()["valid_to"] is None
        assert registered.patch(f"{API}/{path}/99", json={"valid_to": None}).status_code == 404
        assert registered.patch(f"{API}/{path}/{row['id']}", json={"valid_to": "2025-01-01"}).status_code == 422


def test_a_device_changes_its_survey_and_is_revoked(registered):
    changed = registered.patch(f"{API}/devices/box-0001", json={"survey": "reception@3", "languages": ["sv"]}).json()
    revoked = registered.patch(f"{API}/devices/box-0001", json={"status": "revoked"}).json()

    assert (changed["survey"], changed["languages"], changed["status"]) == ("reception@3", ["sv"], "registered")
    assert (revoked["survey"], revoked["status"]) == ("reception@3", "revoked")
    assert registered.patch(f"{API}/devices/box-9999", json={"status": "revoked"}).status_code == 404
    assert registered.patch(f"{API}/devices/box-0001", json={"status": "registered"}).status_code == 422


def test_a_survey_tells_what_is_untranslated(client, post):
    assert post("surveys", **SURVEY).json() == {
        "survey": "reception@3",
        "warnings": [
            "reason has no text in sv", "reason.waiting has no text in sv", "reason.staff has no text in sv",
            "text has no text in sv",
        ],
    }  # fmt: skip


OID = "1.2.246.10.99999990.10.1"


def test_a_unit_says_who_provides_and_where_it_belongs(registered, post):
    added = post("units", code="salla", name="Salla", oid=OID, provider="1234567-8", parent="kokkola")

    assert (added.status_code, added.json()["oid"], added.json()["parent"]) == (201, OID, "kokkola")
    changed = registered.patch(f"{API}/units/salla", json={"parent": None, "name": {"fi": "Sallan neuvola"}})
    assert changed.json() == {
        "code": "salla", "name": {"fi": "Sallan neuvola"}, "time_zone": "Europe/Helsinki", "oid": OID,
        "provider": "1234567-8", "parent": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "fields", "status", "where"),
    [
        ("units/kokkola", {"oid": "1.2.3"}, 422, "oid"),
        ("units/kokkola", {"parent": "kokkola"}, 409, "parent"),
        ("units/kokkola", {"parent": "nowhere"}, 404, "parent"),
        ("units/kokkola", {"time_zone": None}, 422, "time_zone"),
        ("units/kokkola", {"name": None}, 422, "name"),
        ("units/nowhere", {"provider": None}, 404, "code"),
    ],
)
def test_a_change_of_a_unit_that_cannot_be_is_refused(registered, path, fields, status, where):
    refusal = registered.patch(f"{API}/{path}", json=fields)

    assert (refusal.status_code, refusal.json()["where"]) == (status, where)


def test_opening_hours_are_listed_as_they_were_given(registered):
    week = {"valid_from": "2026-01-01", "week": {"mon": ["08:00-16:00"]}}
    registered.put(f"{API}/units/kokkola/opening-hours", json=week)
    registered.put(f"{API}/units/kokkola/opening-hours/2026-12-24", json={"hours": [], "note": "jouluaatto"})

    told = registered.get(f"{API}/units/kokkola/opening-hours").json()

    assert told["weeks"][0]["week"] == {
        "mon": ["08:00-16:00"], "tue": [], "wed": [], "thu": [], "fri": [], "sat": [], "sun": []
    }  # fmt: skip
    assert told["exceptions"] == [{"day": "2026-12-24", "hours": [], "note": "jouluaatto"}]
    assert registered.get(f"{API}/service-points/aula/opening-hours").json() == {"weeks": [], "exceptions": []}
    assert registered.get(f"{API}/units/nowhere/opening-hours").status_code == 404
    wrong = registered.put(f"{API}/units/kokkola/opening-hours", json=week | {"week": {"mon": ["16:00-08:00"]}})
    assert (wrong.status_code, wrong.json()["where"]) == (422, "week.mon")
