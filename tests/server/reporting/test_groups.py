"""What judgements are about: any groups, for the unit's own staff as they are, for others as they were released."""

import pytest

from broker_bridge.database import registry
from broker_bridge.database.survey_versions import add_survey
from tests.server.conftest import NOON_S, SURVEY

REPORTS = "/api/v1/reports"
AGES = [{"id": each, "text": {"fi": each, "sv": each}} for each in ("0-17", "65-")]
AGE = {"id": "age", "kind": "choice", "background": True, "text": {"fi": "Ikä?", "sv": "Ålder?"}, "options": AGES}
NOVEMBER = {"from": "2026-11-01", "to": "2026-12-01"}
DAY_S = 86_400


def ask(client, report, **asked):
    return client.get(f"{REPORTS}/{report}", params={"question": "smiley"} | asked)


@pytest.fixture
def of_two_ages(county, press):
    """Let the old be more content than the young; somebody says that he is both, and somebody nothing."""
    add_survey(county, SURVEY | {"survey": "aged@1", "questions": [*SURVEY["questions"], AGE]})
    for ages, value, count in ((["65-"], 5, 9), (["0-17"], 2, 8), (["0-17", "65-"], 4, 1), ([], 3, 1)):
        for _ in range(count):
            press(answers={"smiley": value} | ({"age": ages} if ages else {}), survey="aged@1")


def test_backgrounds_are_compared(client, of_two_ages):
    told = ask(client, "comparison", by="background").json()

    assert [(each["background"], each["n"], each["index"]) for each in told["groups"]] == [
        ("age:", 2, 62.5),
        ("age:0-17", 8, 25),
        ("age:65-", 9, 100),
    ]
    assert sum(each["n"] for each in told["groups"]) == ask(client, "summary").json()["n"]
    for each in told["groups"][1:]:
        assert ask(client, "summary", background=each["background"]).json()["n"] == each["n"]


def test_backgrounds_are_told_apart(client, of_two_ages):
    told = ask(client, "difference", by="background", one="age:65-", other="age:0-17").json()

    assert (told["difference"], told["verdict"]) == (75, "higher")
    assert ask(client, "ranking", by="background").json()["places"][0]["name"] == "age:65-"


def test_two_backgrounds_of_one_person_have_no_difference(client, county, press):
    home = AGE | {"id": "home", "text": {"fi": "Koti?", "sv": "Hem?"}}
    add_survey(county, SURVEY | {"survey": "aged@1", "questions": [*SURVEY["questions"], AGE, home]})
    press(answers={"smiley": 5, "age": ["65-"], "home": ["0-17"]}, survey="aged@1")

    answer = ask(client, "difference", by="background", one="age:65-", other="home:0-17")

    assert (answer.status_code, answer.json()["where"]) == (422, "other")


def test_classes_are_told_apart_by_the_names_of_a_ranking(client, county, press):
    client.post(
        "/api/v1/service-classes/import?scheme=made-up", content="code,name_fi\n9011,Keksitty\n9012,Keksitty\n"
    ).raise_for_status()
    for unit, code in (("kokkola", "9011"), ("salla", "9012")):
        client.post("/api/v1/service-class-links", json={"unit": unit, "scheme": "made-up", "code": code})
    for _ in range(9):
        press("box-1", answers={"smiley": 5})
        press("box-2", answers={"smiley": 1})

    one, other = (each["name"] for each in ask(client, "ranking", by="service_class").json()["places"])
    told = ask(client, "difference", by="service_class", one=one, other=other).json()

    assert (one, other, told["difference"]) == ("made-up 9011", "made-up 9012", 100)


@pytest.fixture
def released(client, county, press, monkeypatch):
    """Release eight months of two units of an area to the county; it is April 2027."""
    monkeypatch.setattr("server.publication.series.time.time", lambda: 1_806_526_800.0)
    registry.add_unit(county, "area", {"fi": "Alue"})
    for unit in ("kokkola", "salla"):
        client.patch(f"/api/v1/units/{unit}", json={"parent": "area"}).raise_for_status()
    for month in range(8):
        for value in [4, 5, 4, 5] * 6 if month else [1] * 24:
            press("box-1", at=NOON_S - month * 30 * DAY_S, answers={"smiley": value})
        for value in [2, 3] * 12:
            press("box-2", at=NOON_S - month * 30 * DAY_S, answers={"smiley": value})
    for path, asked in (("months", {"through": "2026-12"}), ("releases", {"audience": "county", "title": "Vuosi"})):
        client.post(f"/api/v1/publication/smiley/{path}", json=asked).raise_for_status()


