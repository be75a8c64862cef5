"""The real box with a broker that means harm: it refuses what it hears, counts on, and delivers all in the end."""

import os

import pytest

from tests.device.cpython import hostile
from tests.device.cpython.boxes import MOSQUITTO, Box, missing, until
from tests.device.cpython.hostile import TOPIC, Case, HostileBroker, publish
from tests.device.cpython.proxy import Proxy

pytestmark = pytest.mark.skipif(not MOSQUITTO, reason="needs mosquitto")

COUNT = 1000 if os.environ.get("EVERY_BYTE") else 24


@pytest.fixture
def wire(tmp_path, broker, bridge):
    """A box that has its survey, and a wire that can be laid to another broker."""
    proxy = Proxy(broker.port)
    box = Box(tmp_path, proxy.port)
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    yield proxy, box
    box.kill()
    proxy.stop()


def survives(wire, broker, bridge, cases):
    """Let a box hear every case, pressing meanwhile; then give it back its broker, and see that nothing is missing."""
    proxy, box = wire
    evil = HostileBroker(cases)
    honest, proxy.target_port = proxy.target_port, evil.port
    process = box.process.pid
    broker.kill()
    while evil.said < len(cases):
        before = evil.said
        box.press(1 + before % 5)
        until(lambda before=before: evil.said > before, f"case {before}", timeout_s=30)
    state = box.state()
    broker.start()
    proxy.target_port = honest
    evil.stop()
    until(lambda: not missing(box, bridge), "every thanked press", timeout_s=60)

    assert box.process.pid == process
    assert box.process.poll() is None
    assert state["survey"] == "reception@3"
    assert not box.logged("refused")
    assert len(bridge.stored) == len(box.logged("thanked"))
    assert not bridge.conflicts


def test_streams_that_are_no_mqtt(wire, broker, bridge):
    survives(wire, broker, bridge, hostile.streams())


def test_noise(wire, broker, bridge):
    survives(wire, broker, bridge, hostile.noise(COUNT, seed=3))


def test_messages_that_no_bridge_says(wire, broker, bridge):
    epoch = wire[1].newest("started")["epoch"]
    said = [publish(TOPIC + name, payload) for name, payload in hostile.messages(epoch)]

    survives(wire, broker, bridge, [Case(data) for data in said])


def not_for_this_box(epoch):
    """Return settings and acks that are retained, or on topics of others."""
    evil = b'{"v":1,"settings":"evil@9","survey":{"questions":[{"id":"q","kind":"smiley5"}]}}'
    ack = b'{"v":1,"epoch":"' + epoch.encode() + b'","seq":1,"now":1}'
    said = [publish(TOPIC + "settings", evil, first=0x33), publish(TOPIC + "ack", ack, first=0x33)]
    for topic in ("hymio/v1/box-0002/down/settings", "hymio/v2/box-0001/down/settings", "$SYS/settings", "settings"):
        said += [publish(topic, evil), publish(topic.replace("settings", "ack"), ack)]
    return [Case(data) for data in said]


def test_messages_that_are_retained_or_for_another_box(wire, broker, bridge):
    survives(wire, broker, bridge, not_for_this_box(wire[1].newest("started")["epoch"]))


def test_a_box_that_believes_retained_messages_is_caught(wire, broker, bridge):
    _, box = wire
    box.kill()
    box.command = ("-m", "tests.device.wrong_device", "--wrong", "believe")
    box.start()
    until(lambda: box.newest("started"), "the start")

    with pytest.raises(AssertionError):
        survives(wire, broker, bridge, not_for_this_box(box.newest("started")["epoch"]))


def test_messages_with_bytes_changed(wire, broker, bridge):
    epoch = wire[1].newest("started")["epoch"]
    said = [publish(TOPIC + name, payload) for name, payload in hostile.fuzzed(epoch, COUNT, seed=7)]

    survives(wire, broker, bridge, [Case(data) for data in said])


def test_hostile_settings_are_named_in_the_hello(wire, bridge):
    _, box = wire
    bridge.say("box-0001", "settings", {"settings": "evil@9", "survey": {"questions": []}})
    until(lambda: bridge.said[-1][1].get("settings_refused"), "the report")

    assert bridge.said[-1][1]["settings_refused"] == "survey evil@9 has no question with 5 steps"
    assert box.state()["survey"] == "reception@3"
