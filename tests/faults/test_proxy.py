"""A COMMIT whose outcome nobody was told is done again, and changes nothing if it had been done."""

import pytest

from broker_bridge.database.connect import Unavailable, connect, transaction
from broker_bridge.database.migrate import open_database
from broker_bridge.ingest import Received, ingest
from tests.conftest import TEMPLATE
from tests.faults.checker import Account, account
from tests.faults.fleet import Fleet
from tests.faults.journal import NOW_MS, furnish, journals
from tests.faults.processes import Bridge, broker
from tests.faults.proxy import Proxy


@pytest.fixture
def direct(postgresql):
    """Give the URL of a database, without anything in between."""
    with postgresql.database(TEMPLATE) as url:
        yield url


@pytest.fixture
def proxy(postgresql, tmp_path):
    proxy = Proxy(postgresql.folder, tmp_path)
    yield proxy
    proxy.close()


@pytest.fixture
def by_proxy(direct, postgresql, tmp_path):
    """Give the URL of the same database by way of the proxy."""
    return direct.replace(str(postgresql.folder), str(tmp_path))


@pytest.mark.parametrize(("cut", "stored"), [("before", 0), ("after", 50)])
def test_a_batch_whose_commit_was_cut_is_taken_again_and_stored_once(direct, by_proxy, proxy, cut, stored):
    devices = journals(2, 25)
    drain = [Received(each.topic("up/responses"), each.batch(0), False, NOW_MS) for each in devices]
    looking = open_database(direct)
    furnish(looking, devices)
    cut_off = connect(by_proxy)
    proxy.cut = cut

    with pytest.raises(Unavailable):
        ingest(cut_off, drain, NOW_MS)
    found = looking.execute("SELECT count(*) FROM responses").fetchone()[0]
    cut_off.close()
    again = connect(by_proxy)
    replies = ingest(again, drain, NOW_MS)

    assert (proxy.cuts, found, len(replies)) == (1, stored, 2)
    assert account(looking, {each.device_id: 25 for each in devices}, devices) == Account(lost=0, doubled=0)
    assert looking.execute("SELECT sum(duplicates) FROM journals").fetchone()[0] == stored
    again.close()
    looking.close()


def test_a_bridge_goes_on_by_itself_after_commits_that_were_cut(direct, by_proxy, proxy, tmp_path):
    devices = journals(3, 300)
    looking = open_database(direct)
    furnish(looking, devices)

    with broker(tmp_path) as port, Fleet(devices, port) as fleet:
        bridge = Bridge(tmp_path, port, by_proxy)
        bridge.start()
        bridge.wait_until_ready()
        for limit, cut in ((75, "before"), (150, "after"), (225, "before"), (300, "after")):
            proxy.cut = cut
            fleet.press_to(limit)
            fleet.settle()
        bridge.stop()

    assert proxy.cuts == 4
    assert account(looking, fleet.acknowledged, devices) == Account(lost=0, doubled=0)
    looking.close()


def test_a_transaction_that_is_cut_leaves_a_connection_that_can_be_closed(direct, by_proxy, proxy):
    connection = connect(by_proxy)
    proxy.cut = "before"

    with pytest.raises(Unavailable), transaction(connection):
        connection.execute("SELECT 1")

    connection.close()
