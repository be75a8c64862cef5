"""Trends read in one list of classes: nothing is lost, nothing is counted twice, and shares are said to be shares."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from broker_bridge.database import crosswalks, registry, service_classes
from broker_bridge.database.crosswalks import WHOLE, import_crosswalk
from broker_bridge.database.ranges import Range
from server.reporting.classes import scaled
from server.reporting.filters import Filters
from server.reporting.summary import grouped, in_classes, summary
from server.reporting.tallies import Tally, plus
from tests.server.conftest import NOON_S

COMPARISON, TREND = "/api/v1/reports/comparison", "/api/v1/reports/trend"
COLUMNS = "code,name_fi,level,parent_code,first_fiscal_year_seen,last_fiscal_year_seen_in_kunta_list\n"
HEADER = "old_scheme,old_code,new_scheme,new_code,share,rule\n"
CHANGE_MS = NOON_S * 1000
DAY_S = 86_400


@pytest.fixture
def reclassified(county, press):
    """Give a county whose units were classed anew at noon, with answers from before and after."""
    for scheme, codes in (("old", ("0001", "0002")), ("new", ("0011", "0012", "0013"))):
        rows = "".join(f"{code},Luokka,exact,,,\n" for code in codes)
        service_classes.import_service_classes(county, scheme, (COLUMNS + rows).encode())
    for unit, old, new in (("kokkola", "0001", "0011"), ("salla", "0002", "0013")):
        registry.add_service_class_link(county, "old", old, Range(0, CHANGE_MS), unit=unit)
        registry.add_service_class_link(county, "new", new, Range(CHANGE_MS), unit=unit)
    chance = random.Random(8)
    for box in ("box-1", "box-2"):
        for days in (-40, -1, 0, 1):
            for _ in range(chance.randint(2, 5)):
                press(box, at=NOON_S + days * DAY_S, answers={"smiley": chance.randint(1, 5)})
    return county


def walk(connection, *rows):
    import_crosswalk(connection, (HEADER + "\n".join(rows)).encode())


def n_by_class(groups):
    return {group["service_class"]: group["responses"] for group in groups}


def test_a_split_class_is_read_by_shares_and_says_so(client, reclassified):
    walk(reclassified, "old,0001,new,0011,0.65,", "old,0001,new,0012,0.35,", "old,0002,new,0013,,")
    stored = {
        group["service_class"]: group["n"]
        for group in client.get(COMPARISON, params={"by": "service_class"}).json()["groups"]
    }

    report = client.get(COMPARISON, params={"by": "service_class", "classes_in": "new"}).json()

    found = {group["service_class"]: group for group in report["groups"]}
    assert found["0011"]["n"] == pytest.approx(stored["0001"] * 0.65 + stored["0011"])
    assert found["0011"]["n_split"] == pytest.approx(stored["0001"] * 0.65)
    assert found["0012"]["n"] == found["0012"]["n_split"] == pytest.approx(stored["0001"] * 0.35)
    assert (found["0013"]["n"], found["0013"]["n_split"]) == (stored["0002"] + stored["0013"], 0)
    assert report["classes_in"] == "new"
    assert found["0012"]["interval"][0] < found["0012"]["index"] < found["0012"]["interval"][1]


def test_the_same_is_read_in_the_old_classes(client, reclassified):
    walk(reclassified, "old,0001,new,0011,0.65,", "old,0001,new,0012,0.35,", "old,0002,new,0013,,")

    report = client.get(COMPARISON, params={"by": "service_class", "classes_in": "old"}).json()

    by_unit = grouped(reclassified, Filters(), ("unit",))["groups"]
    assert list(n_by_class(report["groups"]).items()) == [
        ("0001", by_unit[0]["responses"]),
        ("0002", by_unit[1]["responses"]),
    ]
    assert all(group["n_split"] == 0 for group in report["groups"])


def test_a_trend_of_one_class_goes_on_over_the_change(client, reclassified):
    walk(reclassified, "old,0001,new,0011,,", "old,0002,new,0013,,")

    report = client.get(TREND, params={"step": "month", "classes_in": "new", "service_class": "0011"}).json()
    as_stored = client.get(TREND, params={"step": "month", "service_class": "0011"}).json()

    assert [(group["month"], group["service_class"]) for group in report["groups"]] == [
        ("2026-10", "0011"),
        ("2026-11", "0011"),
    ]
    assert [group["month"] for group in as_stored["groups"]] == ["2026-11"]


def test_what_no_step_names_is_shown_without_a_class(client, reclassified):
    walk(reclassified, "old,0001,new,0011,,")

    report = client.get(COMPARISON, params={"by": "service_class", "classes_in": "new"}).json()

    assert None in n_by_class(report["groups"])
    assert sum(n_by_class(report["groups"]).values()) == summary(reclassified, Filters())["responses"]


def test_a_rule_sends_one_unit_elsewhere(client, reclassified):
    walk(reclassified, "old,0001,new,0011,,", "old,0002,new,0013,,", "old,0001,new,0012,,unit:kokkola")

    report = client.get(COMPARISON, params={"by": "unit", "classes_in": "new"}).json()

    assert [(group["unit"], group["service_class"]) for group in report["groups"]] == [
        ("kokkola", "0011"), ("kokkola", "0012"), ("salla", "0013"),
    ]  # fmt: skip


def test_a_list_that_is_not_stored_is_an_error(client, county):
    answer = client.get(COMPARISON, params={"by": "unit", "classes_in": "nowhere"})

    assert (answer.status_code, answer.json()["where"]) == (404, "classes_in")


def test_the_crosswalk_is_imported_and_shown(client, reclassified):
    content = HEADER + "old,0001,new,0011,0.65,\nold,0001,new,0012,0.35,\nold,0002,new,0013,,unit:salla\n"

    done = client.post("/api/v1/crosswalk/import?who=Aino&why=new+list", content=content)

    assert done.json() == {"shares": 2, "rules": 1}
    assert [(each["new_code"], each["share"], each["unit"]) for each in client.get("/api/v1/crosswalk").json()] == [
        ("0011", 0.65, None), ("0012", 0.35, None), ("0013", None, "salla"),
    ]  # fmt: skip
    (row, *_) = client.get("/api/v1/audit").json()
    assert (row["what"], row["who"], row["why"]) == ("crosswalk", "Aino", "new list")


SHARES = some.integers(1, WHOLE - 1)


@settings(max_examples=25)
@given(
    first=SHARES,
    merged=some.booleans(),
    scheme=some.sampled_from(["old", "new"]),
    counts=some.lists(some.integers(0, 50), min_size=5, max_size=5),
)
def test_whatever_the_shares_all_classes_together_are_all_that_was_stored(first, merged, scheme, counts):
    steps = [
        crosswalks.Step("old", "0001", "new", "0011", first),
        crosswalks.Step("old", "0001", "new", "0012", WHOLE - first),
        crosswalks.Step("old", "0002", "new", "0012" if merged else "0013", WHOLE),
    ]
    reading = crosswalks.Reading(steps, scheme)
    stored = [("old", "0001"), ("old", "0002"), ("new", "0011"), ("new", "0012"), ("new", "0013")]

    total = Tally()
    for (of_scheme, code), n in zip(stored, counts, strict=True):
        shares = reading.read({"scheme": of_scheme, "service_class": code}) or {"": WHOLE}
        for share_ppm in shares.values():
            total = plus(total, scaled(Tally(n=n), share_ppm))

    assert total.n == sum(counts) * WHOLE


def test_the_shares_of_one_response_add_up_to_it(reclassified):
    walk(reclassified, "old,0001,new,0011,0.333333,", "old,0001,new,0012,0.666667,", "old,0002,new,0013,,")

    groups = in_classes(reclassified, Filters({"question": "smiley"}), (), "new")["groups"]

    assert sum(group["n"] for group in groups) == pytest.approx(summary(reclassified, Filters())["responses"], abs=1e-9)
