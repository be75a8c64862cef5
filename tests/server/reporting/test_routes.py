"""Summaries as a manager's program reads them."""

from datetime import datetime

import pytest

from tests.server.conftest import CLASSES, NOON_S

SUMMARY = "/api/v1/reports/summary"


def summary(client, **filters):
    answer = client.get(SUMMARY, params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_without_responses_every_figure_is_null(client, county):
    report = summary(client, unit="kokkola", question="smiley")

    assert (report["n"], report["index"], report["interval"]) == (0, None, None)
    assert report["distribution"] == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 0}


def test_a_single_question_stands_at_the_top(client, press):
    for value in (5, 5, 4, 1):
        press(answers={"smiley": value})

    report = summary(client)

    assert (report["n"], report["question"], report["kind"]) == (4, "smiley", "smiley5")
    assert report["distribution"] == {"1": 1, "2": 0, "3": 0, "4": 1, "5": 2}
    assert report["index"] == 68.75
    assert report["interval"][0] < 68.75 < report["interval"][1]


def test_several_questions_stand_side_by_side(client, press):
    press(answers={"smiley": 5, "nps": 9, "helped": 4, "reason": ["waiting", "staff"], "text": "Kiitos!"})
    press(answers={"smiley": 4, "nps": 6, "reason": ["waiting"]})

    report = summary(client)

    assert (report["n"], report["responses"], "distribution" in report) == (2, 2, False)
    assert {each["question"]: each["n"] for each in report["questions"]} == {
        "smiley": 2, "nps": 2, "helped": 1, "reason": 2, "text": 1
    }  # fmt: skip
    assert report["questions"][1]["nps"] == 0
    assert report["questions"][3]["distribution"] == {"staff": 1, "waiting": 2}
    assert "Kiitos" not in str(report)


def test_a_question_asked_about_brings_only_those_who_answered_it(client, press):
    press(answers={"smiley": 5, "nps": 9})
    press(answers={"smiley": 4})

    report = summary(client, question="nps")

    assert (report["n"], report["responses"], report["nps"]) == (1, 1, 100)


def test_flagged_and_undone_responses_are_left_out_and_counted(client, press):
    press(answers={"smiley": 5})
    press(answers={"smiley": 1}, flags=["repeat"])
    press(answers={"smiley": 2})
    press(undoes=3)

    report = summary(client)

    assert (report["n"], report["flagged_left_out"], report["undone_left_out"]) == (1, 1, 1)
    assert report["index"] == 100


def test_counters_count_as_many_visitors_as_they_say(client, press):
    press(counters={"from_uptime_s": 1, "smiley": {"1": 3, "5": 12}})

    report = summary(client)

    assert (report["n"], report["distribution"]["5"], report["index"]) == (15, 12, 80)


def test_a_response_without_a_clock_is_counted_as_bounded(client, press):
    press(at=None)

    assert summary(client)["time_bounded"] == 1


@pytest.mark.parametrize(
    ("filters", "n"),
    [
        ({}, 3),
        ({"unit": "kokkola"}, 2),
        ({"unit": "salla"}, 1),
        ({"device": "box-2"}, 1),
        ({"service_point": "salla-aula"}, 1),
        ({"survey": "reception@3"}, 3),
        ({"language": "sv"}, 1),
        ({"language": "sv", "unit": "salla"}, 0),
        ({"channel": "button"}, 3),
        ({"channel": "kiosk"}, 0),
        ({"from": "2026-11-22"}, 2),
        ({"to": "2026-11-22"}, 1),
        ({"from": "2026-11-22T12:00:00+02:00", "to": "2026-11-22T12:00:01+02:00"}, 2),
        ({"from": "1795341600"}, 2),
        ({"from": "1795341601"}, 0),
    ],
)
def test_filters_narrow_the_report(client, press, filters, n):
    press()
    press("box-2", at=1_795_341_600 - 86_400)
    press(language="sv")

    assert summary(client, **filters)["n"] == n


