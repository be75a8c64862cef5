"""What a bridge does with a batch: every row of the contract's case table, and what the replies say."""

import json
from typing import Any

import pytest

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection, Unavailable
from broker_bridge.ingest import Received, ingest
from device.protocol import messages, topics
from tests.broker_bridge.conftest import (
    BOX,
    EPOCH,
    JUNE_MS,
    NOW_MS,
    SURVEY,
    Send,
    add_survey,
    do_not_wait,
    locked,
    press,
    said,
)


def rows(connection: Connection, sql: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(sql)]


def journal(connection: Connection, device_id: str = BOX) -> dict[str, Any]:
    found = [row for row in completeness.journals(connection) if row["device_id"] == device_id]
    assert len(found) == 1
    return found[0]


def acked(replies: list[messages.Message]) -> list[int]:
    return [reply.fields["seq"] for reply in replies if reply.name == "down/ack"]


def test_a_new_contiguous_batch_is_stored_attached_and_acknowledged(connection: Connection, send: Send) -> None:
    replies = send("up/responses", responses=[press(1), press(2, 5)])

    assert acked(replies) == [2]
    assert replies[0].fields == {"v": 1, "epoch": EPOCH, "seq": 2, "now": NOW_MS // 1000}
    stored = rows(connection, "SELECT * FROM responses ORDER BY seq")
    assert [row["kind"] for row in stored] == ["response", "response"]
    assert {(row["unit"], row["service_point"], row["scheme"], row["service_class"]) for row in stored} == {
        ("keskus", "aula", "aura", "2545")
    }
    assert rows(connection, "SELECT question, value, n FROM answers") == [
        {"question": "smiley", "value": 4, "n": 1},
        {"question": "smiley", "value": 5, "n": 1},
    ]


def test_a_batch_seen_before_counts_once_and_is_acknowledged_again(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1), press(2)])

    replies = send("up/responses", responses=[press(1), press(2), press(3)])

    assert acked(replies) == [3]
    assert journal(connection)["duplicates"] == 2
    assert journal(connection)["stored"] == 3


def test_the_same_identity_with_other_content_is_quarantined_and_alarmed(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, 5)])

    replies = send("up/responses", responses=[press(1, 1), press(2)])

    assert acked(replies) == [2]
    assert rows(connection, "SELECT value FROM answers") == [{"value": 5}, {"value": 4}]
    assert journal(connection)["quarantined"] == 1
    assert rows(connection, "SELECT device_id, kind, times FROM alarms") == [
        {"device_id": BOX, "kind": "conflict", "times": 1}
    ]


def test_a_conflict_delivered_again_is_a_duplicate(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1, 5)])
    send("up/responses", responses=[press(1, 1)])

    send("up/responses", responses=[press(1, 1)])

    assert journal(connection)["quarantined"] == 1
    assert journal(connection)["duplicates"] == 1


def test_a_gap_is_listed_and_holds_the_ack_below_it(connection: Connection, send: Send) -> None:
    first = send("up/responses", responses=[press(1)])
    second = send("up/responses", responses=[press(4), press(5)])

    assert (acked(first), acked(second)) == ([1], [1])
    assert journal(connection)["gaps"] == [[2, 3]]
    assert journal(connection)["stored"] == 3
    assert journal(connection)["highest_seq"] == 5


def test_a_gap_that_fills_lets_the_ack_jump(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(3)])

    replies = send("up/responses", responses=[press(1), press(2)])

    assert acked(replies) == [3]
    assert journal(connection)["gaps"] == []


def test_a_gap_that_can_never_be_filled_does_not_hold_the_ack(connection: Connection, send: Send) -> None:
    send("up/responses", responses=[press(1), press(5)])

    replies = send("up/hello", next_seq=6, oldest_seq=4)

    assert acked(replies) == [3]
    assert journal(connection)["gaps"] == [[2, 4]]
    assert journal(connection)["final_gaps"] == [[2, 3]]


def test_an_oldest_seq_beyond_all_that_came_is_believed_only_up_to_next_seq(connection: Connection, send: Send) -> None:
    replies = send("up/hello", next_seq=3, oldest_seq=900)

    assert acked(replies) == [2]
    assert journal(connection)["gaps"] == [[1, 2]]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ({"answers": {"smiley": 6}}, "answers.smiley: 6 is not allowed; allowed is an integer from 1 to 5"),
        ({"answers": {"smiley": "4"}}, "answers.smiley: '4' is not allowed; allowed is an integer from 1 to 5"),
        ({"answers": {"reason": ["rain"]}}, "answers.reason: 'rain' is not allowed; allowed is one of waiting, staff"),
        ({"answers": {"other": 1}}, "answers.other: 'other' is not allowed; allowed is one of"),
        ({"survey": "reception@9"}, "survey: 'reception@9' is not allowed"),
        ({"survey": "a\ud800@1"}, "schema: responses[1].survey must match"),
        ({"language": 7}, "schema: responses[1].language must be a string"),
        ({"answers": {}}, "schema: responses[1].answers must have 1 to 64 entries"),
    ],
)
def test_a_bad_record_is_kept_with_its_reason_and_the_rest_is_stored(
    connection: Connection, send: Send, bad: dict[str, Any], reason: str
) -> None:
    replies = send("up/responses", responses=[press(1), press(2) | bad, press(3)])

    assert acked(replies) == [3]
    kept = rows(connection, "SELECT seq, reason, content FROM responses WHERE kind = 'rejected'")
    assert [row["seq"] for row in kept] == [2]
    assert reason in kept[0]["reason"]
    assert json.loads(kept[0]["content"]) == press(2) | bad
    assert journal(connection)["rejected"] == 1
    assert journal(connection)["stored"] == 2
    assert len(rows(connection, "SELECT * FROM answers")) == 2


