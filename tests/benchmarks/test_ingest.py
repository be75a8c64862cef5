"""The measurement of the ingest, measured itself: it counts what it compares, and its limits can be missed."""

import json
from pathlib import Path

import pytest

from broker_bridge.database.connect import connect
from tests.benchmarks import candidates, ingest, node_red
from tests.benchmarks.workload import messages

MEDIANS = {
    "single_sqlite": 30_000.0,
    "single_without_acks": 32_000.0,
    "raw_paho": 40_000.0,
    "naive": 1_000.0,
    "p99_bridge": 0.002,
    "p99_commit_a_message": 0.004,
}


def test_ratios_stand_beside_the_rates_that_they_are_made_of():
    found = ingest.figures(MEDIANS)

    assert (found["single_to_raw_paho"], found["single_to_naive"]) == (0.75, 30.0)
    assert (found["end_to_end_acks_cost"], found["p99_to_commit_a_message"]) == (0.062, 0.5)
    assert (found["single_sqlite_per_s"], found["p99_bridge_ms"]) == (30_000, 2.0)


def test_what_was_not_measured_is_null_and_not_judged():
    found = ingest.figures(MEDIANS)

    assert found["batched_to_node_red"] is None
    assert ingest.missed(found) == []


@pytest.mark.parametrize(
    ("name", "value", "ratio"),
    [
        ("raw_paho", 51_000.0, "single_to_raw_paho"),
        ("naive", 1_600.0, "single_to_naive"),
        ("single_without_acks", 44_000.0, "end_to_end_acks_cost"),
        ("p99_commit_a_message", 0.0009, "p99_to_commit_a_message"),
    ],
)
def test_a_missed_limit_is_named(name, value, ratio):
    assert ingest.missed(ingest.figures(MEDIANS | {name: value})) == [ratio]


def test_every_limit_is_of_a_figure_that_is_there():
    assert (ingest.AT_LEAST | ingest.AT_MOST).keys() <= ingest.figures({}).keys()


def test_the_messages_hold_as_many_responses_as_they_say():
    made = messages(500, 5)

    assert [len(json.loads(message.payload)["responses"]) for message in made] == [5] * 100


def test_executemany_fills_the_same_tables_as_the_bridge(tmp_path):
    url = str(tmp_path / "hymio.db")

    candidates.written(url, messages(500, 5), candidates.executemany)

    connection = connect(url)
    counts = [connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in ("responses", "answers")]
    visitors = connection.execute("SELECT sum(n) FROM rollup_days WHERE question = 1").fetchone()[0]
    connection.close()
    assert (*counts, visitors) == (500, 500, 500)


def test_copy_stores_nothing_twice(postgresql, monkeypatch):
    given = messages(500, 5)
    chunks = candidates.chunks(given)
    monkeypatch.setattr(candidates, "chunks", lambda said: chunks + chunks)
    with postgresql.database() as url:
        candidates.written(url, given, candidates.copy)


def test_without_npm_the_reason_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(node_red, "HOME", tmp_path / "node-red")
    monkeypatch.setattr(node_red.shutil, "which", lambda name: None)
    measured, unmeasured = {}, {}

    def candidate(folder: Path) -> float:
        return len(str(node_red.installed()))

    ingest.measure("round 1 of 1", "node_red", candidate, measured, unmeasured)

    assert (measured, list(unmeasured)) == ({}, ["node_red"])
    assert "there is no npm" in unmeasured["node_red"]


def test_node_red_fills_columns_that_our_tables_have_and_must_not_be_empty(tmp_path):
    node_red.OUR_TABLES.make(tmp_path / "node-red.db")

    connection = connect(str(tmp_path / "node-red.db"))
    columns = {row["name"]: row["notnull"] for row in connection.execute("PRAGMA table_info(responses)")}
    connection.close()
    assert {name for name, needed in columns.items() if needed} <= set(node_red.COLUMNS) <= columns.keys()
