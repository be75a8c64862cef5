"""Trends, comparisons and hours as a manager's program reads them."""

import pytest

from broker_bridge.database.survey_versions import add_survey
from server.reporting import queries
from tests.server.conftest import NOON_S, SURVEY

REPORTS = "/api/v1/reports"
DAY_S = 86_400


def report(client, path, **filters):
    answer = client.get(f"{REPORTS}/{path}", params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_trend_has_a_group_for_each_day_with_answers(client, press):
    for days, value in ((-2, 5), (-2, 1), (0, 4)):
        press(at=NOON_S + days * DAY_S, answers={"smiley": value})

    trend = report(client, "trend", step="day", unit="kokkola")

    assert [(each["day"], each["n"], each["index"]) for each in trend["groups"]] == [
        ("2026-11-20", 2, 50),
        ("2026-11-22", 1, 75),
    ]
    assert (trend["source"], trend["filters"]["unit"]) == ("rollup_days", "kokkola")


def test_a_trend_by_month_has_intervals(client, press):
    press(at=NOON_S - 30 * DAY_S, answers={"nps": 9})
    press(at=NOON_S, answers={"nps": 3})

    trend = report(client, "trend", question="nps")

    assert [(each["month"], each["nps"]) for each in trend["groups"]] == [("2026-10", 100), ("2026-11", -100)]
    assert all(each["interval"] for each in trend["groups"])


@pytest.mark.parametrize(
    ("by", "groups"),
    [
        ("unit", [("kokkola", 2), ("salla", 1)]),
        ("service_point", [("kokkola-aula", 2), ("salla-aula", 1)]),
        ("language", [("fi", 2), ("sv", 1)]),
        ("channel", [("button", 3)]),
    ],
)
def test_a_comparison_has_a_group_for_each(client, press, by, groups):
    press()
    press(language="sv")
    press("box-2")

    assert [(each[by], each["n"]) for each in report(client, "comparison", by=by)["groups"]] == groups


@pytest.fixture
def aged(connection, press):
    """Let people of three ages answer at two units; one says two ages, one none."""
    options = [{"id": age, "text": {"fi": age, "sv": age}} for age in ("18-64", "65-")]
    age = {"id": "age", "kind": "choice", "text": {"fi": "Ikä?", "sv": "Ålder?"}, "options": options}
    add_survey(
        connection, SURVEY | {"survey": "aged@1", "questions": [SURVEY["questions"][0], age | {"background": True}]}
    )
    for box, smiley, ages in (
        ("box-1", 5, ["65-"]),
        ("box-1", 2, ["18-64"]),
        ("box-2", 4, ["65-"]),
        ("box-2", 1, ["18-64", "65-"]),
    ):
        press(box, survey="aged@1", answers={"smiley": smiley, "age": ages})
    press("box-2", survey="aged@1", answers={"smiley": 3})


def test_a_background_is_a_filter_like_any_other(client, aged):
    summary = report(client, "summary", question="smiley", background="age:65-")
    units = report(client, "comparison", by="unit", question="smiley", background="age:65-")["groups"]
    listed = client.get("/api/v1/responses", params={"background": "age:18-64"}).json()["responses"]

    assert (summary["n"], summary["index"], summary["source"]) == (2, 87.5, "responses")
    assert (summary["filters"]["background"], len(summary["interval"])) == ("age:65-", 2)
    assert [(each["unit"], each["n"]) for each in units] == [("kokkola", 1), ("salla", 1)]
    assert [each["answers"][-1]["value"] for each in listed] == [2]


@pytest.mark.parametrize("background", ["age:70-", "reason:staff", "age", "65-", ""])
def test_a_background_that_no_survey_asks_for_is_an_error_with_what_is(client, aged, background):
    refusal = client.get(f"{REPORTS}/summary", params={"background": background})

    assert (refusal.status_code, refusal.json()["where"]) == (404, "background")
    assert "age:18-64, age:65-" in refusal.json()["allowed"]


def test_a_comparison_by_class_names_the_list(client, press):
    press()

    assert [
        (each["scheme"], each["service_class"]) for each in report(client, "comparison", by="service_class")["groups"]
    ] == [(None, None)]


def test_hours_are_those_of_the_clocks_on_the_wall(client, press):
    press(at=NOON_S)
    press(at=NOON_S + 3 * 3600, answers={"smiley": 1})

    hours = report(client, "hours", question="smiley")

    assert [(each["weekday"], each["hour"], each["index"]) for each in hours["groups"]] == [(6, 12, 100), (6, 15, 0)]


def test_too_much_to_read_is_a_clear_error(client, press, monkeypatch):
    monkeypatch.setattr(queries, "MOST_RESPONSES", 1)
    press()
    press()

    answer = client.get(f"{REPORTS}/summary", params={"device": "box-1"})

    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:hymio:problem:too-much"
    assert "whole days" in answer.json()["allowed"]


@pytest.mark.parametrize(
    ("path", "filters", "where"),
    [("trend", {"step": "decade"}, "step"), ("comparison", {}, "by"), ("comparison", {"by": "mood"}, "by")],
)
def test_what_no_report_knows_is_an_error(client, county, path, filters, where):
    answer = client.get(f"{REPORTS}/{path}", params=filters)

    assert (answer.status_code, answer.json()["where"]) == (422, where)


@pytest.mark.parametrize(
    ("step", "names"),
    [
        ("week", ["2026-W53", "2027-W01"]),
        ("month", ["2026-12", "2027-01"]),
        ("quarter", ["2026-Q4", "2027-Q1"]),
        ("year", ["2026", "2027"]),
    ],
)
def test_a_trend_has_weeks_quarters_and_years_too(client, press, step, names):
    new_year_s = NOON_S + 40 * DAY_S  # Friday 1 January 2027; its week began on 28 December
    for days, value in ((-1, 5), (-1, 1), (3, 4)):
        press(at=new_year_s + days * DAY_S, answers={"smiley": value})

    groups = report(client, "trend", step=step)["groups"]

    assert [(each[step], each["n"], each["index"]) for each in groups] == [(names[0], 2, 50), (names[1], 1, 75)]


@pytest.mark.parametrize(("by", "column"), [("device", "device_id"), ("survey", "survey")])
def test_a_comparison_may_be_by_device_and_by_survey_version(client, press, by, column):
    press()
    press("box-2")

    groups = report(client, "comparison", by=by)["groups"]

    assert [each[column] for each in groups] == (["box-1", "box-2"] if by == "device" else ["reception@3"])


@pytest.mark.parametrize("exact", [{}, {"device": "box-2"}])
def test_a_unit_may_be_meant_with_all_that_belong_under_it(client, press, exact):
    client.post("/api/v1/units", json={"code": "alue", "name": "Alue"})
    client.patch("/api/v1/units/salla", json={"parent": "alue"})
    press("box-1")
    press("box-2")

    below = report(client, "summary", under="alue", **exact)

    assert (below["n"], below["filters"]["under"]) == (1, "alue")
    assert [each["unit"] for each in report(client, "comparison", by="unit", under="alue", **exact)["groups"]] == [
        "salla"
    ]


@pytest.mark.parametrize(
    ("filters", "where", "status"),
    [({"untl": "2026-01-01"}, "untl", 422), ({"language": "xx"}, "language", 404), ({"under": "x"}, "under", 404)],
)
def test_a_filter_that_means_nothing_is_an_error(client, county, filters, where, status):
    answer = client.get(f"{REPORTS}/summary", params=filters)

    assert (answer.status_code, answer.json()["where"]) == (status, where)


def test_the_same_answers_give_the_same_hash_and_others_another(client, press):
    press()
    first, again = (report(client, "summary") for _ in range(2))
    press()

    assert (first, first["data_until"]) == (again, "2027-03-31T21:00:00Z")
    assert report(client, "summary")["hash"] != first["hash"]
    assert first["rules"].keys() == {"attachment", "figures", "times"}