def test_the_county_is_told_what_follows_from_released_figures(client, released):
    october = {"from": "2026-10-01", "to": "2026-11-01"}
    for_staff = ask(client, "difference", by="unit", one="kokkola", other="salla", **october).json()
    told = ask(client, "difference", audience="county", by="unit", one="kokkola", other="salla", **october).json()
    changed = ask(client, "change", audience="county", unit="kokkola", month="2026-11").json()
    ranked = ask(client, "ranking", audience="county", **october).json()

    for name in ("one", "other", "difference", "interval", "verdict", "words"):
        assert told[name] == for_staff[name]
    assert (told["audience"], told["suppressed_cells"], told["rules"]) == ("county", 0, for_staff["rules"])
    assert "completeness" not in told
    assert (changed["verdict"], changed["months"]) == ("lower", 7)
    assert [each["name"] for each in ranked["places"]] == ["kokkola", "salla"]


def test_what_came_late_is_in_no_difference_for_the_county(client, released, press):
    asked = {"by": "unit", "one": "kokkola", "other": "salla"} | NOVEMBER
    before = ask(client, "difference", audience="county", **asked)

    press("box-1", answers={"smiley": 5})

    assert ask(client, "difference", audience="county", **asked).content == before.content
    assert ask(client, "difference", **asked).json()["one"]["n"] == before.json()["one"]["n"] + 1


@pytest.mark.parametrize(
    ("report", "asked", "refused"),
    [
        ("difference", {"by": "language", "one": "fi", "other": "sv"} | NOVEMBER, (404, "other")),
        ("difference", {"by": "unit", "one": "kokkola", "other": "salla"}, (403, "from")),
        ("difference", {"by": "unit", "one": "kokkola", "other": "area"} | NOVEMBER, (422, "other")),
        ("difference", {"by": "device", "one": "box-1", "other": "box-2"} | NOVEMBER, (403, "by")),
        ("difference", {"by": "unit", "one": "kokkola", "other": "nowhere"} | NOVEMBER, (404, "other")),
        ("difference", {"by": "unit", "one": "a", "other": "b", "channel": "button"} | NOVEMBER, (403, "channel")),
        ("ranking", {"figure": "nps"} | NOVEMBER, (422, "figure")),
        ("ranking", {"by": "background"} | NOVEMBER, (403, "by")),
        ("change", {"month": "2026-01"}, (404, "month")),
        ("response-rate", {}, (403, "audience")),
    ],
)
def test_what_was_not_released_is_in_no_judgement(client, released, report, asked, refused):
    answer = ask(client, report, audience="county", **asked)

    assert (answer.status_code, answer.json()["where"]) == refused, answer.text


def test_a_hidden_group_is_in_no_judgement(client, press, monkeypatch):
    monkeypatch.setattr("server.publication.series.time.time", lambda: 1_806_526_800.0)
    for count, box, language in ((9, "box-1", "fi"), (2, "box-1", "sv"), (8, "box-2", "fi"), (7, "box-2", "sv")):
        for _ in range(count):
            press(box, answers={"smiley": 4}, language=language)
    for path, asked in (("months", {"through": "2026-11"}), ("releases", {"audience": "county", "title": "Syksy"})):
        client.post(f"/api/v1/publication/smiley/{path}", json=asked).raise_for_status()
    by_language = {"by": "language", "audience": "county", "unit": "kokkola"} | NOVEMBER

    answer = ask(client, "difference", one="sv", other="fi", **by_language)

    assert (answer.status_code, answer.json()["where"]) == (403, "one")
    ranking, comparison = (ask(client, report, **by_language).json() for report in ("ranking", "comparison"))
    assert "sv" not in [each["name"] for each in ranking["places"]]
    assert ranking["suppressed_cells"] == comparison["suppressed_cells"] > 0


def test_the_public_has_no_months_to_see_a_change_in(client, released):
    client.post("/api/v1/publication/smiley/releases", json={"audience": "public", "title": "Vuosi"})

    answer = ask(client, "change", audience="public", month="2026-11")

    assert (answer.status_code, answer.json()["where"]) == (403, "step")
