"""Packets of MQTT 5: what we read of them is what a stock client reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt._packet import decode_publish
from paho.mqtt.enums import MQTTProtocolVersion

from broker_bridge.packets import Message, message, packet

TOPICS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=300)


def written(length: int) -> bytes:
    """Return a number as MQTT writes it."""
    low = bytes([length & 127 | (128 if length > 127 else 0)])
    return low + written(length >> 7) if length > 127 else low


def publish(topic: str, payload: bytes, flags: int, mid: int, properties: bytes = b"") -> bytes:
    name = topic.encode()
    head = len(name).to_bytes(2, "big") + name + (mid.to_bytes(2, "big") if flags & 2 else b"")
    rest = head + written(len(properties)) + properties + payload
    return bytes([0x30 | flags]) + written(len(rest)) + rest


def read(data: bytes, start: int = 0) -> Message | None:
    content, end = packet(data, start) or (0, 0)
    return message(data, start, content, end)


@given(
    TOPICS,
    st.one_of(st.binary(max_size=200), st.integers(0, 20_000).map(bytes)),
    st.sampled_from([0, 1, 2, 3, 8, 10, 11]),
    st.integers(1, 65535),
    st.sampled_from([b"", b"\x01\x01", b"\x02\x00\x00\x00\x05", b"\x26\x00\x01a\x00\x01b" * 30]),
)
def test_a_message_is_read_as_a_stock_client_reads_it(topic, payload, flags, mid, properties):
    data = publish(topic, payload, flags, mid, properties)

    found = read(b"xyz" + data + b"more", 3)

    content = data[packet(data, 0)[0] :]
    stock = decode_publish(0x30 | flags, bytearray(content), MQTTProtocolVersion.MQTTv5)
    assert found == Message(stock.topic.decode(), bytes(stock.payload), stock.retain, stock.mid if flags & 2 else 0)
    assert packet(b"xyz" + data + b"more", 3)[1] == 3 + len(data)


@given(st.integers(0, 400))
def test_a_packet_that_is_not_all_there_is_waited_for(size):
    data = publish("hymio/v1/box-1/up/hello", b"x" * 300, 2, 7)[:size]

    assert packet(data, 0) is None or size >= 330


@given(st.binary(max_size=60))
def test_any_bytes_are_a_message_or_none(data):
    found = packet(data, 0)

    assert found is None or isinstance(message(data, 0, *found), Message | None)


@pytest.mark.parametrize(
    "data",
    [
        b"\x20\x03\x00\x00\x00",  # CONNACK
        publish("a", b"", 4, 1),  # QoS 2, which we never ask for
        b"\x32\x03\x00\x09a",  # a topic that is longer than its packet
        b"\x32\x03\x00\x01a",  # no message id
        b"\x30\x04\x00\x01a\x05",  # properties that are longer than their packet
        b"\x32\x01\x00",
        b"\x32\x00",
    ],
)
def test_what_is_no_message_of_ours_is_left_to_the_client(data):
    assert packet(data, 0) == (2, len(data))
    assert read(data) is None


def test_a_topic_that_is_no_text_can_be_refused_like_any_other():
    data = bytearray(publish("ab", b"{}", 2, 7))
    data[4] = 0xFF

    assert read(bytes(data)) == Message("\ufffdb", b"{}", False, 7)