@pytest.mark.parametrize(
    "payload",
    [
        b"\xff\x00 no json",
        b"[]",
        b'{"v": 2, "epoch": "k3v9q0x2m1"}',
        b'{"v": 1, "epoch": 7, "boot": 1, "uptime_s": 1, "responses": []}',
        b'{"v": 1, "epoch": "k3v9q0x2m1", "boot": 1, "uptime_s": 1, "responses": [{"seq": 0}]}',
        b'{"v": 1, "epoch": "k3v9q0x2m1", "boot": 1, "uptime_s": 1, "responses": [{"answers": {}}]}',
        b'{"v": 1, "epoch": "k3v9q0x2m1", "boot": 1, "uptime_s": 1, "responses": [{"seq": 1, "flags": '
        + 480 * b"["
        + 480 * b"]"
        + b"}]}",
        b" " * 9000,
    ],
)
def test_an_unreadable_batch_is_kept_refused_and_alarmed_without_an_ack(connection: Connection, payload: bytes) -> None:
    replies = said(ingest(connection, [Received(topics.topic(BOX, "up/responses"), payload, False, NOW_MS)], NOW_MS))

    assert [reply.name for reply in replies] == ["down/refused"]
    kept = rows(connection, "SELECT * FROM rejected_messages")
    assert [(row["payload"], row["reason"]) for row in kept] == [(payload, replies[0].fields["reason"])]
    assert rows(connection, "SELECT kind FROM alarms") == [{"kind": "refused"}]
    assert rows(connection, "SELECT * FROM answers") == []


def test_a_retained_message_is_refused(connection: Connection) -> None:
    payload = messages.encode("up/hello", {"epoch": EPOCH, "next_seq": 1, "boot": 1, "uptime_s": 1})

    replies = said(ingest(connection, [Received(topics.topic(BOX, "up/hello"), payload, True, NOW_MS)], NOW_MS))

    assert [reply.fields["reason"] for reply in replies] == ["retained: no message of this contract is retained"]
    assert rows(connection, "SELECT * FROM journals") == []


@pytest.mark.parametrize("device_id", ["box-9999", "box-gone"])
def test_an_unknown_or_revoked_device_is_kept_as_rejected_and_hears_nothing(
    connection: Connection, send: Send, device_id: str
) -> None:
    replies = send("up/responses", device_id=device_id, responses=[press(1)])

    assert replies == []
    assert rows(connection, "SELECT * FROM responses") == []
    assert journal(connection, device_id)["rejected"] == 1
    assert journal(connection, device_id)["epoch"] == EPOCH


def test_a_bad_message_does_not_stop_the_others(connection: Connection) -> None:
    good = json.dumps({"v": 1, "epoch": EPOCH, "boot": 1, "uptime_s": 1, "responses": [press(1)]}).encode()
    topic = topics.topic(BOX, "up/responses")
    received = [Received(topic, payload, False, NOW_MS) for payload in (b"{", good, b"")]

    replies = said(ingest(connection, received, NOW_MS))

    assert acked(replies) == [1]
    assert len(rows(connection, "SELECT * FROM rejected_messages")) == 2


def test_a_topic_that_no_broker_should_pass_on_is_kept_too(connection: Connection) -> None:
    ingest(connection, [Received("hymio/v1/box-0001/up/\0", b"{}", False, NOW_MS)], NOW_MS)

    assert [row["topic"] for row in rows(connection, "SELECT * FROM rejected_messages")] == [
        "hymio/v1/box-0001/up/\ufffd"
    ]


def fail(*arguments: object) -> None:
    raise ZeroDivisionError


