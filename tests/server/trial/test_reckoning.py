"""The checker itself has to catch what was made wrong on purpose."""

import json
from dataclasses import replace

import pytest

from broker_bridge.database.migrate import open_database
from server.trial import reckoning
from server.trial.reckoning import Identity, Row, Said


def content(seq: int, value: int = 5) -> dict:
    said = {"survey": "smiley@1", "language": "fi", "answers": {"smiley": value}}
    return {"boot": 1, "uptime_s": seq, "at": None} | said


def hashed(seq: int, value: int = 5) -> str:
    return reckoning.content_hash(content(seq, value))


def identity(seq: int, device_id: str = "box-1", epoch: str = "e1") -> Identity:
    return Identity(device_id, epoch, seq)


def row(seq: int, **other) -> Row:
    return Row(identity(seq), hashed(seq), "response", "2536")._replace(**other)


@pytest.fixture
def said() -> Said:
    """Three presses of one box, and a thank-you for each."""
    said = Said()
    said.pressed["box-1"] = 3
    said.thanked = {identity(seq): hashed(seq) for seq in (1, 2, 3)}
    return said


@pytest.fixture
def rows() -> list[Row]:
    return [row(1), row(2), row(3)]


def test_all_stored_once_holds(said, rows):
    reckoned = reckoning.reckon(said, rows)

    assert reckoned.holds()
    assert reckoned.figures() == (
        {"pressed": 3, "acknowledged": 3, "stored": 3, "lost": 0, "doubled": 0, "unpressed": 0}
        | {"devices": 1, "service_classes": 1, "duplicates": 0, "gaps": 0, "faults": 0, "drained": True}
    )


def test_a_missing_row_is_lost(said, rows):
    reckoned = reckoning.reckon(said, rows[:2])

    assert reckoned.lost == [identity(3)]
    assert not reckoned.holds()


def test_a_changed_content_is_lost(said, rows):
    rows[2] = row(3, hash=hashed(3, value=1))

    assert reckoning.reckon(said, rows).lost == [identity(3)]


@pytest.mark.parametrize("kind", ["rejected", "lost"])
def test_a_row_without_its_answers_is_lost(said, rows, kind):
    rows[2] = row(3, kind=kind)

    assert reckoning.reckon(said, rows).lost == [identity(3)]


def test_a_row_stored_twice_is_doubled(said, rows):
    reckoned = reckoning.reckon(said, [*rows, row(2), row(2)])

    assert reckoned.doubled == [identity(2), identity(2)]
    assert not reckoned.holds()


def test_a_press_under_a_second_identity_is_doubled(said, rows):
    copy = identity(1, epoch="e2")

    reckoned = reckoning.reckon(said, [*rows, row(1, identity=copy)])

    assert (reckoned.doubled, reckoned.unpressed) == ([copy], [])
    assert not reckoned.holds()


def test_a_row_that_nobody_pressed_is_found(said, rows):
    reckoned = reckoning.reckon(said, [*rows, row(4)])

    assert (reckoned.doubled, reckoned.unpressed) == ([], [identity(4)])
    assert not reckoned.holds()


def test_a_row_of_a_box_without_a_log_is_found(said, rows):
    stranger = identity(1, device_id="box-9")

    assert reckoning.reckon(said, [*rows, row(1, identity=stranger)]).unpressed == [stranger]


def test_a_press_stored_before_its_thank_you_is_allowed(said, rows):
    said.pressed["box-1"] = 4

    reckoned = reckoning.reckon(said, [*rows, row(4)])

    assert reckoned.holds()
    assert (reckoned.pressed, reckoned.acknowledged, reckoned.stored) == (4, 3, 4)


def test_an_unthanked_press_explains_one_row_and_no_more(said, rows):
    said.pressed["box-1"] = 4

    assert reckoning.reckon(said, [*rows, row(4), row(5)]).unpressed == [identity(5)]


def test_unthanked_presses_are_told_apart_by_box(said, rows):
    said.pressed["box-2"] = 1

    assert reckoning.reckon(said, [*rows, row(4)]).unpressed == [identity(4)]


def test_nothing_acknowledged_does_not_hold():
    assert not reckoning.reckon(Said(), []).holds()


def test_presses_left_in_a_box_do_not_hold(said, rows):
    reckoned = replace(reckoning.reckon(said, rows), drained=False)

    assert not reckoned.holds()
    assert "still hold" in reckoned.table()


def test_what_is_lost_is_named(said, rows):
    assert "lost: box-1 e1 3" in reckoning.reckon(said, rows[:2]).table()


def test_gaps_are_counted_by_number(said, rows):
    journals = [{"duplicates": 2, "gaps": [[4, 6], [9, 9]]}, {"duplicates": 1, "gaps": []}]

    reckoned = reckoning.reckon(said, rows, journals)

    assert (reckoned.duplicates, reckoned.gaps) == (3, 4)


def test_logs_are_read_up_to_the_half_line_of_a_killed_box(tmp_path):
    log = tmp_path / "log.jsonl"
    thanked = {"event": "thanked", "device_id": "box-1", "epoch": "e1", "seq": 1, "content": content(1)}
    lines = [{"event": "refused", "reason": "full"}, {"event": "pressed", "button": 5}, thanked]
    log.write_text("\n".join(map(json.dumps, lines)) + '\n{"event": "pressed", "but')

    said = reckoning.read_logs({"box-1": log})

    assert said == Said(pressed={"box-1": 1}, thanked={identity(1): hashed(1)})


def test_rows_are_read_from_the_database(tmp_path):
    connection = open_database(tmp_path / "hymio.db")
    values = {"device_id": "box-1", "epoch": "e1", "seq": 1, "hash": "abc", "kind": "response", "service_class": "2536"}
    others = {"received_ms": 0, "channel": "button", "flags": "", "undone": 0, "n": 1}
    columns = values | others
    connection.execute(f"INSERT INTO responses ({','.join(columns)}) VALUES (:{',:'.join(columns)})", columns)

    assert reckoning.read_rows(tmp_path / "hymio.db") == [Row(identity(1), "abc", "response", "2536")]
    assert reckoning.read_journals(tmp_path / "hymio.db") == []
