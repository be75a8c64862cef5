"""Several bridges share the devices' messages on one PostgreSQL database."""

import pytest

from broker_bridge.database.migrate import open_database
from tests.conftest import TEMPLATE
from tests.faults.checker import Account, account
from tests.faults.fleet import Fleet
from tests.faults.journal import furnish, journals
from tests.faults.processes import Bridge, broker


@pytest.fixture
def database(postgresql):
    with postgresql.database(TEMPLATE) as url:
        yield url


def test_bridges_that_share_lose_nothing_and_double_nothing_while_one_is_killed(database, tmp_path):
    devices = journals(6, 600)
    connection = open_database(database)
    furnish(connection, devices)

    with broker(tmp_path) as port, Fleet(devices, port) as fleet:
        bridges = [Bridge(tmp_path, port, database, name) for name in ("north", "south", "west")]
        for bridge in bridges:
            bridge.start()
        for bridge in bridges:
            bridge.wait_until_ready()
        for limit in (200, 400, 600):
            fleet.press_to(limit)
            fleet.tend()
            bridges[0].kill()
            bridges[0].start()
            fleet.settle()
        acknowledged = fleet.acknowledged
        for bridge in bridges:
            bridge.stop()

    assert set(acknowledged.values()) == {600}
    assert account(connection, acknowledged, devices) == Account(lost=0, doubled=0)
    assert connection.execute("SELECT min(contiguous_seq) FROM journals").fetchone()[0] == 600
    connection.close()
