"""A copy made while presses come in, an hour lost, the copy put back: the boxes fill in the rest."""

from pathlib import Path
from typing import Any

import pytest

from broker_bridge.database import completeness, replays
from broker_bridge.database.backup import back_up, restore
from broker_bridge.database.connect import Connection, UnsafeDatabase, connect, transaction
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import Received, ingest
from device.protocol import messages, topics
from tests.broker_bridge.conftest import BOX, COUNTY, EPOCH, NOW_MS, SURVEY, add_survey, press, run, said


@pytest.fixture
def present(tmp_path: Path) -> str:
    """Give the URL of a database with the county in it."""
    url = str(tmp_path / "hymio.db")
    connection = open_database(url)
    run(connection, COUNTY)
    add_survey(connection, SURVEY)
    connection.close()
    return url


def hear(url: str, name: str, **fields: Any) -> list[messages.Message]:
    """Let a bridge on the database hear one message of the box."""
    payload = messages.encode(name, {"epoch": EPOCH, "boot": 1, "uptime_s": 100} | fields)
    connection = connect(url)
    try:
        return said(ingest(connection, [Received(topics.topic(BOX, name), payload, False, NOW_MS)], NOW_MS))
    finally:
        connection.close()


def presses(first: int, last: int) -> dict[str, Any]:
    return {"responses": [press(seq) for seq in range(first, last + 1)]}


def journal(url: str) -> dict[str, Any]:
    connection = connect(url)
    try:
        return next(row for row in completeness.journals(connection) if row["epoch"] == EPOCH)
    finally:
        connection.close()


def test_a_restored_backup_is_filled_up_by_the_boxes(present: str, tmp_path: Path) -> None:
    hear(present, "up/responses", **presses(1, 30))
    back_up(present, tmp_path / "copy.db")
    hear(present, "up/responses", **presses(31, 50))
    restored = str(tmp_path / "restored.db")

    assert restore(tmp_path / "copy.db", restored) == 1
    replies = hear(restored, "up/hello", next_seq=51, oldest_seq=1, acked_seq=50)
    hear(restored, "up/responses", **presses(replies[1].fields["from_seq"], 50))

    assert [reply.name for reply in replies] == ["down/ack", "down/replay"]
    assert replies[1].fields["from_seq"] == 31
    assert journal(restored)["stored"] == journal(present)["stored"] == 50
    assert journal(restored)["gaps"] == []


def test_what_a_box_no_longer_has_is_a_gap_and_not_forgotten(present: str, tmp_path: Path) -> None:
    back_up(present, tmp_path / "copy.db")
    restored = str(tmp_path / "restored.db")
    restore(tmp_path / "copy.db", restored)

    replies = hear(restored, "up/hello", next_seq=51, oldest_seq=41, acked_seq=50)

    assert replies[1].fields["from_seq"] == 41
    assert journal(restored)["gaps"] == [[1, 40]]


def test_boxes_that_stayed_connected_are_asked_until_they_speak(present: str, tmp_path: Path) -> None:
    hear(present, "up/responses", **presses(1, 3))
    back_up(present, tmp_path / "copy.db")
    restored = str(tmp_path / "restored.db")
    restore(tmp_path / "copy.db", restored)
    connection = connect(restored)

    before = list(replays.waiting(connection))
    hear(restored, "up/hello", next_seq=4, acked_seq=3)
    after = list(replays.waiting(connection))
    connection.close()

    assert before == [(BOX, {"epoch": EPOCH, "from_seq": 4})]
    assert after == []


def test_a_box_that_is_connected_and_of_which_the_copy_knows_nothing_is_asked_once(
    present: str, tmp_path: Path
) -> None:
    back_up(present, tmp_path / "copy.db")
    restored = str(tmp_path / "restored.db")
    restore(tmp_path / "copy.db", restored)

    first = hear(restored, "up/responses", **presses(51, 52))
    second = hear(restored, "up/responses", **presses(53, 54))

    assert [(reply.name, reply.fields.get("from_seq")) for reply in first] == [("down/ack", None), ("down/replay", 1)]
    assert [reply.name for reply in second] == ["down/ack"]


def test_a_box_that_was_told_no_more_than_is_stored_is_not_asked(present: str) -> None:
    hear(present, "up/responses", **presses(1, 3))

    assert [reply.name for reply in hear(present, "up/hello", next_seq=4, acked_seq=3)] == ["down/ack"]


def test_a_backup_is_one_whole_file_while_somebody_writes(present: str, tmp_path: Path) -> None:
    connection = connect(present)
    shown: list[tuple[int, int]] = []

    def write_between(done: int, pages: int) -> None:
        shown.append((done, pages))
        with transaction(connection):
            connection.execute("UPDATE devices SET model = 'button-4'")

    back_up(present, tmp_path / "copy.db", write_between)
    connection.close()

    assert shown[-1][0] == shown[-1][1] > 0
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == ["copy.db"]
    open_database(str(tmp_path / "copy.db")).close()


def test_nothing_is_overwritten(present: str, tmp_path: Path) -> None:
    back_up(present, tmp_path / "copy.db")

    with pytest.raises(Conflict, match="does not exist yet"):
        back_up(present, tmp_path / "copy.db")
    with pytest.raises(Conflict, match="move the present one away"):
        restore(tmp_path / "copy.db", present)


def test_what_is_no_backup_is_refused(present: str, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear county, " * 1000)

    with pytest.raises(Invalid, match="the file of a backup"):
        restore(tmp_path / "nowhere.db", str(tmp_path / "restored.db"))
    with pytest.raises(UnsafeDatabase):
        restore(tmp_path / "letter.txt", str(tmp_path / "restored.db"))


def test_a_server_has_tools_of_its_own(connection: Connection, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="pg_dump"):
        back_up("postgresql://localhost/hymio", tmp_path / "copy.db")
