"""The real box on wires that break."""

import os
import socket
import threading

import pytest

from tests.device.cpython.boxes import MOSQUITTO, Box, missing, until

pytestmark = pytest.mark.skipif(not MOSQUITTO, reason="needs mosquitto")


def test_connections_cut_after_any_number_of_bytes_deliver_everything_once(proxied, bridge):
    proxy, box = proxied
    proxy.cut_after = 500
    box.kill()
    box.start()
    for cut_after in range(500, 1500, 37):
        proxy.cut_after = cut_after
        for button in (1, 3, 5):
            box.press(button)
    until(lambda: not missing(box, bridge), "every thanked press", timeout_s=120)

    assert len(bridge.stored) == 84
    assert proxy.connections > 10
    assert not bridge.conflicts


def test_connections_cut_at_each_byte_of_the_greeting_harm_nothing(proxied, bridge):
    proxy, box = proxied
    box.kill()
    for cut_after in range(1, 500, 11):
        proxy.cut_after = cut_after
        before = proxy.connections
        box.start()
        until(lambda before=before: proxy.connections >= before + 2, "a second attempt")
        box.press(2)
        box.kill()
    proxy.cut_after = 0
    box.start()
    until(lambda: not missing(box, bridge), "every thanked press")

    assert not bridge.conflicts


def test_bytes_that_come_one_by_one_are_understood(proxied, bridge):
    proxy, box = proxied
    box.kill()
    proxy.portion = 1
    box.start()
    box.press(4)
    until(lambda: not missing(box, bridge), "the press")

    assert len(bridge.stored) == 1


def test_a_box_that_is_turned_away_again_and_again_keeps_its_sockets(tmp_path):
    listener = socket.create_server(("127.0.0.1", 0))
    turned_away = []

    def turn_away():
        while len(turned_away) < 40:
            caller, _ = listener.accept()
            caller.close()
            turned_away.append(1)

    thread = threading.Thread(target=turn_away)
    thread.start()
    box = Box(tmp_path, listener.getsockname()[1])
    thread.join(120)
    open_files = len(os.listdir(f"/proc/{box.process.pid}/fd"))
    box.kill()
    listener.close()

    assert open_files < 10


def test_a_backlog_of_thousands_drains_in_order(proxied, bridge):
    _, box = proxied
    bridge.is_deaf = True
    for _ in range(2000):
        box.order("press 3")
    until(lambda: len(box.logged("thanked")) == 2000, "the thanks", timeout_s=180)
    bridge.is_deaf = False
    until(lambda: box.newest("outbox").get("acked_seq") == 2000, "the last ack", timeout_s=180)

    assert not missing(box, bridge)
    assert not bridge.conflicts
