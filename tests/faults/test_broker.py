"""A broker with too little room, a short memory or a wrong access list: what it confirms and drops is sent again."""

import signal
import time
from contextlib import closing

import pytest

from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database
from tests.faults.checker import Account, account
from tests.faults.fleet import Fleet
from tests.faults.journal import furnish, journals
from tests.faults.processes import Bridge, RunningBroker
from tests.faults.test_disk import fill_up, small_disk, tend_until

__all__ = ["small_disk"]

NOTHING = Account(lost=0, doubled=0)


@pytest.fixture
def devices():
    return journals(3, 200)


@pytest.fixture
def database(tmp_path, devices):
    with closing(open_database(tmp_path / "hymio.db")) as connection:
        furnish(connection, devices)
    return str(tmp_path / "hymio.db")


def look(database, fleet, devices):
    with closing(connect(database)) as connection:
        return account(connection, fleet.acknowledged, devices)


def deliver(data, database, fleet, port):
    """Let a bridge take everything, and end."""
    bridge = Bridge(data, port, database)
    bridge.start()
    bridge.wait_until_ready()
    fleet.settle()
    bridge.stop()


def tend(fleet, seconds):
    end_s = time.monotonic() + seconds
    while time.monotonic() < end_s:
        fleet.tend()
        time.sleep(0.01)


def test_a_broker_whose_disk_is_full_costs_nothing_once_it_is_started_anew(small_disk, tmp_path, database, devices):
    broker = RunningBroker(small_disk)
    try:
        with Fleet(devices, broker.port) as fleet:
            fill_up(small_disk / "filler")
            fleet.press_to(200)
            tend(fleet, 2)
            promised = dict(fleet.acknowledged)
            broker.kill()
            for kept in (small_disk / "broker").glob("mosquitto.db*"):
                kept.unlink()
            (small_disk / "filler").unlink()
            broker.start()
            deliver(small_disk, database, fleet, broker.port)
    finally:
        broker.kill()

    assert set(promised.values()) == {0}
    assert set(fleet.acknowledged.values()) == {200}
    assert look(database, fleet, devices) == NOTHING


@pytest.mark.parametrize("forgets", [False, True], ids=["queue too short", "session forgotten"])
def test_what_a_broker_drops_while_the_bridge_is_away_is_sent_again(tmp_path, database, devices, forgets):
    broker = RunningBroker(tmp_path, "max_queued_messages 3")
    try:
        bridge = Bridge(tmp_path, broker.port, database)
        bridge.start()
        bridge.wait_until_ready()
        bridge.kill()
        if forgets:
            broker.kill()
            (tmp_path / "broker" / "mosquitto.db").unlink(missing_ok=True)
            broker.start()
        with Fleet(devices, broker.port) as fleet:
            fleet.press_to(200)
            tend(fleet, 2)
            promised = dict(fleet.acknowledged)
            deliver(tmp_path, database, fleet, broker.port)
    finally:
        broker.kill()

    assert set(promised.values()) == {0}
    assert look(database, fleet, devices) == NOTHING


def test_a_wrong_access_list_gets_no_acks_and_costs_nothing_once_it_is_mended(tmp_path, database, devices):
    broker = RunningBroker(tmp_path)
    access = tmp_path / "broker" / "access.acl"
    right = access.read_text()
    try:
        bridge = Bridge(tmp_path, broker.port, database)
        bridge.start()
        bridge.wait_until_ready()
        access.write_text(right.replace("pattern write", "pattern read"))
        broker.process.send_signal(signal.SIGHUP)
        with Fleet(devices, broker.port) as fleet:
            fleet.press_to(200)
            tend(fleet, 2)
            promised = dict(fleet.acknowledged)
            access.write_text(right)
            broker.process.send_signal(signal.SIGHUP)
            tend_until(fleet, fleet.settled)
        bridge.stop()
    finally:
        broker.kill()

    assert set(promised.values()) == {0}
    assert look(database, fleet, devices) == NOTHING
