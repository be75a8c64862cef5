"""Whether the database answers, and whether it changed."""

from broker_bridge.database.condition import trouble
from broker_bridge.database.connect import connect
from broker_bridge.database.rows import insert

UNIT = {"code": "u", "names": "{}", "time_zone": "Europe/Helsinki"}


def test_a_database_that_answers_is_no_trouble(database):
    assert trouble(database) is None


def test_a_file_that_is_no_database_is_trouble(tmp_path):
    (tmp_path / "hymio.db").write_bytes(b"something else " * 1000)

    assert "not a database" in trouble(tmp_path / "hymio.db")


def test_a_database_without_tables_or_folder_is_trouble(tmp_path):
    assert "no such table" in trouble(tmp_path / "hymio.db")
    assert "unable to open" in trouble(tmp_path / "nowhere" / "hymio.db")


def test_a_server_that_is_not_there_is_trouble(tmp_path):
    assert "connection" in trouble(f"postgresql:///hymio?host={tmp_path}")


def test_the_version_changes_with_the_commit_of_another_and_only_then(database):
    writer, reader = connect(database), connect(database)
    before = reader.version()

    assert reader.version() == before
    insert(writer, "units", UNIT)
    assert reader.version() != before

    reader.close()
    writer.close()
