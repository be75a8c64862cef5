"""Differences, changes and ranks as a manager reads them: with n, interval, and in words."""

import pytest

from tests.server.conftest import NOON_S

REPORTS = "/api/v1/reports"
DAY_S = 86_400


def ask(client, report, **asked):
    answer = client.get(f"{REPORTS}/{report}", params={"question": "smiley"} | asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def unequal(press):
    """Let one unit please its visitors, and the other not."""
    for _ in range(12):
        press("box-1", answers={"smiley": 5})
        press("box-2", answers={"smiley": 2})


def test_a_difference_is_told_with_its_interval_and_in_words(client, unequal):
    told = ask(client, "difference", by="unit", one="kokkola", other="salla")

    assert (told["difference"], told["verdict"], told["one"]["n"]) == (75, "higher", 12)
    assert told["interval"][0] > 0
    assert "kokkola is higher than salla" in told["words"]
    assert "kokkola" in ask(client, "difference", by="unit", one="kokkola", other="salla", lang="sv")["words"]


def test_two_that_do_not_differ_are_not_told_apart(client, press):
    for _ in range(6):
        press("box-1")
        press("box-2")

    assert ask(client, "difference", by="unit", one="kokkola", other="salla")["verdict"] == "no_evidence"


def test_a_ranking_has_the_ranks_that_each_may_have(client, unequal):
    told = ask(client, "ranking")

    assert [(each["name"], each["ranks"]) for each in told["places"]] == [("kokkola", [1, 1]), ("salla", [2, 2])]
    assert told["told_apart"] is True
    assert told["places"][0]["words"] == "Rank 1 of 2"


def test_a_month_is_compared_with_those_before_it(client, press):
    for month in range(8):
        for value in [2, 3, 4, 5] * 6 if month else [1] * 24:
            press(at=NOON_S - month * 30 * DAY_S, answers={"smiley": value})

    told = ask(client, "change", month="2026-11")

    assert (told["verdict"], told["months"], told["n"]) == ("lower", 7, 24)
    assert told["false_alarms"] == 0.01
    assert ask(client, "change", month="2026-04")["verdict"] == "too_few_months"


@pytest.mark.parametrize(
    ("report", "asked", "refused"),
    [
        ("difference", {"by": "unit", "one": "kokkola", "other": "nowhere"}, (404, "other")),
        ("difference", {"by": "service_class", "one": "a", "other": "b"}, (404, "one")),
        ("difference", {"by": "unit", "one": "salla", "other": "salla"}, (422, "other")),
        ("difference", {"by": "background", "one": "age:65-", "other": "age:"}, (404, "by")),
        ("ranking", {"figure": "nps"}, (422, "figure")),
        ("ranking", {"question": "text"}, (422, "question")),
        ("change", {"month": "2026-13"}, (422, "month")),
        ("change", {"month": "2020-01"}, (404, "month")),
        ("change", {"month": "2026-11", "lang": "xx"}, (422, "lang")),
    ],
)
def test_what_cannot_be_judged_is_named(client, unequal, report, asked, refused):
    answer = client.get(f"{REPORTS}/{report}", params={"question": "smiley"} | asked)

    assert (answer.status_code, answer.json()["where"]) == refused
