"""The county and the public get what was released, in whole periods, and nothing that tells of single people."""

import pytest

from broker_bridge.database.releases import sha256
from broker_bridge.database.survey_versions import add_survey
from server.reporting.reports import RULES, canonical
from tests.server.conftest import NOON_S, SURVEY

DAY_S = 86_400
SUMMARY = "/api/v1/reports/summary"
NOVEMBER = {"from": "2026-11-01", "to": "2026-12-01"}
OCTOBER = {"from": "2026-10-01", "to": "2026-11-01"}
FOURTH = {"from": "2026-10-01", "to": "2027-01-01"}


@pytest.fixture
def answered(press, monkeypatch):
    """Answer at two units in three months, few in Swedish; it is April 2027."""
    monkeypatch.setattr("server.publication.series.time.time", lambda: 1_806_526_800.0)
    for month in (-1, 0, 1):
        for count, box, language in ((9, "box-1", "fi"), (2, "box-1", "sv"), (8, "box-2", "fi"), (7, "box-2", "sv")):
            for _ in range(count):
                press(box, at=NOON_S + 30 * month * DAY_S, answers={"smiley": 4}, language=language)


def close(client, through="2026-12"):
    return client.post("/api/v1/publication/smiley/months", json={"through": through, "who": "Aino"})


def release(client, audience):
    return client.post("/api/v1/publication/smiley/releases", json={"audience": audience, "title": "Loppuvuosi"})


@pytest.fixture
def released(client, answered):
    assert close(client).json()["months"] == ["2026-10", "2026-11", "2026-12"]
    made = release(client, "county")
    assert made.status_code == 201, made.text
    return made.json()


def ask(client, report="summary", audience="county", **asked):
    return client.get(f"/api/v1/reports/{report}", params={"audience": audience, "question": "smiley"} | asked)


def test_a_small_group_is_suppressed_and_so_is_what_would_give_it_away(client, released):
    swedish = ask(client, unit="kokkola", language="sv", **NOVEMBER).json()
    everyone = ask(client, unit="kokkola", **NOVEMBER).json()
    finnish = ask(client, unit="kokkola", language="fi", **NOVEMBER).json()

    assert (swedish["suppressed"], swedish["n"]) == (True, None)
    assert [everyone["suppressed"], finnish["suppressed"]].count(True) >= 1


def test_what_is_large_enough_is_shown_with_its_figures(client, released):
    told = ask(client, **NOVEMBER).json()

    assert (told["suppressed"], told["n"], told["index"], told["place"]) == (False, 26, 75, "*")
    assert told["interval"]


def test_a_trend_and_a_comparison_are_made_of_released_periods(client, released):
    trend = ask(client, "trend", step="month").json()["groups"]
    units = ask(client, "comparison", by="unit", **FOURTH).json()["groups"]

    assert [(each["period"], each["n"]) for each in trend] == [("2026-10", 26), ("2026-11", 26), ("2026-12", 26)]
    assert [each["place"] for each in units] == ["*", "kokkola", "salla"]


def test_a_trend_has_the_periods_that_are_asked_for(client, released):
    def periods(**asked):
        return [each["period"] for each in ask(client, "trend", step="month", **asked).json()["groups"]]

    assert periods(**NOVEMBER) == ["2026-11"]
    assert periods(**{"from": "2026-11-01"}) == ["2026-11", "2026-12"]
    assert periods(to="2026-11-01") == ["2026-10"]
    for name, day in (("from", "2026-11-02"), ("to", "2026-11-30"), ("from", "2026-09-01")):
        answer = ask(client, "trend", step="month", **{name: day})
        assert (answer.status_code, answer.json()["where"]) == (403, name)


def test_what_is_published_is_sealed_and_says_how_much_is_hidden(client, released):
    languages = ask(client, "comparison", by="language", unit="kokkola", **NOVEMBER).json()
    released_at = client.get("/api/v1/releases").json()[0]["released_at"]
    sealed_by = languages.pop("hash")

    assert sealed_by == sha256(canonical(languages))
    assert languages["suppressed_cells"] == sum(each["suppressed"] for each in languages["groups"]) > 0
    assert (languages["data_until"], languages["rules"]) == (released_at, RULES)
    assert "completeness" not in languages


@pytest.mark.parametrize(
    ("report", "asked", "where"),
    [
        ("summary", {"from": "2026-11-01", "to": "2026-11-30"}, "from"),
        ("summary", {}, "from"),
        ("summary", NOVEMBER | {"device": "box-1"}, "device"),
        ("summary", NOVEMBER | {"channel": "button"}, "channel"),
        ("summary", NOVEMBER | {"survey": "reception@3"}, "survey"),
        ("summary", NOVEMBER | {"service_point": "salla-aula"}, "service_point"),
        ("summary", NOVEMBER | {"unit": "salla", "under": "salla"}, "unit"),
        ("hours", {}, "report"),
        ("distribution", NOVEMBER, "report"),
        ("trend", {"step": "day"}, "step"),
        ("comparison", NOVEMBER | {"by": "channel"}, "by"),
    ],
)
def test_what_is_not_on_the_grid_is_refused_with_what_is(client, released, report, asked, where):
    refusal = ask(client, report, **asked)

    assert (refusal.status_code, refusal.json()["where"]) == (403, where)
    assert refusal.json()["type"] == "urn:hymio:problem:suppressed"
    assert refusal.json()["allowed"]


