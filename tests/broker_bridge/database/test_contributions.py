"""Rollups counted by SQL are those that one counts by hand, before and after every change of the responses."""

import random

import pytest

from broker_bridge.database import registry
from broker_bridge.database.connect import transaction
from broker_bridge.database.moving import moving
from broker_bridge.database.rollup_accounts import rebuild, verify
from tests.broker_bridge.database.rollup_model import expected, kept
from tests.broker_bridge.database.stored_responses import put_many


@pytest.fixture
def responses(connection):
    put_many(connection, 300, random.Random(4))
    rebuild(connection)
    return connection


def test_the_rollups_are_what_one_counts_by_hand(responses):
    assert kept(responses) == expected(responses)
    assert sum(cell.get("n", 0) for cell in kept(responses)["rollup_days"].values()) > 200


def test_a_change_of_responses_moves_their_counts_and_no_others(responses):
    before = kept(responses)
    with transaction(responses), moving(responses, "language = :language", {"language": "sv"}) as count:
        responses.execute("UPDATE responses SET undone = 1, at_ms = at_ms + 86400000 WHERE language = 'sv'")

    assert kept(responses) == expected(responses)
    assert kept(responses) != before
    assert count > 50


def test_what_is_moved_and_not_changed_leaves_the_rollups_as_they_were(responses):
    before = kept(responses)
    with transaction(responses), moving(responses, "1 = 1", {}):
        pass

    assert kept(responses) == before


def test_days_are_those_of_the_units_time_zone(responses):
    registry.add_unit(responses, "haparanda", {"sv": "Haparanda"}, "Europe/Stockholm")
    with transaction(responses), moving(responses, "1 = 1", {}):
        responses.execute("UPDATE responses SET unit = 'haparanda' WHERE id % 2 = 0")

    assert kept(responses) == expected(responses)


def test_verification_finds_nothing_wrong_with_right_rollups(responses):
    told = []

    found = verify(responses, lambda done, of: told.append((done, of)))

    assert [(each["different"], each["examples"]) for each in found] == [(0, [])] * 3
    assert all(each["rows"] > 20 for each in found)
    assert told[-1][0] == told[-1][1] > 0


@pytest.mark.parametrize("table", ["rollup_days", "rollup_months", "rollup_hours"])
def test_verification_finds_a_wrong_count(responses, table):
    responses.execute(f"UPDATE {table} SET v5 = v5 + 1 WHERE v5 = (SELECT max(v5) FROM {table})")

    found = {each["table"]: each for each in verify(responses)}

    assert found[table]["different"] >= 2
    assert {example["side"] for example in found[table]["examples"]} == {"kept", "counted"}


def test_rebuilding_mends_what_verification_finds(responses):
    responses.execute("DELETE FROM rollup_days WHERE v5 > 0")
    responses.execute("UPDATE rollup_hours SET n = n + 1")

    rows = rebuild(responses)

    assert kept(responses) == expected(responses)
    assert set(rows) == {"rollup_days", "rollup_months", "rollup_hours"}
    assert [each["different"] for each in verify(responses)] == [0, 0, 0]
