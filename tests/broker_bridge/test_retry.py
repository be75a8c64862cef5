"""What tripped the bridge: one record does not spoil its batch, nothing is given up, and an upgrade takes it."""

from collections.abc import Sequence

import pytest
from structlog.testing import capture_logs

from broker_bridge import metrics
from broker_bridge.database import responses, rollups
from broker_bridge.database.connect import Connection
from broker_bridge.database.memory import Memory
from broker_bridge.database.mending import TRIPPING
from broker_bridge.database.responses import Response
from broker_bridge.retry import retry
from tests.broker_bridge.conftest import Send, press
from tests.broker_bridge.database import rollup_model

VISITORS_WORDS = "Kiitos, hoitaja Virtanen!"
POISON = press(2, answers={"smiley": 3, "text": VISITORS_WORDS})
BATCH = [press(1), POISON, press(3)]


def trip_over_the_poison(monkeypatch: pytest.MonkeyPatch) -> None:
    """Be a bridge that cannot count a record with a text in it."""

    def add(connection: Connection, memory: Memory, rows: Sequence[Response]) -> None:
        for row in rows:
            if len(row.answers) > 1:
                raise TypeError(row.answers)
        real(connection, memory, rows)

    real = rollups.add
    monkeypatch.setattr("broker_bridge.database.rollups.add", add)


def kinds(connection: Connection) -> list[str]:
    return [row["kind"] for row in responses.stored(connection)]


def mistakes() -> float:
    return metrics.REGISTRY.get_sample_value("hymio_bridge_internal_mistakes_total") or 0.0


def test_a_record_that_trips_the_bridge_holds_its_place_and_does_not_spoil_its_batch(
    connection: Connection, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip_over_the_poison(monkeypatch)

    (ack,) = send("up/responses", responses=BATCH)

    assert ack.fields["seq"] == 3
    assert kinds(connection) == ["response", "rejected", "response"]
    assert [row["reason"] for row in responses.stored(connection)] == [None, "internal: TypeError", None]
    assert rollup_model.kept(connection) == rollup_model.expected(connection)


def test_those_who_watch_hear_of_it_without_a_visitors_word(
    connection: Connection, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    trip_over_the_poison(monkeypatch)
    before = mistakes()

    with capture_logs() as logged:
        send("up/responses", responses=BATCH)

    (alarm,) = connection.execute("SELECT * FROM alarms").fetchall()
    assert (alarm["device_id"], alarm["kind"]) == ("box-0001", "internal")
    assert mistakes() > before
    assert {event["mistake"] for event in logged} == {"TypeError"}
    assert " add" in logged[0]["traceback"][-1]
    assert "Virtanen" not in str(logged)


def test_a_mended_bridge_takes_the_record(connection: Connection, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    trip_over_the_poison(monkeypatch)
    send("up/responses", responses=BATCH)
    still = retry(connection)
    monkeypatch.undo()

    assert (still, retry(connection), retry(connection)) == (0, 1, 0)
    assert kinds(connection) == ["response", "response", "response"]
    assert rollup_model.kept(connection) == rollup_model.expected(connection)


def test_a_mended_bridge_takes_a_batch_of_which_nothing_could_be_kept(
    connection: Connection, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker_bridge.database.rollups.add", fail)
    answers = send("up/responses", responses=BATCH)
    still = retry(connection)
    monkeypatch.undo()
    send("up/responses", responses=BATCH[:1])  # the device was not answered, so it sends again

    assert (answers, still, retry(connection)) == ([], 0, 1)
    assert kinds(connection) == ["response", "response", "response"]
    assert connection.execute("SELECT count(*) FROM rejected_messages").fetchone()[0] == 0
    assert rollup_model.kept(connection) == rollup_model.expected(connection)


def test_what_tripped_is_found_without_reading_all_responses(connection: Connection) -> None:
    if connection.engine == "sqlite":  # the other one plans by the size of its tables, which are empty here
        plan = connection.execute("EXPLAIN QUERY PLAN " + TRIPPING, {"after": 0, "most": 1}).fetchall()

        assert "responses_not_understood" in plan[0]["detail"]


def test_a_hello_that_trips_the_bridge_is_kept_and_not_taken_late(
    connection: Connection, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("broker_bridge.database.boots.seen_all", fail)
    answers = send("up/hello", next_seq=5)
    monkeypatch.undo()

    assert (answers, retry(connection)) == ([], 0)
    assert connection.execute("SELECT count(*) FROM rejected_messages").fetchone()[0] == 1


def fail(*arguments: object) -> None:
    raise ZeroDivisionError