@pytest.fixture
def aged(client, connection, press, monkeypatch):
    """Answer at two units in October and November, some with an age; October is closed by age, November follows."""
    monkeypatch.setattr("server.publication.series.time.time", lambda: 1_806_526_800.0)
    options = [{"id": age, "text": {"fi": age, "sv": age}} for age in ("18-64", "65-")]
    age = {"id": "age", "kind": "choice", "text": {"fi": "Ikä?", "sv": "Ålder?"}, "options": options}
    questions = [SURVEY["questions"][0], age | {"background": True}]
    add_survey(connection, SURVEY | {"survey": "aged@1", "questions": questions})
    for month in (-1, 0):
        for count, box, ages in (
            (9, "box-1", ["65-"]),
            (7, "box-1", []),
            (2, "box-2", ["18-64"]),
            (11, "box-2", ["65-"]),
        ):
            for _ in range(count):
                answers = {"smiley": 4} | ({"age": ages} if ages else {})
                press(box, at=NOON_S + 30 * month * DAY_S, survey="aged@1", answers=answers)
    press("box-2", at=NOON_S, survey="aged@1", answers={"smiley": 4, "age": ["18-64", "65-"]})
    closing = {"through": "2026-10", "background": ["age"]}
    closed = client.post("/api/v1/publication/smiley/months", json=closing)
    assert closed.json() == {"question": "smiley", "months": ["2026-10"]}
    close(client, "2026-11")
    assert release(client, "county").status_code == 201


def test_a_background_is_published_where_months_were_closed_by_it(client, aged):
    old = ask(client, background="age:65-", **NOVEMBER).json()
    young = ask(client, background="age:18-64", **NOVEMBER).json()
    everyone = ask(client, **NOVEMBER).json()
    october = ask(client, "trend", step="month", background="age:65-").json()["groups"]

    assert (old["n"], old["background"], old["language"]) == (20, "age:65-", None)
    assert (young["n"], young["suppressed"]) == (None, True)
    assert (everyone["n"], "background" in everyone) == (30, False)
    assert [(each["period"], each["n"]) for each in october] == [("2026-10", 20), ("2026-11", 20)]


def test_a_small_age_group_hides_a_second_one_in_its_unit(client, aged):
    shown = [ask(client, unit="salla", background=f"age:{age}", **NOVEMBER).json()["n"] for age in ("18-64", "65-")]

    assert shown == [None, None] or ask(client, unit="salla", **NOVEMBER).json()["n"] is None


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"background": "age:65-", "language": "fi"}, "background"),
        ({"background": "age:65-", "channel": "button"}, "channel"),
    ],
)
def test_a_background_with_another_filter_is_refused(client, aged, asked, where):
    refusal = ask(client, **asked, **NOVEMBER)

    assert (refusal.status_code, refusal.json()["where"]) == (403, where)


def test_a_background_by_which_no_month_was_closed_is_refused(client, aged):
    for question in ("nps", "smiley"):
        client.post(f"/api/v1/publication/{question}/months", json={"through": "2026-12"})

    unknown = client.post("/api/v1/publication/smiley/months", json={"through": "2026-11", "background": ["reason"]})
    refusal = ask(client, question="nps", background="age:65-", **NOVEMBER)

    assert (unknown.status_code, unknown.json()["where"]) == (404, "background")
    assert (refusal.status_code, refusal.json()["where"]) == (403, "background")


def test_the_public_sees_nothing_before_it_is_released_to_it_and_no_months_then(client, released):
    assert ask(client, audience="public", **FOURTH).json()["type"] == "urn:hymio:problem:suppressed"
    release(client, "public")

    assert ask(client, audience="public", **FOURTH).json()["n"] == 78
    assert ask(client, audience="public", **NOVEMBER).status_code == 403


def everything(client):
    """Return the headers and bytes of all that the county may ask, and of some that it may not."""
    periods = [NOVEMBER, FOURTH, {"from": "2026-11-02", "to": "2026-12-01"}]
    asked = [("trend", {"step": step, "unit": unit}) for step in ("month", "quarter") for unit in ("kokkola", "salla")]
    for period in periods:
        asked += [("comparison", period | {"by": "language", "unit": unit}) for unit in UNITS]
        asked += [("comparison", period | {"by": "unit"} | part) for part in PARTS]
        asked += [("summary", period | {"unit": unit} | part) for unit in UNITS for part in PARTS]
        asked += [("ranking", period | {"by": "unit"} | part) for part in PARTS]
        asked += [("difference", period | {"by": "unit", "one": "salla", "other": "kokkola"} | part) for part in PARTS]
    answers = [ask(client, report, **each) for report, each in asked]
    return [(answer.status_code, dict(answer.headers), answer.content) for answer in answers]


