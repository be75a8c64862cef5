"""A copy made while presses come in, an hour lost, the copy put back: the boxes fill in the rest."""

import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from broker_bridge.database import completeness, replays
from broker_bridge.database.backup import PAGES_AT_ONCE, back_up, restore
from broker_bridge.database.connect import UnsafeDatabase, connect
from broker_bridge.database.dumps import Failed
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import Received, ingest
from device.protocol import messages, topics
from tests.broker_bridge.conftest import BOX, COUNTY, EPOCH, NOW_MS, SURVEY, add_survey, press, run, said


@pytest.fixture
def present(database: str) -> str:
    """Give the URL of a database with the county in it."""
    connection = open_database(database)
    run(connection, COUNTY)
    add_survey(connection, SURVEY)
    connection.close()
    return database


@pytest.fixture
def restored(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL where a copy may be put."""
    if not database.startswith("postgresql"):
        yield str(tmp_path / "restored.db")
        return
    with request.getfixturevalue("postgresql").database("template0") as url:
        yield url


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


def test_a_restored_backup_is_filled_up_by_the_boxes(present: str, restored: str, tmp_path: Path) -> None:
    hear(present, "up/responses", **presses(1, 30))
    back_up(present, tmp_path / "copy.db")
    hear(present, "up/responses", **presses(31, 50))

    assert restore(tmp_path / "copy.db", restored) == 1
    replies = hear(restored, "up/hello", next_seq=51, oldest_seq=1, acked_seq=50)
    hear(restored, "up/responses", **presses(replies[1].fields["from_seq"], 50))

    assert [reply.name for reply in replies] == ["down/ack", "down/replay"]
    assert replies[1].fields["from_seq"] == 31
    assert journal(restored)["stored"] == journal(present)["stored"] == 50
    assert journal(restored)["gaps"] == []


def test_what_a_box_no_longer_has_is_a_gap_and_not_forgotten(present: str, restored: str, tmp_path: Path) -> None:
    back_up(present, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", restored)

    replies = hear(restored, "up/hello", next_seq=51, oldest_seq=41, acked_seq=50)

    assert replies[1].fields["from_seq"] == 41
    assert journal(restored)["gaps"] == [[1, 40]]


def test_boxes_that_stayed_connected_are_asked_until_they_speak(present: str, restored: str, tmp_path: Path) -> None:
    hear(present, "up/responses", **presses(1, 3))
    back_up(present, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", restored)
    connection = connect(restored)

    before = list(replays.waiting(connection))
    hear(restored, "up/hello", next_seq=4, acked_seq=3)
    after = list(replays.waiting(connection))
    connection.close()

    assert before == [(BOX, {"epoch": EPOCH, "from_seq": 4})]
    assert after == []


def test_a_box_that_is_connected_and_of_which_the_copy_knows_nothing_is_asked_once(
    present: str, restored: str, tmp_path: Path
) -> None:
    back_up(present, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", restored)

    first = hear(restored, "up/responses", **presses(51, 52))
    second = hear(restored, "up/responses", **presses(53, 54))

    assert [(reply.name, reply.fields.get("from_seq")) for reply in first] == [("down/ack", None), ("down/replay", 1)]
    assert [reply.name for reply in second] == ["down/ack"]


def test_a_box_that_was_told_no_more_than_is_stored_is_not_asked(present: str) -> None:
    hear(present, "up/responses", **presses(1, 3))

    assert [reply.name for reply in hear(present, "up/hello", next_seq=4, acked_seq=3)] == ["down/ack"]


def test_a_backup_is_one_whole_file_of_one_moment_while_somebody_writes_all_the_time(tmp_path: Path) -> None:
    url = str(tmp_path / "hymio.db")
    connection = open_database(url)
    connection.execute(
        "CREATE TABLE ballast AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 4000)"
        " SELECT i, 0 AS written, randomblob(3000) AS ballast FROM n"
    )
    shown: list[tuple[int, int]] = []

    def write_between(done: int, pages: int) -> None:
        shown.append((done, pages))
        assert len(shown) < 100, "the copy begins anew with every commit"
        connection.execute("UPDATE ballast SET written = written + 1")

    back_up(url, tmp_path / "copy.db", write_between)
    connection.close()

    assert [done for done, _ in shown] == sorted(done for done, _ in shown)
    assert shown[-1][0] == shown[-1][1] > 2 * PAGES_AT_ONCE
    assert sorted(path.name for path in tmp_path.iterdir() if "copy" in path.name) == ["copy.db"]
    with closing(connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT max(written) FROM ballast").fetchone()[0] == 0


def test_a_copy_is_for_the_eyes_of_its_owner(present: str, restored: str, tmp_path: Path) -> None:
    back_up(present, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", restored)

    made = [tmp_path / "copy.db"] + ([Path(restored)] if Path(restored).exists() else [])
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}


def test_nothing_is_overwritten(present: str, tmp_path: Path) -> None:
    back_up(present, tmp_path / "copy.db")

    with pytest.raises(Conflict, match="does not exist yet"):
        back_up(present, tmp_path / "copy.db")
    with pytest.raises(Conflict, match=r"move the present one away|an empty database"):
        restore(tmp_path / "copy.db", present)


def test_what_is_no_backup_is_refused_and_leaves_nothing_behind(restored: str, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear county, " * 1000)

    with pytest.raises(Invalid, match="the file of a backup"):
        restore(tmp_path / "nowhere.db", restored)
    with pytest.raises((UnsafeDatabase, Failed), match=r"not a database|not appear to be a valid archive"):
        restore(tmp_path / "letter.txt", restored)
    assert [path.name for path in tmp_path.iterdir() if "restored" in path.name] == []


def test_a_folder_or_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    open_database(tmp_path / "hymio.db").close()

    with pytest.raises(Invalid, match="a folder that exists"):
        back_up(tmp_path / "hymio.db", tmp_path / "nowhere" / "copy.db")
    with pytest.raises(Invalid, match="a database that exists"):
        back_up(tmp_path / "else.db", tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_machine_without_the_tools_of_postgresql_is_told_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(Invalid, match="apt-get install postgresql-client"):
        back_up("postgresql:///hymio", tmp_path / "copy")