@pytest.mark.parametrize(
    ("filters", "status", "where"),
    [
        ({"unit": "nowhere"}, 404, "unit"),
        ({"service_class": "9999"}, 404, "service_class"),
        ({"device": "box-9"}, 404, "device"),
        ({"survey": "reception@9"}, 404, "survey"),
        ({"question": "weather"}, 404, "question"),
        ({"channel": "fax"}, 422, "channel"),
        ({"from": "2026-11-22T12:00:00"}, 422, "from"),
        ({"from": "yesterday"}, 422, "from"),
        ({"from": "2026-02-30"}, 422, "from"),
        ({"from": "2026-11-22", "to": "2026-11-22"}, 422, "to"),
    ],
)
def test_a_filter_that_means_nothing_is_an_error(client, county, filters, status, where):
    answer = client.get(SUMMARY, params=filters)

    assert (answer.status_code, answer.json()["where"]) == (status, where)


def test_an_unescaped_plus_is_understood(client, press):
    press()

    assert client.get(f"{SUMMARY}?from=2026-11-22T12:00:00+02:00").json()["n"] == 1


@pytest.mark.parametrize(
    ("day", "next_day", "hours"), [("2026-10-25", "2026-10-26", 25), ("2027-03-28", "2027-03-29", 23)]
)
def test_a_day_has_as_many_hours_as_the_clocks_say(client, county, day, next_day, hours):
    filters = summary(client, unit="kokkola", **{"from": day, "to": next_day})["filters"]

    assert (seconds(filters["to"]) - seconds(filters["from"])) / 3600 == hours


def test_the_repeated_hour_belongs_to_its_day(client, press):
    begins_s = 1_792_875_600  # 2026-10-25 00:00 in Helsinki, summer time
    for hour in range(-1, 26):
        press(at=begins_s + hour * 3600)

    report = summary(client, unit="kokkola", **{"from": "2026-10-25", "to": "2026-10-26"})

    assert report["n"] == 25


def test_the_report_says_what_is_missing(client, press):
    press(seq=1)
    press(seq=4)

    assert summary(client)["completeness"]["gaps"] == 2
    assert summary(client, unit="salla")["completeness"]["gaps"] == 0


def seconds(moment):
    return datetime.fromisoformat(moment).timestamp()


def test_a_response_counts_for_the_class_that_was_valid_at_its_time_even_when_that_is_said_later(client, press):
    client.post("/api/v1/service-classes/import?scheme=test", content=CLASSES)
    press(at=NOON_S - 86_400)
    press(at=NOON_S)
    link = {"unit": "kokkola", "scheme": "test"}

    client.post("/api/v1/service-class-links", json=link | {"code": "9011", "valid_to": "2026-11-22"})
    client.post("/api/v1/service-class-links", json=link | {"code": "9012", "valid_from": "2026-11-22"})
    before = [summary(client, service_class=code)["n"] for code in ("9010", "9011", "9012")]
    client.patch("/api/v1/service-class-links/1", json={"valid_to": "2026-11-21"})
    client.post(
        "/api/v1/service-class-links",
        json=link | {"code": "9010", "valid_from": "2026-11-21", "valid_to": "2026-11-22"},
    )
    after = [summary(client, service_class=code, scheme="test")["n"] for code in ("9010", "9011", "9012")]

    assert (before, after) == ([0, 1, 1], [1, 0, 1])


def test_a_filter_that_names_nothing_stored_is_answered_with_each_that_is_once(client):
    client.post("/api/v1/service-classes/import?scheme=test", content=CLASSES)

    refusal = client.get(SUMMARY, params={"scheme": "tset"})

    assert (refusal.status_code, refusal.json()["allowed"]) == (404, "one that is stored: test")


def test_sums_over_units_equal_the_whole(client, press):
    for value in range(1, 6):
        press("box-1" if value % 2 else "box-2", answers={"smiley": value})

    whole, parts = summary(client), [summary(client, unit=unit) for unit in ("kokkola", "salla")]

    assert whole["n"] == sum(part["n"] for part in parts)
    for level, n in whole["distribution"].items():
        assert n == sum(part["distribution"][level] for part in parts)
