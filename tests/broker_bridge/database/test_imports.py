"""What an older system collected: stored once, dated by its own time, told apart, and taken out again."""

import json

import pytest

from broker_bridge.database import completeness, corrections, imports, replays, rollup_accounts
from broker_bridge.database.connect import transaction
from broker_bridge.database.corrections import Because
from broker_bridge.database.invalid import Conflict, Invalid, Unknown
from broker_bridge.database.older_answers import Given, Source
from broker_bridge.database.responses import stored
from tests.broker_bridge.conftest import JUNE_MS

HOUR_MS = 3_600_000
SOURCE = Source("Older system", "reception@3", "smiley", "fi", "old.csv", "{}", "a" * 64)
WHO = Because("Aino", "moved to Hymio")


def press(row, at_ms, value=5, point="aula"):
    return Given(row, point, at_ms, at_ms + 1_000, ((value, 1),), is_press=True)


def hour(row, at_ms, *counts, point="aula"):
    return Given(row, point, at_ms, at_ms + HOUR_MS, counts, is_press=False)


PRESSES = [press(2, JUNE_MS - 1_000, 1), press(3, JUNE_MS, 4)]


def taken(connection, given=PRESSES, **otherwise):
    return imports.import_older(connection, SOURCE._replace(**otherwise), given, WHO)


def rollups_hold(connection):
    return not any(each["different"] for each in rollup_accounts.verify(connection, imports.quiet))


def counted(connection):
    sql = "SELECT sum(n) AS n FROM rollup_months JOIN rollup_questions ON rollup_questions.id = rollup_months.question"
    return connection.execute(f"{sql} WHERE rollup_questions.question = 'smiley'").fetchone()["n"] or 0


def test_each_answer_has_the_class_that_was_valid_at_its_time(connection):
    done = taken(connection)

    assert done == (1, True, 2)
    rows = [dict(row) for row in stored(connection)]
    assert [(row["unit"], row["service_class"], row["channel"], row["time_quality"]) for row in rows] == [
        ("keskus", "2540", "imported", "clock"),
        ("keskus", "2545", "imported", "clock"),
    ]
    assert rows[0]["latest_ms"] == rows[0]["at_ms"] + 999


def test_a_count_is_many_visitors_somewhere_in_its_hour(connection):
    taken(connection, [hour(2, JUNE_MS, (1, 2), (5, 40))])

    (row,) = stored(connection)
    assert (row["kind"], row["n"], row["time_quality"]) == ("counters", 42, "bounded")
    assert (row["earliest_ms"], row["at_ms"], row["latest_ms"]) == (
        JUNE_MS, JUNE_MS + HOUR_MS // 2, JUNE_MS + HOUR_MS - 1
    )  # fmt: skip
    assert counted(connection) == 42
    assert rollups_hold(connection)


def test_the_same_file_twice_is_stored_once(connection):
    first, second = taken(connection), taken(connection)

    assert (first.id, second) == (1, (1, False, 2))
    assert len(list(stored(connection))) == 2


def test_another_file_of_the_same_time_is_refused_and_the_next_month_is_not(connection):
    taken(connection)

    with pytest.raises(Conflict, match="which import 1 has; or undo that"):
        taken(connection, hash="b" * 64)
    assert taken(connection, [press(2, JUNE_MS + 1_000)], hash="c" * 64).new
    assert taken(connection, hash="d" * 64, system="Another").new
    assert taken(connection, hash="e" * 64, question="nps").new


def test_an_import_is_undone_and_may_be_made_again(connection):
    taken(connection, [hour(2, JUNE_MS, (5, 3))])
    undone = imports.undo(connection, 1, Because("Aino", "wrong mapping"))

    assert (undone, imports.undo(connection, 1, WHO).new) == ((1, True, 3), False)
    assert [row["kind"] for row in stored(connection)] == ["withdrawn"]
    assert (counted(connection), completeness.journals(connection)) == (0, [])
    assert rollups_hold(connection)
    assert taken(connection, [hour(2, JUNE_MS, (5, 3))]) == (2, True, 3)
    assert counted(connection) == 3


def test_who_imported_and_undid_is_written_down(connection):
    taken(connection)
    imports.undo(connection, 1, Because("Eino", "by mistake"))

    assert [(row["who"], row["what"], row["detail"]["import_id"]) for row in corrections.audited(connection, 9)] == [
        ("Eino", "import_undone", 1),
        ("Aino", "import", 1),
    ]


