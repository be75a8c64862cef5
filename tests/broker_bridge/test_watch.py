"""How the bridge is: nothing but its own loop says so."""

import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from broker_bridge import metrics, monitor
from broker_bridge.watch import HANGS_AFTER_S, Watch


class Clock:
    now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(tmp_path: Path, clock: Clock) -> Watch:
    return Watch(tmp_path / "bridge.ready", clock)


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Give the service manager's end."""
    monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        manager.setblocking(False)
        yield manager


@pytest.fixture
def address(watch: Watch) -> Iterator[str]:
    """Give the address where monitoring asks."""
    server = monitor.serve(0, watch)
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def ask(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.read().decode()


def heard(manager: socket.socket) -> list[str]:
    said = []
    while True:
        try:
            said.append(manager.recv(1000).decode())
        except BlockingIOError:
            return said


def test_a_bridge_is_not_well_before_it_is_ready(watch: Watch) -> None:
    assert watch.health()["ok"] is False
    watch.ready()

    assert watch.health() == {"ok": True, "trouble": None, "loop_silent_s": 0.0}


def test_the_ready_file_is_there_while_it_is_subscribed(watch: Watch) -> None:
    watch.ready()
    was_there = watch.ready_file.exists()
    watch.away()

    assert (was_there, watch.ready_file.exists()) == (True, False)


def test_a_loop_that_does_not_come_round_is_not_well(watch: Watch, clock: Clock) -> None:
    watch.ready()
    clock.now_s += HANGS_AFTER_S + 1
    hanging = watch.health()
    watch.comes_round()

    assert hanging["trouble"] == "hangs since 61 s"
    assert watch.health()["ok"] is True


def test_the_service_manager_hears_of_every_state_and_once_a_second_that_the_loop_lives(
    watch: Watch, clock: Clock, manager: socket.socket
) -> None:
    watch.ready()
    for _ in range(21):
        clock.now_s += 0.1
        watch.comes_round()
    watch.database_away("the disk is full")

    assert heard(manager) == [
        "READY=1\nSTATUS=subscribed",
        "WATCHDOG=1",
        "WATCHDOG=1",
        "STATUS=database away: the disk is full",
    ]


def test_monitoring_is_told_why_with_a_status_that_it_understands(watch: Watch, address: str) -> None:
    watch.ready()
    well = ask(f"{address}/health")
    watch.database_away("database is locked")
    status, content = ask(f"{address}/health")

    assert well[0] == 200
    assert (status, json.loads(content)["trouble"]) == (503, "database away: database is locked")


def test_prometheus_reads_what_was_counted(watch: Watch, address: str) -> None:
    watch.writable()
    watch.ready()
    metrics.rejected.labels("record", "survey").inc()

    status, content = ask(f"{address}/metrics")

    assert status == 200
    assert "hymio_bridge_database_writable 1.0" in content
    assert 'hymio_bridge_rejected_total{reason="survey",what="record"}' in content


def test_any_other_address_says_what_to_ask_for(address: str) -> None:
    assert ask(address) == (404, '{"trouble": "ask for /metrics or /health"}\n')


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("json: not JSON", "json"),
        ("internal: KeyError", "internal"),
        ("answers.smiley: 9 is not allowed; allowed is an integer from 1 to 5", "survey"),
    ],
)
def test_reasons_are_counted_without_their_details(reason: str, cause: str) -> None:
    assert metrics.cause(reason) == cause
