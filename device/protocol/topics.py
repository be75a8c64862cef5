"""Topics of the wire contract: who may say what, and where."""

from device.protocol.kinds import Refused, Text

PREFIX = "hymio/v1/"
EVERY_UP = PREFIX + "+/up/#"
EVERY_DOWN = PREFIX + "+/down/#"
DEVICE_ID = Text(40, shortest=4, pattern="^[a-z0-9][a-z0-9-]*$")


def topic(device_id: str, name: str) -> str:
    """Return the full topic of a message name such as `up/hello`."""
    return PREFIX + device_id + "/" + name


def every_down(device_id: str) -> str:
    """Return the topic filter of all that the bridge says to one device."""
    return topic(device_id, "down/#")


def split(full_topic: str) -> "tuple[str, str]":
    """Return (device_id, name) of a full topic; raise Refused for any other topic."""
    if not full_topic.startswith(PREFIX):
        raise Refused("topic: does not begin with " + PREFIX)
    device_id, slash, name = full_topic[len(PREFIX) :].partition("/")
    try:
        DEVICE_ID.check(device_id, "device_id")
    except Refused as refusal:
        raise Refused("topic: " + refusal.reason)
    if not slash or not name:
        raise Refused("topic: names no message")
    return device_id, name