UNITS = ("kokkola", "salla")
PARTS = ({}, {"language": "fi"}, {"language": "sv"})


def test_no_byte_of_an_answer_depends_on_what_is_hidden(client, released, connection):
    before = everything(client)

    changed = "UPDATE published_counts SET counts = :counts WHERE place = 'kokkola' AND month = :month AND part = :part"
    for month, swedish in (("2026-11", 1), ("2026-12", 3)):
        for part, n in (("sv", swedish), ("fi", 11 - swedish)):
            connection.execute(changed, {"counts": f"[0, 0, 0, {n}, 0]", "month": month, "part": part})

    assert {status for status, *_ in before} == {200, 403}
    assert everything(client) == before
    connection.execute("UPDATE published_counts SET counts = '[0, 0, 0, 5, 0]' WHERE place = 'kokkola'")
    assert everything(client) != before


def test_a_language_is_published_from_the_first_month_on_that_is_closed_with_it(client, county, press, monkeypatch):
    monkeypatch.setattr("server.publication.series.time.time", lambda: 1_806_526_800.0)
    languages = []
    for month, language in ((-1, "fi"), (0, "sv")):
        press(at=NOON_S + 30 * month * DAY_S, language=language, answers={"smiley": 4})
    for through in ("2026-10", "2026-11"):
        close(client, through)
        release(client, "county")
        groups = ask(client, "comparison", by="language", **OCTOBER).json()["groups"]
        languages.append([each["language"] for each in groups])
        press(at=NOON_S - 30 * DAY_S, language="en", answers={"smiley": 4})

    assert languages == [["fi"], ["fi", "sv"]]


def test_late_answers_change_nothing_outside_and_are_told_inside(client, released, press):
    before = client.get(f"/api/v1/releases/{released['id']}").content
    press("box-2", at=NOON_S, answers={"smiley": 1})
    close(client)
    release(client, "county")

    assert ask(client, **NOVEMBER).json()["n"] == 26
    assert client.get(f"/api/v1/releases/{released['id']}").content == before
    today = client.get(f"/api/v1/releases/{released['id']}/today").json()
    assert today["changed"] == [
        {
            "where": {"place": "salla", "bucket": "2026-11", "part": "fi"},
            "released": [0, 0, 0, 8, 0],
            "today": [1, 0, 0, 8, 0],
        }
    ]


def test_a_unit_that_is_new_later_does_not_change_what_was_released(client, released, press):
    client.post("/api/v1/units", json={"code": "uusi", "name": "Uusi"})
    close(client)

    assert release(client, "county").status_code == 201
    assert ask(client, **NOVEMBER).json()["n"] == 26
    assert ask(client, unit="uusi", **NOVEMBER).json()["suppressed"] is True


def test_few_own_answers_of_a_unit_are_not_what_is_left_without_those_below_it(client, county, answered, press):
    client.patch("/api/v1/units/salla", json={"parent": "kokkola"})
    close(client)
    made = release(client, "county").json()

    everyone = ask(client, "comparison", by="unit", **NOVEMBER).json()["groups"]
    swedish = ask(client, "comparison", by="unit", language="sv", **NOVEMBER).json()["groups"]
    assert [each["place"] for each in everyone] == ["*", "kokkola", "kokkola/own", "salla"]
    shown = {each["place"] for each in swedish if not each["suppressed"]}
    assert "kokkola/own" not in shown
    assert not {"kokkola", "salla"} <= shown
    press("box-1", at=NOON_S, answers={"smiley": 1})
    (late,) = client.get(f"/api/v1/releases/{made['id']}/today").json()["changed"]
    assert late["where"] == {"place": "kokkola", "bucket": "2026-11", "part": "fi"}


def test_a_month_is_closed_two_weeks_after_its_end_and_no_day_before(client, answered, monkeypatch):
    end_s = 1_798_761_600  # of December 2026, in UTC

    for days, status in ((13.9, 422), (14.1, 200)):
        monkeypatch.setattr("server.publication.series.time.time", lambda: end_s + days * DAY_S)  # noqa: B023
        assert close(client).status_code == status


@pytest.mark.parametrize("through", ["2027-03", "2026-13", "2026", "2026-1"])
def test_a_month_that_is_not_over_is_not_closed(client, answered, through):
    refusal = close(client, through)

    assert (refusal.status_code, refusal.json()["where"]) == (422, "through")


def test_a_question_of_which_nothing_is_closed_has_no_release(client, answered):
    assert (release(client, "county").status_code, ask(client, **NOVEMBER).status_code) == (404, 404)
    unknown = client.post("/api/v1/publication/mood/months", json={"through": "2026-11"})
    assert unknown.json()["where"] == "question"
