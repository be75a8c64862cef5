"""The measurement of the API, measured itself: it asks every report, and notices one that is slow or refused."""

from datetime import date

import pytest

from broker_bridge.database.connect import connect
from server.trial.history.county import Plan
from server.trial.history.generate import generate
from tests.benchmarks import api
from tests.benchmarks.addresses import addresses, prepare

UNIT = "unit-001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("past")
    plan = Plan(1_000, date(2026, 11, 1), units=3)
    generate(str(folder / "hymio.db"), plan, folder / "truth.json", lambda line: None)
    connection = connect(folder / "hymio.db")
    prepare(connection, UNIT)
    connection.close()
    return folder


def test_all_ways_are_asked_and_a_report_given_again_is_faster_than_one_made_anew(folder, monkeypatch):
    monkeypatch.setattr(api, "ROUNDS", 1)
    monkeypatch.setattr(api, "ROUND_S", 0.2)
    asked = {"summary_unit": addresses(UNIT)["summary_unit"]}

    found = api.figures(api.measured(folder, asked))

    assert found["slowest_again"] == found["slowest_anew"] == "summary_unit"
    assert found["reports"]["summary_unit"]["again"] > found["reports"]["summary_unit"]["anew"] > 0


def test_a_report_that_is_refused_is_not_measured(folder, monkeypatch):
    monkeypatch.setattr(api, "ROUNDS", 1)

    with pytest.raises(ValueError, match="404"):
        api.measured(folder, {"nobody": "/api/v1/reports/summary?unit=nobody"})


@pytest.mark.parametrize(
    ("again_s", "small_s", "passes"), [(0.0012, 0.0039, True), (0.0013, 0.0039, False), (0.0012, 0.0041, False)]
)
def test_a_report_that_is_too_slow_does_not_pass(again_s, small_s, passes):
    bare = [0.001] * 5
    of_hours = {"again": [([again_s] * 5, bare)], "anew": [([0.02] * 5, bare)]}

    found = api.figures({"summary_unit": {"again": [(bare, bare)], "anew": [([small_s] * 5, bare)]}, "hours": of_hours})

    assert found["slowest_again"] == found["slowest_anew"] == "hours"
    assert found["worst_p99_anew_to_bare"] == 20
    assert api.holds(found) is passes


def test_other_work_on_the_machine_does_not_make_a_report_slower():
    busy, quiet = [0.001] * 4 + [0.05] * 6, [0.001] * 10

    found = api.ratios({way: [(busy, quiet)] for way in api.WAYS})

    assert (found["again"], found["p99_again"]) == (1, 50)
