"""A disk that is full, or that fails to sync: nothing is acknowledged that is not stored."""

import json
import os
import resource
import shutil
import subprocess
import time
import urllib.error
import urllib.request
from contextlib import closing, suppress
from pathlib import Path

import pytest

from broker_bridge.database.condition import trouble
from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database
from server.trial.ports import free_port
from tests.broker_bridge.conftest import locked
from tests.conftest import TEMPLATE
from tests.faults.checker import Account, account
from tests.faults.fleet import Fleet
from tests.faults.journal import furnish, journals
from tests.faults.processes import Bridge, broker, wait_until
from tests.postgresql import OWNER

NOTHING = Account(lost=0, doubled=0)
KIB = 1024
PATIENCE_S = 90.0  # a server that others keep busy gives up a lock after ten seconds, or some more


@pytest.fixture
def devices():
    return journals(3, 400)


@pytest.fixture
def small_disk(tmp_path):
    """Give a folder on a disk of two MiB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def fill_up(path):
    """Write until the disk takes no more."""
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4 * KIB))


def furnished(path, devices):
    with closing(open_database(path)) as connection:
        furnish(connection, devices)
    return str(path)


def look(database, fleet, devices):
    with closing(connect(database)) as connection:
        return account(connection, fleet.acknowledged, devices)


def tend_until(fleet, condition):
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s, f"waited in vain: {fleet.acknowledged}"
        fleet.tend()
        time.sleep(0.01)


def test_a_full_disk_stops_the_acks_and_the_health_until_there_is_room_again(small_disk, tmp_path, devices):
    database = furnished(small_disk / "hymio.db", devices)
    with broker(tmp_path) as port, Fleet(devices, port) as fleet:
        bridge = Bridge(tmp_path, port, database)
        bridge.start()
        bridge.wait_until_ready()
        filler = small_disk / "filler"
        fill_up(filler)
        fleet.press_to(400)

        tend_until(fleet, lambda: "disk is full" in bridge.log.read_text())
        health = trouble(database)
        promised = fleet.acknowledged
        filler.unlink()
        fleet.settle()
        bridge.stop()

    assert "disk is full" in health
    assert max(promised.values()) < 400
    assert look(database, fleet, devices) == NOTHING
    assert trouble(database) is None


@pytest.fixture
def small_tablespace(small_disk, postgresql):
    """Give a database whose tables lie on a disk of their own that is small, unlike that of the server's log."""
    subprocess.run(["mount", "-o", "remount,size=24m", small_disk], check=True)
    if os.getuid() == 0:
        shutil.chown(small_disk, OWNER, OWNER)
    small_disk.chmod(0o700)
    for folder in small_disk.parents[:3]:
        folder.chmod(folder.stat().st_mode | 0o011)
    postgresql.command(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
    postgresql.command(f"CREATE DATABASE small TEMPLATE {TEMPLATE} TABLESPACE small")
    yield postgresql.url("small")
    postgresql.command("DROP DATABASE small WITH (FORCE)")
    postgresql.command("DROP TABLESPACE small")


def test_a_full_disk_of_the_server_stops_the_acks_until_there_is_room_again(
    small_tablespace, small_disk, tmp_path, devices
):
    furnished(small_tablespace, devices)
    with broker(tmp_path) as port, Fleet(devices, port) as fleet:
        bridge = Bridge(tmp_path, port, small_tablespace)
        bridge.start()
        bridge.wait_until_ready()
        filler = small_disk / "filler"
        fill_up(filler)
        fleet.press_to(400)

        tend_until(fleet, lambda: "No space left on device" in bridge.log.read_text())
        promised = fleet.acknowledged
        filler.unlink()
        fleet.settle()
        bridge.stop()

    assert max(promised.values()) < 400
    assert look(small_tablespace, fleet, devices) == NOTHING


def test_a_locked_database_stops_the_acks_and_the_health_until_it_is_free(database, tmp_path, devices):
    furnished(database, devices)
    monitor = free_port()
    with broker(tmp_path) as port, Fleet(devices, port) as fleet:
        bridge = Bridge(tmp_path, port, database)
        bridge.options += ["--monitor-port", str(monitor)]
        bridge.start()
        bridge.wait_until_ready()
        with locked(database):
            fleet.press_to(400)
            tend_until(fleet, lambda: "lock" in bridge.log.read_text())
            promised = fleet.acknowledged
            health = ask_until_unwell(monitor)
        fleet.settle()
        wait_until(bridge.ready.exists, "a bridge that is ready again")
        bridge.stop()

    assert set(promised.values()) == {0}
    assert "lock" in health
    assert look(database, fleet, devices) == NOTHING


def ask_until_unwell(port):
    """Return what monitoring is told once the bridge is not well."""
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=30).close()
        except urllib.error.HTTPError as unwell:
            return json.load(unwell)["trouble"]


def test_a_file_that_may_not_grow_stops_the_acks_until_it_may(tmp_path, devices):
    database = furnished(tmp_path / "hymio.db", devices)
    with broker(tmp_path) as port, Fleet(devices, port) as fleet:
        bridge = Bridge(tmp_path, port, database)
        bridge.start()
        bridge.wait_until_ready()
        limit = (tmp_path / "hymio.db").stat().st_size
        resource.prlimit(bridge.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        fleet.press_to(400)

        tend_until(fleet, lambda: "database away" in bridge.log.read_text())
        assert max(fleet.acknowledged.values()) < 400
        resource.prlimit(bridge.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        fleet.settle()
        bridge.stop()

    assert look(database, fleet, devices) == NOTHING


def test_a_sync_that_fails_ends_the_bridge_and_the_next_one_takes_up(tmp_path, devices):
    database = furnished(tmp_path / "hymio.db", devices)
    failing = tmp_path / "syncs-fail"
    with broker(tmp_path) as port, Fleet(devices, port) as fleet:
        bridge = Bridge(tmp_path, port, database)
        bridge.start(LD_PRELOAD=failing_sync(tmp_path), FAILING_SYNCS=str(failing))
        bridge.wait_until_ready()
        fleet.press_to(100)
        fleet.settle()
        failing.touch()
        fleet.press_to(400)

        tend_until(fleet, lambda: not bridge.running())
        ended = bridge.process.returncode
        said = bridge.log.read_text()
        promised = fleet.acknowledged
        bridge.start()
        fleet.settle()
        bridge.stop()

    assert (ended, set(promised.values())) == (2, {100})
    assert "Nothing is acknowledged: the disk failed to sync" in said
    assert look(database, fleet, devices) == NOTHING


def failing_sync(folder):
    """Compile the library; that of fiu-utils hangs some processes before they begin, most on a busy machine."""
    library = str(folder / "failing_sync.so")
    source = str(Path(__file__).with_name("failing_sync.c"))
    subprocess.run(["cc", "-O2", "-Wall", "-shared", "-fPIC", "-o", library, source], check=True)
    return library


def test_a_damaged_database_keeps_the_bridge_from_starting_with_one_line(tmp_path, devices):
    database = furnished(tmp_path / "hymio.db", devices)
    content = bytearray((tmp_path / "hymio.db").read_bytes())
    content[7 * 4096 : 8 * 4096] = os.urandom(4096)
    (tmp_path / "hymio.db").write_bytes(content)

    bridge = Bridge(tmp_path, 1, database)
    bridge.start()
    wait_until(lambda: not bridge.running(), "the end of the bridge")

    assert bridge.process.returncode == 2
    assert bridge.log.read_text().startswith("Error: Nothing is acknowledged: the database is damaged")
    assert bridge.log.read_text().count("\n") == 1
