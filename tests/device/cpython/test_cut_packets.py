"""The real box on a real broker, over a wire that cuts any packet after any byte.

A few of the cuts are made each time; EVERY_BYTE=1 makes them all, which takes some minutes.
"""

import os

import pytest

from tests.device.cpython.boxes import MOSQUITTO, Box, missing, until
from tests.device.cpython.packet_proxy import PacketProxy, Rule

pytestmark = pytest.mark.skipif(not MOSQUITTO, reason="needs mosquitto")

EVERY_BYTE = bool(os.environ.get("EVERY_BYTE"))
STEP = 1 if EVERY_BYTE else 37
GREETING = ("up CONNECT", "down CONNACK", "up SUBSCRIBE", "down SUBACK", "up hello")
TALK = ("up responses", "down PUBACK", "down ack", "up PUBACK")


@pytest.fixture
def wire(tmp_path, broker, bridge):
    """A box that has its survey and has sent a press, and the wire to its broker."""
    proxy = PacketProxy(broker.port)
    box = Box(tmp_path, proxy.port)
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    box.press(1)
    until(lambda: box.newest("outbox").get("acked_seq") == 1, "the ack")
    yield proxy, box
    box.kill()
    proxy.stop()


def all_arrived(box, bridge):
    until(lambda: not missing(box, bridge), "every thanked press")
    until(lambda: box.state()["acked_seq"] == len(box.logged("thanked")), "every ack")

    assert len(bridge.stored) == len(box.logged("thanked"))
    assert not bridge.conflicts
    assert not box.logged("refused")


@pytest.mark.parametrize("name", GREETING + TALK)
def test_a_packet_cut_after_any_byte_costs_nothing(wire, bridge, name):
    proxy, box = wire
    length = proxy.lengths[name]
    for at in sorted({*range(0, length, STEP), length - 1, length}):
        proxy.rule = Rule(name, at)
        if name in GREETING:
            proxy.drop()
        box.press(1 + at % 5)
        assert proxy.rule.was_met.wait(90), f"{name} never came to byte {at}"
    proxy.rule = None

    all_arrived(box, bridge)


@pytest.mark.parametrize("name", GREETING + TALK if EVERY_BYTE else ("up CONNECT", "down ack"))
def test_a_connection_that_swallows_everything_is_given_up(wire, bridge, name):
    proxy, box = wire
    for at in (0, 1, proxy.lengths[name]) if EVERY_BYTE else (1,):
        proxy.rule = Rule(name, at, swallows=True)
        if name in GREETING:
            proxy.drop()
        box.press(2)
        assert proxy.rule.was_met.wait(90), f"{name} never came"
    proxy.rule = None

    all_arrived(box, bridge)


def test_a_box_that_waits_for_ever_is_caught(tmp_path, broker, bridge):
    proxy = PacketProxy(broker.port)
    box = Box(tmp_path, proxy.port, ("-m", "tests.device.wrong_device", "--wrong", "wait-for-ever"))
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    proxy.rule = Rule("down ack", 1, swallows=True)
    box.press(2)
    proxy.rule.was_met.wait(20)
    with pytest.raises(AssertionError, match="the box noticing"):
        until(lambda: box.newest("link")["state"] == "offline", "the box noticing", timeout_s=6)
    box.kill()
    proxy.stop()


def test_what_is_said_twice_counts_once(wire, bridge):
    proxy, box = wire
    proxy.says_twice = True
    for button in (1, 2, 3, 4, 5) * 4:
        box.press(button)

    all_arrived(box, bridge)


def test_a_slow_wire_delivers_in_the_end(wire, bridge):
    proxy, box = wire
    proxy.delay_s = 0.2  # each way: most acks come after the box has begun to say it again
    for button in (1, 2, 3, 4, 5) * 4:
        box.press(button)

    all_arrived(box, bridge)


def test_a_wire_that_cuts_for_ever_lets_presses_count_on(wire):
    proxy, box = wire
    for at in range(40):
        proxy.rule = Rule("up CONNECT", at)
        proxy.drop()
        box.press(3)

    assert len(box.logged("thanked")) == 41
