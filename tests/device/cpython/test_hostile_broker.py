"""The real box with a broker that means harm: it refuses what it hears, counts on, and delivers all in the end."""

import os

import pytest

from tests.device.cpython import hostile
from tests.device.cpython.boxes import MOSQUITTO, missing, until
from tests.device.cpython.hostile import TOPIC, Case, HostileBroker, publish

pytestmark = pytest.mark.skipif(not MOSQUITTO, reason="needs mosquitto")

COUNT = 1000 if os.environ.get("EVERY_BYTE") else 24


def survives(proxied, broker, bridge, cases):
    """Let a box hear every case, pressing meanwhile; then give it back its broker, and see that nothing is missing."""
    proxy, box = proxied
    evil = HostileBroker(cases)
    honest, proxy.target_port = proxy.target_port, evil.port
    process = box.process.pid
    broker.kill()
    while evil.said < len(cases):
        before = evil.said
        box.press(1 + before % 5)
        until(lambda before=before: evil.said > before, f"case {before}")
    state = box.state()
    broker.start()
    proxy.target_port = honest
    evil.stop()
    until(lambda: not missing(box, bridge), "every thanked press")

    assert box.process.pid == process
    assert box.process.poll() is None
    assert state["survey"] == "reception@3"
    assert not box.logged("refused")
    assert len(bridge.stored) == len(box.logged("thanked"))
    assert not bridge.conflicts


def test_streams_that_are_no_mqtt(proxied, broker, bridge):
    survives(proxied, broker, bridge, hostile.streams())


def test_noise(proxied, broker, bridge):
    survives(proxied, broker, bridge, hostile.noise(COUNT, seed=3))


def test_messages_that_no_bridge_says(proxied, broker, bridge):
    epoch = proxied[1].newest("started")["epoch"]
    said = [publish(TOPIC + name, payload) for name, payload in hostile.messages(epoch)]

    survives(proxied, broker, bridge, [Case(data) for data in said])


def not_for_this_box(epoch):
    """Return settings and acks that are retained, or on topics of others."""
    evil = b'{"v":1,"settings":"evil@9","survey":{"questions":[{"id":"q","kind":"smiley5"}]}}'
    ack = b'{"v":1,"epoch":"' + epoch.encode() + b'","seq":1,"now":1}'
    said = [publish(TOPIC + "settings", evil, first=0x33), publish(TOPIC + "ack", ack, first=0x33)]
    for topic in ("hymio/v1/box-0002/down/settings", "hymio/v2/box-0001/down/settings", "$SYS/settings", "settings"):
        said += [publish(topic, evil), publish(topic.replace("settings", "ack"), ack)]
    return [Case(data) for data in said]


def test_messages_that_are_retained_or_for_another_box(proxied, broker, bridge):
    survives(proxied, broker, bridge, not_for_this_box(proxied[1].newest("started")["epoch"]))


def test_a_box_that_believes_retained_messages_is_caught(proxied, broker, bridge):
    _, box = proxied
    box.kill()
    box.command = ("-m", "tests.device.wrong_device", "--wrong", "believe")
    box.start()
    until(lambda: box.newest("started"), "the start")

    with pytest.raises(AssertionError):
        survives(proxied, broker, bridge, not_for_this_box(box.newest("started")["epoch"]))


def test_messages_with_bytes_changed(proxied, broker, bridge):
    epoch = proxied[1].newest("started")["epoch"]
    said = [publish(TOPIC + name, payload) for name, payload in hostile.fuzzed(epoch, COUNT, seed=7)]

    survives(proxied, broker, bridge, [Case(data) for data in said])


def test_hostile_settings_are_named_in_the_hello(proxied, bridge):
    _, box = proxied
    bridge.say("box-0001", "settings", {"settings": "evil@9", "survey": {"questions": []}})
    until(lambda: bridge.said[-1][1].get("settings_refused"), "the report")

    assert bridge.said[-1][1]["settings_refused"] == "survey evil@9 has no question with 5 steps"
    assert box.state()["survey"] == "reception@3"
