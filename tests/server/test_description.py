"""The API does what its description says: for requests that fit it, for those that do not, and for known names.

schemathesis makes the requests up, the same ones every time; a longer look is taken with HYMIO_EXAMPLES=200.
"""

import os
from http import HTTPStatus

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from schemathesis import GenerationMode, checks, openapi

from server import app as ours
from server.problems import MEDIA_TYPE
from server.registry import queries

PAGE = "http://127.0.0.1:8765"
EXAMPLES = int(os.environ.get("HYMIO_EXAMPLES", "5"))
checks.load_all_checks()
HELD = checks.CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
# Names that the county knows, so that not every request ends at the first thing unheard of.
KNOWN = {
    "unit": "salla",
    "under": "salla",
    "service_point": "salla-aula",
    "device": "box-1",
    "device_id": "box-1",
    "survey": "reception@3",
    "question": "smiley",
    "language": "fi",
    "channel": "button",
    "code": "salla",
    "owners": "units",
    "day": "2026-12-24",
    "row_id": 1,
    "release_id": 1,
    "import_id": 1,
    "from": "2026-11-01",
    "to": "2026-12-01",
    "month": "2026-11",
    "by": "unit",
    "one": "kokkola",
    "other": "salla",
    "lang": "sv",
    "year": 2026,
}
METHODS = ("get", "post", "put", "patch", "delete")


@pytest.fixture
def database(tmp_path):
    """Give a database on SQLite only: what is asked here is the description, and not the engine."""
    return str(tmp_path / "hymio.db")


@pytest.fixture
def spoken(press):
    """Give a county whose boxes have said something."""
    for value in (1, 4, 5, 5, 3):
        press(answers={"smiley": value, "nps": value, "text": "Kiitos!"})
        press("box-2", answers={"smiley": value, "reason": ["staff"]})


def mistakes(client, path, method):
    """Return what the API does at one address that its description does not say."""
    found = []
    schema = openapi.from_dict(client.app.openapi())
    operation = schema[path][method.upper()]
    modes = [GenerationMode.POSITIVE]
    modes += [GenerationMode.NEGATIVE] if operation.body or "parameters" in operation.definition.raw else []
    for mode in modes:

        @settings(
            max_examples=EXAMPLES,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=operation.as_strategy(generation_mode=mode), known=some.sets(some.sampled_from(sorted(KNOWN))))
        def asked(case, known):
            for given_names in (case.query, case.path_parameters):
                for name in known & {*(given_names or {})}:
                    given_names[name] = KNOWN[name]
            found.extend(mistakes_of(client, case))

        asked()
    return found


def mistakes_of(client, case):
    """Yield what is wrong with the answer to one request."""
    request = case.as_transport_kwargs(base_url=PAGE)
    request.pop("cookies")
    if isinstance(request.get("data"), bytes | str):
        request["content"] = request.pop("data")
    if files := request.get("files"):
        request["files"] = [(name, as_file(part)) for name, part in files]
    answer = client.request(**request)
    answer.request.read()  # a form is a stream, and the checks want to look at it once more
    try:
        case.validate_response(answer, checks=HELD)
    except BaseExceptionGroup as failures:
        yield from (f"{answer.status_code}: {failure} {answer.text[:200]}" for failure in failures.exceptions)
    except AssertionError as failure:
        yield f"{answer.status_code}: {failure} {answer.text[:200]}"
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        if answer.headers["content-type"] != MEDIA_TYPE:
            yield f"{answer.status_code} as {answer.headers['content-type']}"
        elif not answer.json()["detail"]:
            yield f"{answer.status_code} without a word"


def as_file(part):
    """Return a part of a form as it can be sent: a number is no file."""
    if isinstance(part, tuple):
        return (part[0], as_file(part[1]), *part[2:])
    return part if isinstance(part, bytes | str) else str(part)


def operations():
    """Return path and method of every operation that is described."""
    routes = [route for router in ours.ROUTES for route in router.router.routes]
    return [(route.path, method.lower()) for route in routes if route.include_in_schema for method in route.methods]


@pytest.mark.parametrize(("path", "method"), operations())
def test_an_address_does_what_its_description_says(client, spoken, path, method):
    assert mistakes(client, path, method) == []


def test_every_operation_of_the_description_is_tried(client):
    described = client.app.openapi()["paths"]

    assert {*operations()} == {(path, method) for path in described for method in described[path] if method in METHODS}


def test_a_mistake_of_the_server_is_found(client, spoken, monkeypatch):
    monkeypatch.setattr(queries, "units", lambda connection: 1 / 0)

    assert any(found.startswith("500") for found in mistakes(client, "/api/v1/units", "get"))


def test_an_undescribed_status_is_found(client, spoken, monkeypatch):
    described = client.app.openapi()["paths"]["/api/v1/units/{code}"]["patch"]["responses"]
    for status in ("404", "422"):
        del described[status]

    assert mistakes(client, "/api/v1/units/{code}", "patch") != []


def test_an_unknown_device_cannot_be_changed(client, county):
    answer = client.patch("/api/v1/devices/box-9", json={})

    assert (answer.status_code, answer.json()["where"], answer.headers["content-type"]) == (
        404,
        "device_id",
        MEDIA_TYPE,
    )


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("patch", "placements/{}"),
        ("patch", "service-class-links/{}"),
        ("get", "releases/{}"),
        ("get", "releases/{}/today"),
        ("get", "audit?before_id={}"),
    ],
)
def test_a_number_that_no_table_holds_is_refused(client, method, address):
    answer = client.request(method, f"/api/v1/{address.format(2**63)}", json={"valid_to": None})

    assert (answer.status_code, answer.json()["value"]) == (422, str(2**63))
