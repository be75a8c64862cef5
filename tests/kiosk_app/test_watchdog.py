"""What systemd hears of the kiosk."""

import socket

import pytest

from kiosk_app.watchdog import Watchdog


@pytest.fixture
def systemd(tmp_path):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(0)
        yield channel, {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "20000000"}


def heard(channel):
    words = []
    while True:
        try:
            words.append(channel.recv(100).decode())
        except BlockingIOError:
            return words


def test_it_is_ready_with_the_first_tick_and_fed_four_times_in_the_limit(systemd):
    channel, environment = systemd
    watchdog = Watchdog(environment)

    for now_ms in range(0, 20_000, 100):
        watchdog.feed(now_ms)
    watchdog.stopping()

    assert heard(channel) == ["READY=1", *["WATCHDOG=1"] * 4, "STOPPING=1"]


def test_a_screen_that_hangs_is_not_fed(systemd):
    channel, environment = systemd
    Watchdog(environment)

    assert heard(channel) == []


def test_without_systemd_it_is_silent():
    Watchdog({}).feed(0)
