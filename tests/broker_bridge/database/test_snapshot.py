"""Reads that belong together see one state."""

import pytest

from broker_bridge.database.connect import connect
from broker_bridge.database.rows import insert
from broker_bridge.database.snapshot import snapshot

UNIT = {"code": "u", "names": "{}", "time_zone": "Europe/Helsinki"}


@pytest.fixture
def two(database):
    writer, reader = connect(database), connect(database)
    yield writer, reader
    reader.close()
    writer.close()


def units(connection):
    return connection.execute("SELECT count(*) FROM units").fetchone()[0]


def test_what_is_committed_meanwhile_is_seen_afterwards(two):
    writer, reader = two

    with snapshot(reader):
        before = units(reader)
        insert(writer, "units", UNIT)
        assert units(reader) == before

    assert units(reader) == before + 1


def test_a_mistake_inside_ends_the_snapshot_too(two):
    _, reader = two

    with pytest.raises(ZeroDivisionError), snapshot(reader):
        assert 1 // units(reader)  # there is none yet

    assert not reader.in_transaction
