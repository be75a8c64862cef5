"""Responses page by page and as files, as a program of the county reads them."""

import io
import json

import pyarrow.parquet as pq
import pytest

from tests.server.conftest import NOON_S

RESPONSES = "/api/v1/responses"


def page(client, **asked):
    answer = client.get(RESPONSES, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def three(press):
    press(answers={"smiley": 5, "text": "Soita 040 1234567, hoitaja Aino oli hyvä"})
    press("box-2", answers={"smiley": 1, "reason": ["waiting", "staff"]}, language="sv")
    press(answers={"smiley": 3}, flags=["repeat"])


def test_pages_follow_each_other_until_there_is_no_next(client, three):
    first = page(client, limit=2)
    second = page(client, limit=2, after=first["next"])

    assert [each["device_id"] for each in first["responses"] + second["responses"]] == ["box-1", "box-2", "box-1"]
    assert second["next"] is None


def test_a_response_has_its_moment_its_labels_and_its_answers(client, three):
    response = page(client, device="box-2")["responses"][0]

    assert (response["at"], response["time_quality"], response["unit"]) == ("2026-11-22T10:00:00Z", "clock", "salla")
    assert response["answers"] == [
        {"question": "reason", "option": "waiting"},
        {"question": "reason", "option": "staff"},
        {"question": "smiley", "value": 1},
    ]
    assert [each["flags"] for each in page(client, device="box-1")["responses"]] == [[], ["repeat"]]


def test_comments_are_masked(client, three):
    (response,) = page(client, question="text")["responses"]

    assert response["answers"][1] == {"question": "text", "text": "Soita [number], hoitaja [name] oli hyvä"}


@pytest.mark.parametrize(
    ("asked", "devices"),
    [
        ({"unit": "salla"}, ["box-2"]),
        ({"language": "fi"}, ["box-1", "box-1"]),
        ({"from": str(NOON_S + 1)}, []),
        ({"question": "reason"}, ["box-2"]),
    ],
)
def test_the_filters_are_those_of_reports(client, three, asked, devices):
    assert [each["device_id"] for each in page(client, **asked)["responses"]] == devices


@pytest.mark.parametrize("asked", [{"limit": 0}, {"limit": 5000}, {"after": -1}, {"aftr": 1}, {"after": 2**70}])
def test_a_page_that_cannot_be_is_refused(client, three, asked):
    answer = client.get(RESPONSES, params=asked)

    assert (answer.status_code, answer.json()["where"]) == (422, next(iter(asked)))


def exported(client, **asked):
    answer = client.get(f"{RESPONSES}/export", params=asked)
    assert answer.status_code == 200
    return answer.content


def test_a_file_for_excel_has_a_row_for_each_answer(client, three):
    lines = exported(client).decode("utf-8-sig").split("\r\n")

    assert len(lines) == 1 + 2 + 3 + 1 + 1
    assert lines[0].startswith("response;device_id;at;")
    assert "22.11.2026 12:00:00" in lines[1]


def test_the_other_formats_hold_the_same_rows(client, three):
    jsonl = [json.loads(line) for line in exported(client, format="jsonl").splitlines()]
    parquet = pq.read_table(io.BytesIO(exported(client, format="parquet"))).to_pylist()
    csv = exported(client, format="csv").decode().splitlines()

    assert [row["question"] for row in jsonl] == ["smiley", "text", "reason", "reason", "smiley", "smiley"]
    assert [row["question"] for row in parquet] == [row["question"] for row in jsonl]
    assert len(csv) == 1 + len(jsonl)


def test_a_file_is_read_page_by_page(client, three, monkeypatch):
    monkeypatch.setattr("server.responses.queries.ROWS_AT_A_TIME", 1)

    assert len(exported(client, format="jsonl").splitlines()) == 6
