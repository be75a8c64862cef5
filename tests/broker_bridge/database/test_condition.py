"""Whether the database answers, and whether it changed."""

from broker_bridge.database.condition import trouble, version
from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database


def test_a_database_that_answers_is_no_trouble(tmp_path):
    open_database(tmp_path / "hymio.db").close()

    assert trouble(tmp_path / "hymio.db") is None


def test_a_file_that_is_no_database_is_trouble(tmp_path):
    (tmp_path / "hymio.db").write_bytes(b"something else " * 1000)

    assert "not a database" in trouble(tmp_path / "hymio.db")


def test_a_database_without_tables_or_folder_is_trouble(tmp_path):
    assert "no such table" in trouble(tmp_path / "hymio.db")
    assert trouble(tmp_path / "nowhere" / "hymio.db")


def test_the_version_changes_with_the_commit_of_another_and_only_then(tmp_path):
    writer = open_database(tmp_path / "hymio.db")
    reader = connect(tmp_path / "hymio.db")
    before = version(reader)

    assert version(reader) == before
    writer.execute("INSERT INTO units VALUES ('u', '{}', 'Europe/Helsinki')")
    assert version(reader) != before

    reader.close()
    writer.close()