def test_a_mistake_of_ours_keeps_the_message_and_stores_nothing_half_and_answers_nothing(
    connection: Connection, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker_bridge.database.rollups.add", fail)

    assert send("up/responses", responses=[press(1), press(2)]) == []
    assert rows(connection, "SELECT * FROM responses") == []
    assert len(rows(connection, "SELECT * FROM rejected_messages")) == 1
    assert rows(connection, "SELECT kind, reason FROM alarms") == [
        {"kind": "internal", "reason": "internal: ZeroDivisionError"}
    ]


def test_a_locked_database_stores_nothing_and_acknowledges_nothing(
    connection: Connection, send: Send, database: str
) -> None:
    do_not_wait(connection)

    with locked(database), pytest.raises(Unavailable, match="lock"):
        send("up/responses", responses=[press(1)])

    assert rows(connection, "SELECT * FROM responses") == []
    assert acked(send("up/responses", responses=[press(1)])) == [1]


def test_every_hello_is_answered_with_an_ack_even_for_an_epoch_without_records(
    connection: Connection, send: Send
) -> None:
    send("up/responses", responses=[press(1)])

    assert acked(send("up/hello", next_seq=2)) == [1]
    assert acked(send("up/hello", epoch="another", next_seq=1)) == [0]


def test_a_hello_that_names_older_settings_is_told_the_new_ones(connection: Connection, send: Send) -> None:
    connection.execute("UPDATE devices SET survey = 'reception@3'")

    told = send("up/hello", next_seq=1, settings="reception@2")
    up_to_date = send("up/hello", next_seq=1, settings="reception@3")

    assert [reply.name for reply in told] == ["down/ack", "down/settings"]
    assert told[1].fields["settings"] == "reception@3"
    assert told[1].fields["languages"] == ["fi", "sv"]
    assert [reply.name for reply in up_to_date] == ["down/ack"]


def test_several_batches_in_one_drain_get_one_ack(connection: Connection) -> None:
    topic = topics.topic(BOX, "up/responses")
    batches = [{"v": 1, "epoch": EPOCH, "boot": 1, "uptime_s": 1, "responses": [press(seq)]} for seq in (1, 2, 3)]

    replies = ingest(connection, [Received(topic, json.dumps(b).encode(), False, NOW_MS) for b in batches], NOW_MS)

    assert acked(said(replies)) == [3]


def test_a_press_counts_under_the_class_that_was_valid_when_it_was_made(connection: Connection, send: Send) -> None:
    last_of_may = JUNE_MS // 1000 - 1

    send("up/responses", responses=[press(1, at=last_of_may), press(2, at=last_of_may + 1)])

    assert rows(connection, "SELECT service_class FROM responses ORDER BY seq") == [
        {"service_class": "2540"},
        {"service_class": "2545"},
    ]


def test_an_undo_takes_its_response_out_whichever_comes_first(connection: Connection, send: Send) -> None:
    undo = {"boot": 1, "uptime_s": 45, "at": None}

    send("up/responses", responses=[press(1), undo | {"seq": 2, "undoes": 1}])
    send("up/responses", responses=[undo | {"seq": 4, "undoes": 3}])
    send("up/responses", responses=[press(3)])

    undone = rows(connection, "SELECT seq, kind, undone FROM responses ORDER BY seq")
    assert [(row["kind"], row["undone"]) for row in undone] == [("response", 1), ("undo", 0)] * 2


def test_a_lost_record_holds_its_place_and_is_reported(connection: Connection, send: Send) -> None:
    replies = send("up/responses", responses=[press(1), {"seq": 2, "lost": "crc"}, press(3)])

    assert acked(replies) == [3]
    assert (journal(connection)["lost"], journal(connection)["stored"], journal(connection)["gaps"]) == (1, 2, [])


def test_counters_stand_for_the_sum_of_their_counts(connection: Connection, send: Send) -> None:
    counters = press(1) | {"counters": {"from_uptime_s": 1, "smiley": {"1": 3, "5": 12}}}
    del counters["answers"]

    send("up/responses", responses=[counters])

    assert rows(connection, "SELECT kind, n FROM responses") == [{"kind": "counters", "n": 15}]
    assert rows(connection, "SELECT value, n FROM answers ORDER BY value") == [
        {"value": 1, "n": 3},
        {"value": 5, "n": 12},
    ]


def test_the_device_still_holds_what_it_has_written_and_we_have_not(connection: Connection, send: Send) -> None:
    send("up/hello", next_seq=8)
    send("up/responses", responses=[press(1), press(2), press(5)])

    assert journal(connection)["held_by_device"] == 4


def test_records_wait_for_their_survey_and_are_ingested_when_it_comes(connection: Connection, send: Send) -> None:
    from broker_bridge.database.mending import ingest_rejected

    send("up/responses", responses=[press(1, survey="reception@4"), press(2, 9, survey="reception@4")])
    add_survey(connection, SURVEY | {"survey": "reception@4"})

    mended = ingest_rejected(connection, "reception@4")

    assert mended == 1
    assert rows(connection, "SELECT seq, kind, service_class FROM responses ORDER BY seq") == [
        {"seq": 1, "kind": "response", "service_class": "2545"},
        {"seq": 2, "kind": "rejected", "service_class": None},
    ]
    assert rows(connection, "SELECT value FROM answers") == [{"value": 4}]


def test_free_text_and_options_are_stored_one_row_each(connection: Connection, send: Send) -> None:
    answers = {"nps": 9, "reason": ["waiting", "staff"], "text": "Kiitos! a\u0308"}

    send("up/responses", responses=[press(1, answers=answers)])

    stored = rows(connection, "SELECT question, value, option, text FROM answers ORDER BY question, option")
    assert [tuple(row.values()) for row in stored] == [
        ("nps", 9, None, None),
        ("reason", None, "staff", None),
        ("reason", None, "waiting", None),
        ("text", None, None, "Kiitos! ä"),
    ]
