"""An MQTT client of the tests: overhears what boxes say, and says it again."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from broker_bridge.broker import bridge_username
from device.protocol import topics
from server.trial import ports

Message = tuple[str, bytes]


@contextmanager
def client(username: str, mqtt_port: int) -> Iterator[Client]:
    """Connect under a name, with the rights that the broker's access list gives it."""
    connected = Client(CallbackAPIVersion.VERSION2)
    connected.username_pw_set(username)
    connected.connect(ports.HOST, mqtt_port)
    connected.loop_start()
    try:
        yield connected
    finally:
        connected.disconnect()
        connected.loop_stop()


@contextmanager
def overheard(data: Path, mqtt_port: int, device_id: str) -> Iterator[list[Message]]:
    """Collect what a device says while the context is open, in the order of arrival; `up/bye` is left out."""
    heard: list[Message] = []

    def take(_client: Client, _userdata: object, message: MQTTMessage) -> None:
        if not message.topic.endswith("/bye"):
            heard.append((message.topic, message.payload))

    with client(bridge_username(data), mqtt_port) as listener:
        listener.on_message = take
        listen(listener, topics.topic(device_id, "up/#"))
        yield heard


def listen(listener: Client, topic_filter: str) -> None:
    """Subscribe and wait until the broker has confirmed it."""
    confirmed: list[bool] = []
    listener.on_subscribe = lambda *_: confirmed.append(True)
    listener.subscribe(topic_filter, qos=1)
    wait_for(lambda: bool(confirmed))


def say(device_id: str, mqtt_port: int, messages: list[Message]) -> None:
    """Publish messages as a device, in this order, and wait until the broker has each of them."""
    with client(device_id, mqtt_port) as speaker:
        for topic, payload in messages:
            speaker.publish(topic, payload, qos=1).wait_for_publish(90)


def wait_for(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline_s = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline_s, "waited in vain"
        time.sleep(0.01)
