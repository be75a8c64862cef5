"""What stands before every route."""

import pytest
from starlette.testclient import TestClient

from server import guard
from server.app import create_app

UNIT = {"code": "kokkola", "name": "Kokkola"}


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/api/v1/units", "/nowhere", "/live/static/page.css", "/openapi.json"]
)
def test_every_answer_has_safe_headers(client, path):
    headers = client.get(path).headers

    assert "unsafe" not in headers["content-security-policy"]
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8765", "127.0.0.1.evil.example", "", "10.0.0.1:8765"])
def test_a_foreign_name_is_not_answered(client, host):
    answer = client.get("/api/v1/units", headers={"Host": host})

    assert (answer.status_code, answer.headers["content-type"]) == (403, "application/problem+json")


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8765", "localhost:8765"])
def test_loopbacks_own_names_are_answered(client, host):
    assert client.get("/api/v1/units", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 201),
        ({"Origin": "http://127.0.0.1:8765", "Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "none"}, 201),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1234"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
    ],
)
def test_only_own_pages_and_programs_may_write(client, headers, status):
    assert client.post("/api/v1/units", json=UNIT, headers=headers).status_code == status


def test_a_body_too_large_is_refused(client, monkeypatch):
    monkeypatch.setattr(guard, "LARGEST_BODY", 1000)

    for content_type in ("text/csv", "multipart/form-data; boundary=x", "application/json"):
        path = "/api/v1/units" if "json" in content_type else "/api/v1/units/import"
        answer = client.post(path, content=b"x" * 1001, headers={"Content-Type": content_type})
        assert (answer.status_code, answer.headers["content-type"]) == (413, "application/problem+json")


def test_errors_have_safe_headers_too(settings, monkeypatch):
    app = create_app(settings)

    @app.get("/mistake")
    def mistake():
        raise RuntimeError("secret")

    answer = TestClient(app, "http://127.0.0.1", raise_server_exceptions=False).get("/mistake")

    assert (answer.status_code, "secret" in answer.text) == (500, False)
    assert "content-security-policy" in answer.headers
