"""A made-up past says the same in its truth, in its rollups and in its responses."""

import json
from collections import Counter
from datetime import date

import pytest

from broker_bridge.database.connect import connect
from broker_bridge.database.corrections import ASTRAY
from broker_bridge.database.rollup_accounts import verify
from device.protocol import canonical
from server.trial.history import generate
from server.trial.history.county import NEW_SCHEME, OFF, County, Plan
from server.trial.history.hours import start_s
from server.trial.history.rows import hashed
from server.trial.history.tables import NotEmpty

PLAN = Plan(4_000, date(2026, 11, 1), years=1, units=12, seed=3)
VALUES = [f"v{value}" for value in range(11)]
ROLLUP = """
SELECT * FROM {table} AS counts JOIN rollup_places AS places ON places.id = counts.place
JOIN (SELECT id AS question_id, question AS asked, option FROM rollup_questions) AS questions
  ON question_id = counts.question WHERE option = ''
"""


@pytest.fixture
def past(database, tmp_path):
    """Give a county with a past, and what is true of it."""
    told = []
    figures = generate.generate(database, PLAN, tmp_path / "truth.json", told.append)
    connection = connect(database)
    yield connection, json.loads((tmp_path / "truth.json").read_text()), figures, told
    connection.close()


def test_truth_rollups_and_responses_say_the_same(past):
    connection, truth, figures, told = past

    assert of_rollup(connection, "rollup_months", "unit", "scheme", "service_class", "month", "asked") == counts(
        truth["answers"]
    )
    assert of_rollup(connection, "rollup_months", "month", "asked", "language") == counts(truth["languages"])
    assert of_rollup(connection, "rollup_hours", "asked", "weekday", "hour") == counts(truth["hours"])
    assert [each["different"] for each in verify(connection)] == [0, 0, 0]
    assert figures["responses"] == truth["responses"] + truth["flagged"] + truth["undone"] == PLAN.responses
    assert told[-1].startswith("2026-10: 4,000 of 4,000 responses")


def of_rollup(connection, table, *columns):
    found = Counter()
    for row in connection.execute(ROLLUP.format(table=table)).fetchall():
        for value, name in enumerate(VALUES):
            if row[name]:
                found[*(row[column] for column in columns), value] += row[name]
    return found


def counts(listed):
    return Counter({tuple(key): n for *key, n in listed})


def test_every_response_belongs_to_what_the_ranges_say(past):
    connection, *_ = past
    astray = ASTRAY.format(devices="SELECT device_id FROM devices")

    count = connection.execute(f"SELECT count(*) FROM responses WHERE {astray}", {"from_ms": 0, "to_ms": None})

    assert count.fetchone()[0] == 0


def test_every_record_has_the_hash_of_its_content_and_its_number_once(past):
    connection, truth, *_ = past
    rows = connection.execute("SELECT * FROM responses WHERE device_at IS NOT NULL AND kind = 'response'").fetchall()
    for row in rows[:50]:
        given = connection.execute("SELECT * FROM answers WHERE response_id = :id", {"id": row["id"]}).fetchall()
        said = {"boot": row["boot"], "uptime_s": row["uptime_s"], "at": row["device_at"], "survey": row["survey"]}
        said |= {"language": row["language"], "answers": answers(given)}
        said |= {"flags": row["flags"].split(",")} if row["flags"] else {}

        assert row["hash"] == hashed(canonical.dumps(said))
    for device, journal in truth["journals"].items():
        numbers = connection.execute(
            "SELECT seq FROM responses WHERE device_id = :device ORDER BY seq", {"device": device}
        )
        gone = {seq for first, last in journal["final_gaps"] for seq in range(first, last + 1)}
        seqs = [row["seq"] for row in numbers]

        assert sorted({*seqs, *gone}) == list(range(1, len(seqs) + len(gone) + 1))


def answers(rows):
    said = {}
    for row in rows:
        if row["option"] is not None:
            said.setdefault(row["question"], []).append(row["option"])
        else:
            said[row["question"]] = row["text"] if row["value"] is None else row["value"]
    return said


def test_a_device_that_is_off_answers_nothing(past):
    connection, truth, *_ = past
    checked = 0
    for device, outages in truth["outages"].items():
        for kind, since, until in outages:
            ends = {"from_ms": ms(since), "to_ms": ms(until), "device": device}
            n = connection.execute(
                "SELECT count(*) FROM responses WHERE device_id = :device AND at_ms >= :from_ms AND at_ms < :to_ms",
                ends,
            ).fetchone()[0]
            assert kind != OFF or n == 0
            checked += kind == OFF
    assert checked > 2


def ms(day):
    return start_s(date.fromisoformat(day)) * 1000


def test_the_years_hold_a_reclassification_and_a_point_that_moves(past):
    connection, *_ = past

    schemes = {row[0] for row in connection.execute("SELECT DISTINCT scheme FROM responses WHERE scheme IS NOT NULL")}

    assert len(schemes) == 2
    assert PLAN.reclassified == date(2026, 1, 1)
    assert NEW_SCHEME in schemes
    assert any(device.moved_to for device in County(Plan(1, date(2026, 11, 1))).devices)


def test_the_same_seed_makes_the_same_past(tmp_path):
    for name in ("one", "other"):
        generate.generate(str(tmp_path / f"{name}.db"), PLAN, tmp_path / name, lambda line: None)

    assert (tmp_path / "one").read_text() == (tmp_path / "other").read_text()


def test_a_past_is_never_mixed_with_another(past, database, tmp_path):
    with pytest.raises(NotEmpty, match="responses already"):
        generate.generate(database, PLAN, tmp_path / "again", print)


def test_a_past_that_does_not_fit_is_not_begun(tmp_path):
    with pytest.raises(generate.NoRoom, match="GB free"):
        generate.generate(str(tmp_path / "huge.db"), Plan(10**12, date(2026, 11, 1)), tmp_path / "truth", print)

    assert list(tmp_path.iterdir()) == []
