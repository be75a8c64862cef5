"""Finds packets of MQTT 5 in bytes that came from a broker, and reads the messages among them.

A stock client spends most of a bridge's time on messages, making and locking some twenty objects for each. Everything
else is still read by it.
"""

from typing import NamedTuple

MESSAGES = {0x30, 0x31, 0x32, 0x33, 0x38, 0x39, 0x3A, 0x3B}  # PUBLISH of QoS 0 and 1; retained or not, again or not
RETAINED = 0x01
QOS_1 = 0x02


class Message(NamedTuple):
    """A published message; `mid` is 0 when it wants no acknowledgement."""

    topic: str
    payload: bytes
    retained: bool
    mid: int


def packet(data: bytes, start: int) -> tuple[int, int] | None:
    """Return where the content of the packet at `start` begins and ends, None while it is not all there."""
    length, content = number(data, start + 1)
    end = content + length
    return (content, end) if content and end <= len(data) else None


def number(data: bytes, place: int) -> tuple[int, int]:
    """Return a number of one to four bytes, and the place behind it; the place is 0 when there is no such number."""
    value = shift = 0
    for byte in data[place : place + 4]:
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7
    return 0, 0


def message(data: bytes, start: int, content: int, end: int) -> Message | None:
    """Return the message in a packet, None for any other packet and for one that is not as it should be."""
    kind = data[start]
    if kind not in MESSAGES or end < content + 2:
        return None
    topic_end = content + 2 + (data[content] << 8 | data[content + 1])
    properties = topic_end + (2 if kind & QOS_1 else 0)
    if properties >= end:
        return None
    mid = data[topic_end] << 8 | data[topic_end + 1] if kind & QOS_1 else 0
    length, payload = number(data, properties)
    if not payload or payload + length > end:
        return None
    topic = data[content + 2 : topic_end].decode(errors="replace")
    return Message(topic, data[payload + length : end], bool(kind & RETAINED), mid)
