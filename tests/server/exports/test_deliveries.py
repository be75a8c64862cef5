"""The file for the national comparison: of released cells only, told apart only where no part is small, made once."""

import json
import re
import shlex

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

import hymio
from broker_bridge.database import registry, survey_versions
from broker_bridge.database.ranges import Range
from server.exports import deliveries
from server.exports.deliveries import Part, told_apart
from server.exports.national import SCHEMA, validated
from server.publication.grid import Cell, Grid
from server.publication.release import Ledger
from server.publication.series import Series
from tests.server.conftest import CLASSES

NATIONAL = "/api/v1/exports/national"
OID = "1.2.246.10.1234567.10.{}"
AUGUST_S = 1_788_000_000  # 2026-08-29 in Helsinki
LATER_S = 1_806_526_800.0  # 2027-04-01
MONTH = "2026-08"
ONE, OTHER = Part("test", "9011", "patient"), Part("test", "9012", "patient")


@pytest.fixture
def answered(client, county, press, monkeypatch):
    """Give a county with a month of answers to the recommendation."""
    monkeypatch.setattr("server.publication.series.time.time", lambda: LATER_S)
    client.post("/api/v1/service-classes/import?scheme=test", content=CLASSES)
    for number, unit in enumerate(("kokkola", "salla"), 1):
        client.patch(f"/api/v1/units/{unit}", json={"oid": OID.format(number), "provider": "1234567-8"})
        link = {"unit": unit, "scheme": "test", "code": "9011", "valid_from": "2021-01-01"}
        assert client.post("/api/v1/service-class-links", json=link).status_code == 201
    for number in range(6):
        press(at=AUGUST_S + number, answers={"nps": 9 if number < 4 else 3})
        press("box-2", at=AUGUST_S + number, answers={"nps": 10})
    return client


@pytest.fixture
def released(answered):
    """Give the same, released to the county."""
    release(answered)
    return answered


def release(client, through=MONTH):
    closed = client.post("/api/v1/publication/nps/months", json={"through": through})
    assert closed.status_code == 200, closed.text
    made = client.post("/api/v1/publication/nps/releases", json={"audience": "county", "title": "Elokuu"})
    assert made.status_code == 201, made.text


def make(client, **given):
    return client.post(NATIONAL, json={"month": MONTH, "who": "Aino"} | given)


def document(client):
    assert make(client).status_code == 201
    return client.get(NATIONAL, params={"month": MONTH}).json()


def test_a_month_is_records_of_units_with_figures_and_without_moments(released):
    told = document(released)

    assert list(validated(told)) == []
    assert (told["profile"], told["provider"], told["suppressed_below"]) == ("hymio-national/1", "1234567-8", 5)
    shown = [row for row in told["records"] if row["n"] is not None]
    assert [(row["unit_oid"], row["language"], row["n"], row["figure"]) for row in shown] == [
        (OID.format(1), "fi", 6, 33.3333),
        (OID.format(2), "fi", 6, 100.0),
    ]
    about = {(row["service_class"], row["respondent_role"], row["question"], row["month"]) for row in shown}
    assert about == {("9011", "patient", "nps", MONTH)}


def test_small_groups_are_hidden_without_a_class(answered, press):
    press("box-2", at=AUGUST_S, answers={"nps": 0}, language="sv")
    release(answered)
    records = document(answered)["records"]

    hidden = {(row["unit_oid"], row["language"]): row for row in records if row["n"] is None}
    assert (OID.format(2), "sv") in hidden
    assert {row[name] for row in hidden.values() for name in ("distribution", "figure", "service_class")} == {None}


def test_every_number_is_one_that_the_county_was_shown(answered, press):
    press(at=AUGUST_S, answers={"nps": 0}, language="sv")
    release(answered)
    filters = {"audience": "county", "question": "nps", "from": "2026-08-01", "to": "2026-09-01"}
    for row in document(answered)["records"]:
        unit = {OID.format(1): "kokkola", OID.format(2): "salla"}[row["unit_oid"]]
        asked = filters | {"unit": unit, "language": row["language"]}
        seen = answered.get("/api/v1/reports/summary", params=asked).json()

        assert (row["n"] is None, row["n"]) == (seen["suppressed"], seen["n"])


