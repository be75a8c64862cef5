"""CSV files over HTTP, as a program sends them and as a form does."""

import pytest

from tests.server.conftest import CLASSES

CLASSES_OF_TEST = "/api/v1/service-classes/import?scheme=test"


def send_raw(client, path, content):
    return client.post(path, content=content, headers={"Content-Type": "text/csv"})


def send_form(client, path, content):
    return client.post(path, files={"file": ("classes.csv", content, "text/csv")}, data={"note": "ignored"})


@pytest.mark.parametrize("send", [send_raw, send_form])
def test_classes_are_imported_from_a_body_or_a_form(client, send):
    answer = send(client, CLASSES_OF_TEST, CLASSES.encode())

    assert (answer.status_code, answer.json()) == (
        200, {"scheme": "test", "imported": 3, "new": 3, "changed": 0, "coarse": 1}
    )  # fmt: skip
    listed = client.get("/api/v1/service-classes").json()
    assert [(each["code"], each["level"], each["name"]["fi"]) for each in listed][1] == (
        "9011", "exact", "Keksitty vastaanotto"
    )  # fmt: skip


@pytest.mark.parametrize("send", [send_raw, send_form])
def test_a_bad_row_is_named_and_nothing_is_imported(client, send):
    refusal = send(client, CLASSES_OF_TEST, CLASSES.replace("exact", "roughly", 1).encode())

    problem = refusal.json()
    assert (refusal.status_code, problem["where"], problem["value"], problem["allowed"]) == (
        422, "row 3, column level", "roughly", "exact or coarse"
    )  # fmt: skip
    assert client.get("/api/v1/service-classes").json() == []


def test_a_form_without_a_file_is_refused(client):
    refusal = client.post(CLASSES_OF_TEST, data={"a": "b"}, files={"note": (None, "text")})

    assert (refusal.status_code, refusal.json()["where"]) == (422, "file")


def test_a_broken_form_is_refused(client):
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    refusal = client.post(CLASSES_OF_TEST, content=b"--y\r\nnonsense", headers=headers)

    assert refusal.status_code in (400, 422)
    assert refusal.headers["content-type"] == "application/problem+json"


def test_the_scheme_must_be_said(client):
    refusal = send_raw(client, "/api/v1/service-classes/import", CLASSES)

    assert (refusal.status_code, refusal.json()["where"]) == (422, "scheme")


def test_units_and_their_points_are_imported(client):
    units = "code,name_fi,name_sv,name_en,time_zone\nsalla,Salla,,,Europe/Helsinki\n"
    points = "code,unit,name_fi\naula,salla,Aula\n"

    imported = send_raw(client, "/api/v1/units/import", units).json()
    assert imported == {"imported": 1, "new": 1, "changed": 0, "left_out": 0}
    assert send_raw(client, "/api/v1/service-points/import", points).json()["new"] == 1
    assert client.get("/api/v1/service-points").json() == [{"code": "aula", "unit": "salla", "name": {"fi": "Aula"}}]


def test_a_point_of_an_unknown_unit_is_named_by_its_row(client):
    refusal = send_raw(client, "/api/v1/service-points/import", "code,unit,name_fi\naula,salla,Aula\n")

    assert (refusal.status_code, refusal.json()["where"]) == (404, "row 2, column unit")
