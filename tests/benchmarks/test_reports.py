"""The measurement of reports, measured itself: it notices wrong counts and too much growth."""

from datetime import date

import pytest

from broker_bridge.database.connect import connect
from server.trial.history.county import Plan
from server.trial.history.generate import generate
from tests.benchmarks import duck, growing, reports
from tests.benchmarks.report_questions import QUESTIONS


@pytest.fixture(scope="module")
def past(tmp_path_factory):
    folder = tmp_path_factory.mktemp("past")
    generate(str(folder / "past.db"), Plan(3_000, date(2026, 11, 1)), folder / "truth.json", lambda line: None)
    connection = connect(folder / "past.db")
    loaded = duck.load(connection, folder / "past.duckdb", lambda line: None)
    yield connection, loaded
    connection.close()
    loaded.close()


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_all_ways_give_the_same_counts(past, question):
    asked = reports.ask_all(question, *past)

    assert asked["same"]
    assert asked["answers"] > 5
    assert asked["ms"].keys() == {"ours", "raw", "duckdb"}


@pytest.mark.parametrize("table", ["rollup_months", "rollup_hours"])
def test_a_wrong_rollup_is_noticed(past, table):
    connection, loaded = past
    connection.begin()
    connection.execute(f"UPDATE {table} SET v5 = v5 + 1, v10 = v10 + 1")

    asked = [reports.ask_all(question, connection, loaded)["same"] for question in QUESTIONS]

    connection.execute("ROLLBACK")
    assert not all(asked)


def measured(smaller_ms, larger_ms, same=True, kept=1.0):
    def size(ms, ingested_per_s=50_000):
        asked = {"trend": {"ms": {"ours": ms, "raw": 900.0, "duckdb": 30.0}, "same": same}}
        return {"asked": asked, "generated_per_s": 1, "ingested_per_s": ingested_per_s, "sqlite_mb": 1, "duckdb_mb": 1}

    return {1_000_000: size(smaller_ms), 10_000_000: size(larger_ms, 50_000 * kept)}


def test_the_figures_are_those_of_the_worst_report():
    found = reports.figures(measured(10.0, 20.0))

    assert (found["worst_growth_1_to_10_million"], found["to_raw"], found["to_duckdb"]) == (2.0, 45.0, 1.5)
    assert reports.holds(found)


@pytest.mark.parametrize(("larger_ms", "same", "kept"), [(31.0, True, 1.0), (20.0, False, 1.0), (20.0, True, 0.69)])
def test_too_much_growth_other_counts_or_a_slower_ingest_do_not_pass(larger_ms, same, kept):
    assert not reports.holds(reports.figures(measured(10.0, larger_ms, same, kept)))


def test_the_bridge_stores_more_beside_a_made_up_past(tmp_path):
    generate(str(tmp_path / "past.db"), Plan(2_000, date(2026, 11, 1)), tmp_path / "truth.json", lambda line: None)

    assert growing.rate_per_s(str(tmp_path / "past.db"), 2_500) > 0
    connection = connect(tmp_path / "past.db")
    stored = connection.execute("SELECT count(*) FROM responses").fetchone()[0]
    connection.close()
    assert stored >= 4_500