def test_completeness_tells_what_was_imported(connection):
    taken(connection)

    (journal,) = completeness.journals(connection)
    assert (journal["device_id"], journal["import_id"], journal["stored"]) == ("import-1-1", 1, 2)
    assert (journal["gaps"], journal["held_by_device"], journal["heard_ms"]) == ([], 0, JUNE_MS + 1_000)


def test_nobody_is_asked_to_send_an_import_again(connection):
    taken(connection)

    with transaction(connection):
        assert replays.ask_every_device(connection) == 0


def test_a_rehearsal_says_what_would_be_attached_and_stores_nothing(connection):
    attached = imports.rehearse(connection, SOURCE, PRESSES)

    assert {(place.unit, place.service_class): n for place, n in attached.items()} == {
        ("keskus", "2540"): 1,
        ("keskus", "2545"): 1,
    }
    assert (list(stored(connection)), imports.listed(connection)) == ([], [])
    assert taken(connection).id == 1


def test_a_correction_of_the_past_moves_what_was_imported(connection):
    taken(connection)
    connection.execute("UPDATE service_class_links SET valid_to_ms = :at WHERE id = 1", {"at": JUNE_MS - HOUR_MS})

    with transaction(connection):
        moved = corrections.reattach(connection, "SELECT 'import-1-1'", {}, 0, None)

    assert moved == 1
    assert [row["service_class"] for row in stored(connection)] == [None, "2545"]
    assert rollups_hold(connection)


def test_what_was_imported_is_listed_with_its_points(connection):
    taken(connection)

    (listed,) = imports.listed(connection)
    assert (listed["system"], listed["who"], listed["undone_ms"]) == ("Older system", "Aino", None)
    assert [(part["service_point"], part["n"], part["from_ms"]) for part in listed["service_points"]] == [
        ("aula", 2, JUNE_MS - 1_000)
    ]


@pytest.mark.parametrize(
    ("given", "otherwise", "kind", "told"),
    [
        (PRESSES, {"survey": "other@1"}, Unknown, "mapping.survey: 'other@1' .* reception@3"),
        (PRESSES, {"question": "helped"}, Unknown, "mapping.question: 'helped' .* smiley, nps, reason, text"),
        (PRESSES, {"question": "reason"}, Invalid, "mapping.values.reason: 1 .* an answer of kind choice"),
        ([press(2, JUNE_MS, 6)], {}, Invalid, "mapping.values.smiley: 6 .* an integer from 1 to 5"),
        ([press(2, JUNE_MS, point="katto")], {}, Unknown, "mapping.places: 'katto' .* aula"),
        ([press(7, 0)], {}, Invalid, "row 7: .*a moment from 2000 until now"),
        ([press(7, 4_000_000_000_000)], {}, Invalid, "row 7: .*a moment from 2000 until now"),
        ([], {}, Invalid, "file: 'no answers'"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(connection, given, otherwise, kind, told):
    with pytest.raises(kind, match=told):
        taken(connection, given, **otherwise)
    assert (list(stored(connection)), imports.listed(connection)) == ([], [])


def test_a_large_file_is_stored_in_pieces_with_progress(connection, monkeypatch):
    monkeypatch.setattr(imports, "STORED_AT_ONCE", 2)
    told = []

    imports.import_older(
        connection, SOURCE, [press(row, JUNE_MS + row * 1_000) for row in range(5)], WHO, lambda *at: told.append(at)
    )

    assert told == [(2, 5), (4, 5), (5, 5)]
    assert counted(connection) == 5


def test_an_import_cannot_be_spoken_for_over_the_broker(connection):
    taken(connection)

    (device,) = connection.execute("SELECT * FROM devices WHERE device_id = 'import-1-1'").fetchall()
    assert (device["status"], device["channel"], json.loads(device["languages"])) == ("imported", "imported", [])


def test_an_import_that_is_not_there_cannot_be_undone(connection):
    with pytest.raises(Unknown, match="import: 9"):
        imports.undo(connection, 9, WHO)


def test_an_import_that_breaks_off_leaves_nothing_and_may_be_made_again(connection, monkeypatch):
    monkeypatch.setattr(imports, "STORED_AT_ONCE", 1)

    def full(done, of):
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        imports.import_older(connection, SOURCE, PRESSES, WHO, full)

    assert (list(stored(connection)), imports.listed(connection), counted(connection)) == ([], [], 0)
    assert taken(connection) == (1, True, 2)
    assert rollups_hold(connection)
