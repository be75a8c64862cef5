"""Doubts as a manager reads them: both figures, reasons in words, and each can be taken back."""

import pytest

from tests.server.conftest import NOON_S

LABELS = "/api/v1/labels"


@pytest.fixture
def burst(press):
    """Let six press within twelve seconds on one box, and two at leisure on another."""
    for place in range(6):
        press(at=NOON_S + 2 * place, answers={"smiley": 1})
    for place in range(2):
        press("box-2", at=NOON_S + 600 * place, answers={"smiley": 5})


def labels(client, **asked):
    answer = client.get(LABELS, params={"question": "smiley"} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_both_figures_are_there_with_how_much_hangs_on_the_limits(client, burst):
    told = labels(client)

    assert (told["everything"]["n"], told["undoubted"]["n"], told["doubted"]) == (8, 3, {"burst/1": 5})
    assert [told["sensitivity"][factor]["undoubted"]["n"] for factor in ("0.5", "1", "2")] == [8, 3, 3]
    assert labels(client, device="box-2")["undoubted"]["n"] == 2


@pytest.mark.parametrize(("lang", "word"), [("fi", "painallusta"), ("sv", "tryck"), ("en", "presses")])
def test_a_doubt_has_its_reason_in_words_and_its_rule_with_the_version(client, burst, lang, word):
    first = labels(client, lang=lang)["verdicts"][0]

    assert word in first["reason"]
    assert "burst/1" in first["reason"]


def test_a_doubt_can_be_taken_back_and_stand_again(client, burst):
    doubt = {"response": labels(client)["verdicts"][0]["response"], "rule": "burst/1"}

    assert client.post(f"{LABELS}/taken-back", json=doubt | {"who": "Aino", "why": "jono"}).json()["changed"] is True
    assert labels(client)["undoubted"]["n"] == 4
    assert labels(client)["verdicts"][0]["stands"] is False
    assert client.post(f"{LABELS}/standing", json=doubt).json()["changed"] is True
    assert labels(client)["undoubted"]["n"] == 3


def test_presses_outside_stored_opening_hours_are_doubted(client, burst):
    week = {"valid_from": "2026-01-01", "week": {"sun": ["08:00-11:00"]}}
    client.put("/api/v1/units/salla/opening-hours", json=week)

    assert labels(client, unit="salla")["doubted"] == {"closed/1": 2}
    client.put("/api/v1/service-points/salla-aula/opening-hours", json=week | {"week": {"sun": ["11:00-16:00"]}})
    assert labels(client, unit="salla")["doubted"] == {}
    client.put("/api/v1/service-points/salla-aula/opening-hours/2026-11-22", json={"hours": []})
    assert labels(client, unit="salla")["doubted"] == {"closed/1": 2}


@pytest.mark.parametrize(
    ("asked", "where"),
    [({"question": None}, "question"), ({"question": "text"}, "question"), ({"lang": "xx"}, "lang")],
)
def test_what_has_no_labels_is_an_error(client, burst, asked, where):
    given = {name: value for name, value in ({"question": "smiley"} | asked).items() if value is not None}
    refusal = client.get(LABELS, params=given)

    assert (refusal.status_code, refusal.json()["where"]) == (422, where)


@pytest.mark.parametrize(
    ("doubt", "status", "where"),
    [({"response": 99, "rule": "burst/1"}, 404, "response"), ({"response": 1, "rule": "mood/1"}, 422, "rule")],
)
def test_a_doubt_that_there_is_not_cannot_be_taken_back(client, burst, doubt, status, where):
    refusal = client.post(f"{LABELS}/taken-back", json=doubt)

    assert (refusal.status_code, refusal.json()["where"]) == (status, where)