def test_a_unit_with_others_below_it_is_told_by_its_own_answers(answered, press):
    answered.patch("/api/v1/units/salla", json={"parent": "kokkola"})
    for box, count in (("box-1", 7), ("box-2", 2)):
        for _ in range(count):
            press(box, at=AUGUST_S, answers={"nps": 9}, language="sv")
    release(answered)
    asked = {"audience": "county", "question": "nps", "from": "2026-08-01", "to": "2026-09-01", "language": "sv"}

    above = answered.get("/api/v1/reports/summary", params=asked | {"unit": "kokkola"}).json()["n"]
    own = {row["unit_oid"]: row["n"] for row in document(answered)["records"] if row["language"] == "sv"}

    assert (above, own) == (None, {OID.format(1): 7, OID.format(2): None})  # two of them would tell the third


def test_the_same_bytes_come_again_whatever_came_late(released, press):
    make(released)
    before = released.get(NATIONAL, params={"month": MONTH}).content
    press(at=AUGUST_S + 100, answers={"nps": 0}, seq=99)

    again = make(released).json()

    assert (again["new"], released.get(NATIONAL, params={"month": MONTH}).content) == (False, before)
    today = released.get(f"/api/v1/releases/{again['id']}/today").json()
    assert (today["same"], today["changed"][0]["question"], today["changed"][0]["where"]["place"]) == (
        False, "nps", "kokkola"
    )  # fmt: skip


def test_a_month_that_was_not_released_is_refused_with_what_to_do(client, county, press):
    client.patch("/api/v1/units/kokkola", json={"provider": "1234567-8"})
    press(at=AUGUST_S, answers={"nps": 9})

    refusal = make(client).json()

    assert (refusal["status"], refusal["where"], refusal["value"]) == (409, "nps", MONTH)
    assert 'POST /api/v1/publication/nps/months {"through": "2026-08"}' in refusal["allowed"]


REFUSED = [
    ({"month": "2026-13"}, "month", "a month such as"),
    ({"month": "2026-07"}, "month", "answers to a national question: nps, availability"),
    ({"provider": "7654321-0"}, "provider", "1234567-8"),
]


def test_what_cannot_be_is_refused(released):
    for given, where, allowed in REFUSED:
        refusal = make(released, **given)

        assert (refusal.status_code, refusal.json()["where"]) == (422, where)
        assert allowed in refusal.json()["allowed"]


def test_without_a_provider_there_is_nobody_to_deliver(client, county):
    refusal = make(client).json()

    assert (refusal["where"], refusal["allowed"]) == ("provider", "a business id; set `provider` of the units")


def test_a_file_that_was_not_made_is_unknown(released):
    answer = released.get(NATIONAL, params={"month": MONTH})

    assert (answer.status_code, "POST /api/v1/exports/national" in answer.json()["allowed"]) == (404, True)


def test_units_without_an_oid_and_of_other_providers_are_left_out(released, connection):
    released.patch("/api/v1/units/salla", json={"oid": None})
    assert document(released)["left_out"] == {"units_without_oid": ["salla"]}

    released.patch("/api/v1/units/salla", json={"provider": "7654321-0"})
    assert make(released).json()["where"] == "provider"
    assert make(released, provider="7654321-0").status_code == 201
    other = released.get(NATIONAL, params={"month": MONTH, "provider": "7654321-0"}).json()
    assert (other["records"], other["left_out"]) == ([], {"units_without_oid": ["salla"]})


def test_a_unit_has_the_provider_of_what_it_belongs_under(connection, county):
    registry.add_unit(county, "area", {"fi": "Alue"}, provider="1234567-8")
    county.execute("UPDATE units SET parent = 'area' WHERE code = 'salla'")

    assert list(deliveries.of_units(county)) == [
        ("area", None, "1234567-8"), ("kokkola", None, None), ("salla", None, "1234567-8")
    ]  # fmt: skip


