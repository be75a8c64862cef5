"""What a bridge keeps in mind is true, and no more than it has room for."""

from contextlib import closing

import pytest

from broker_bridge.database import memory, registry
from broker_bridge.database.connect import transaction
from broker_bridge.database.migrate import open_database

BOXES = ("box-1", "box-2", "box-3")


@pytest.fixture
def connection(tmp_path):
    with closing(open_database(tmp_path / "hymio.db")) as connection:
        for box in BOXES:
            registry.add_device(connection, box, "button-5")
        yield connection


def known(connection, *boxes):
    """Return how many devices are kept in mind after these were asked for in a transaction."""
    with transaction(connection):
        kept = memory.memory_of(connection)
        for box in boxes:
            assert kept.device(connection, box)["device_id"] == box
        return len(kept.devices)


def test_what_is_kept_in_mind_is_bounded(connection, monkeypatch):
    monkeypatch.setattr(memory, "MOST_DEVICES", 2)

    assert [known(connection, box) for box in (*BOXES, *BOXES)] == [1, 2, 3, 1, 2, 3]


def test_a_change_of_the_registry_is_noticed(connection):
    before = known(connection, *BOXES)
    registry.add_device(connection, "box-4", "button-5")

    assert (before, known(connection)) == (3, 0)
