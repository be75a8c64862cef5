"""The checker finds what it is there to find."""

import pytest

from broker_bridge.database.connect import connect, transaction
from broker_bridge.ingest import Received, ingest
from tests.faults.checker import Account, account
from tests.faults.journal import NOW_MS, furnish, journals


@pytest.fixture
def devices():
    return journals(2, 60)


@pytest.fixture
def connection(database, devices):
    connection = connect(database)
    furnish(connection, devices)
    for journal in devices:
        for after in (0, 25, 50):
            ingest(connection, [Received(journal.topic("up/responses"), journal.batch(after), False, NOW_MS)], NOW_MS)
    yield connection
    connection.close()


ALL = {"box-0001": 60, "box-0002": 60}


def test_all_that_was_acknowledged_is_there_once(connection, devices):
    assert account(connection, ALL, devices) == Account(lost=0, doubled=0)


def test_what_is_stored_and_not_acknowledged_is_neither_lost_nor_doubled(connection, devices):
    assert account(connection, {}, devices) == Account(lost=0, doubled=0)


@pytest.mark.parametrize(
    ("wrong", "found"),
    [
        ("DELETE FROM answers WHERE response_id = (SELECT min(id) FROM responses)", (1, 1)),
        ("UPDATE answers SET value = 6 - value WHERE value <> 3 AND response_id < 5", None),
        ("UPDATE rollup_days SET n = n + 1", (0, 4)),
        ("UPDATE responses SET seq = 9999 WHERE seq = 60", (2, 2)),
    ],
)
def test_what_is_wrong_is_found(connection, devices, wrong, found):
    with transaction(connection):
        connection.execute(wrong)

    result = account(connection, ALL, devices)

    assert result.lost + result.doubled > 0
    assert found is None or result.lost == found[0]