def test_who_answers_is_said_by_the_survey(county, press):
    asked = [{"id": "nps", "kind": "nps", "text": {"fi": "Suosittelisitko?"}}]
    definition = {"survey": "child@1", "role": "child", "languages": ["fi"], "questions": asked}
    survey_versions.add_survey(county, definition)
    press(at=AUGUST_S, answers={"nps": 9}, survey="child@1")
    press(at=AUGUST_S, answers={"nps": 9})

    ((_, parts),) = deliveries.parts_of(county, "nps", "nps", MONTH).items()

    assert {part.respondent_role: sum(counts) for part, counts in parts.items()} == {"child": 1, "patient": 1}


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({ONE: (3, 9)}, [(ONE, (3, 9))]),
        ({ONE: (3, 4), OTHER: (0, 5)}, [(ONE, (3, 4)), (OTHER, (0, 5))]),
        ({ONE: (3, 5), OTHER: (0, 4)}, [(Part(None, None, "patient"), (3, 9))]),
        ({ONE: (3, 4), OTHER: (0, 6)}, [(Part(None, None, "patient"), (3, 9))]),
        ({ONE: (3, 4), ONE._replace(respondent_role="child"): (0, 6)}, [(Part("test", "9011", None), (3, 9))]),
        ({}, [(Part(None, None, None), (3, 9))]),
    ],
)
def test_a_cell_is_told_apart_only_when_no_part_is_small_and_they_add_up(parts, told):
    assert told_apart((3, 9), parts, 5) == told


def test_slices_by_a_background_question_are_none_of_the_national_files(connection):
    cells = {Cell("salla", MONTH, part): (1,) * 11 for part in ("fi", "age:65-", "age:")}
    ledger = Ledger(Grid({}, ("salla",), ()), 5, cells, dict.fromkeys(cells, True))
    asked = deliveries.Wanted(MONTH, "1234567-8", {"salla": OID.format(2)})

    records = list(deliveries.of_series(connection, asked, Series("nps", "nps", ledger)))

    assert [(row.language, row.n) for row in records] == [("fi", 11)]


def test_the_schema_can_be_had(client):
    assert client.get(f"{NATIONAL}/schema").json() == SCHEMA
    printed = CliRunner().invoke(hymio.main, ["export", "schema"]).stdout
    Draft202012Validator.check_schema(json.loads(printed))


def test_the_verb_writes_the_file_and_says_what_is_hidden(released, settings, tmp_path):
    words = ["export", "national", str(tmp_path / "n.json"), "--month", MONTH, "--database", settings.database]

    first, again = (CliRunner().invoke(hymio.main, words) for _ in range(2))

    assert first.stdout == f"2 records, 0 of them hidden, in {tmp_path / 'n.json'}: release 2\n"
    assert first.stderr == "nps: 1 of 1 questions\n"
    assert again.stdout.endswith("release 2, made before\n")
    assert list(validated(json.loads((tmp_path / "n.json").read_text()))) == []


def test_a_month_that_cannot_be_leaves_no_file(released, settings, tmp_path):
    words = ["export", "national", str(tmp_path / "n.json"), "--month", "2026-9", "--database", settings.database]

    done = CliRunner().invoke(hymio.main, words)

    assert (done.exit_code, len(done.stderr.splitlines()), list(tmp_path.glob("*n.json*"))) == (2, 1, [])


def test_classes_are_of_the_time_of_the_answers(released, county):
    registry.end(county, "service_class_links", 1, AUGUST_S * 1000 - 1)
    registry.add_service_class_link(county, "test", "9012", Range(AUGUST_S * 1000 - 1), unit="kokkola")

    shown = [row for row in document(released)["records"] if row["n"]]

    assert [row["service_class"] for row in shown] == ["9012", "9011"]


def test_the_commands_of_the_manual_work_as_typed(answered, settings, repository, tmp_path, monkeypatch):
    manual = (repository / "server/README.md").read_text().partition("## Files for others\n")[2].partition("\n## ")[0]
    lines = re.search(r"```console\n(.*?)```", manual, re.DOTALL)[1].replace("2026-10", MONTH).splitlines()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HYMIO_DATABASE", settings.database)
    for line in lines:
        words = shlex.split(line.removeprefix("$ "))
        if words[0] == "curl":
            path, body = words[3].replace("$api", "/api/v1"), words[5]
            assert answered.post(path, content=body, headers={"Content-Type": "application/json"}).is_success, line
        else:
            done = CliRunner().invoke(hymio.main, words[1:])
            assert (words[0], done.exit_code) == ("hymio", 0), done.stderr

    assert {path.name for path in tmp_path.iterdir() if path.is_file()} >= {
        "october.json",
        "salla.csv",
        "salla.parquet",
    }
