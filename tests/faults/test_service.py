"""The bridge under a service manager: ready when it can store, alive while it ingests, and not before or after."""

import json
import socket
import urllib.request
from contextlib import closing, contextmanager, suppress

import psycopg
import pytest

from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database
from server.trial.ports import free_port
from tests.faults.fleet import Fleet
from tests.faults.journal import furnish, journals
from tests.faults.kills import DYING
from tests.faults.processes import Bridge, broker, wait_until

PATIENCE_S = 60.0
SILENCE_S = 3.0  # thrice as long as a living bridge is ever silent


@pytest.fixture
def manager(tmp_path):
    """Give the service manager's end, where the bridge reports."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.settimeout(PATIENCE_S)
        yield manager


@pytest.fixture
def bridge(tmp_path, database):
    """Give a bridge on a running broker, not started."""
    with closing(open_database(database)) as connection:
        furnish(connection, journals(1, 10))
    with broker(tmp_path) as port:
        bridge = Bridge(tmp_path, port, database)
        bridge.port = port
        yield bridge
        bridge.kill()


@contextmanager
def read_only(database):
    """Let nobody write to a database, whoever connects from now on."""
    if database.startswith("postgresql"):
        with psycopg.connect(database, autocommit=True) as connection:
            name = connection.info.dbname
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
            yield
            connection.execute("SET default_transaction_read_only = off")
            connection.execute(f"ALTER DATABASE {name} RESET default_transaction_read_only")
    else:
        with closing(connect(database)) as connection:
            connection.begin()
            yield
            connection.execute("ROLLBACK")


def told(manager, wanted):
    """Return all that is reported up to something wanted."""
    said = []
    while not said or wanted not in said[-1]:
        said.append(manager.recv(1000).decode())
    return said


def test_the_bridge_is_ready_when_it_is_subscribed_and_the_database_takes_writes(bridge, manager, tmp_path):
    with read_only(bridge.options[-1]):
        bridge.start(NOTIFY_SOCKET=str(tmp_path / "notify"))
        before = told(manager, "STATUS=database away")
    after = told(manager, "READY=1")

    assert [said for said in before if "READY" in said] == []
    assert after[-1] == "READY=1\nSTATUS=subscribed"
    assert told(manager, "WATCHDOG=1")


def test_a_bridge_that_is_asked_to_end_says_so(bridge, manager, tmp_path):
    bridge.start(NOTIFY_SOCKET=str(tmp_path / "notify"))
    told(manager, "READY=1")
    bridge.stop()

    assert told(manager, "STOPPING=1")
    assert bridge.process.returncode == 0


def hang(bridge, manager, tmp_path, stage):
    """Let a bridge hang in the middle of an ingest; return once it does."""
    bridge.start(DYING, stage, "1", str(tmp_path / "hangs"), NOTIFY_SOCKET=str(tmp_path / "notify"))
    told(manager, "READY=1")
    with Fleet(journals(1, 10), bridge.port) as fleet:
        fleet.press_to(10)

        def hangs():
            fleet.tend()
            return (tmp_path / "hangs").exists()

        wait_until(hangs, "a bridge that hangs")
    manager.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            manager.recv(1000)


def test_a_bridge_that_hangs_in_an_ingest_does_not_feed_the_watchdog(bridge, manager, tmp_path):
    hang(bridge, manager, tmp_path, "hung")
    manager.settimeout(SILENCE_S)

    with pytest.raises(TimeoutError):
        told(manager, "WATCHDOG=1")


def test_a_bridge_whose_watchdog_is_fed_by_a_thread_would_be_seen(bridge, manager, tmp_path):
    hang(bridge, manager, tmp_path, "hung and fed by a thread")
    manager.settimeout(PATIENCE_S)

    assert told(manager, "WATCHDOG=1")


def test_monitoring_asks_a_bridge_that_logs_in_json(bridge):
    port = free_port()
    bridge.options += ["--monitor-port", str(port), "--log", "json"]
    bridge.start()
    bridge.wait_until_ready()
    with Fleet(journals(1, 10), bridge.port) as fleet:
        fleet.press_to(10)
        fleet.settle()

    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30) as answer:
        health = json.load(answer)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=30) as answer:
        told = answer.read().decode()
    events = [json.loads(line)["event"] for line in bridge.log.read_text().splitlines()]

    assert health["ok"] is True
    assert 'hymio_bridge_records_total{kind="response"} 10.0' in told
    assert "hymio_bridge_subscribed 1.0" in told
    assert "subscribed" in events
