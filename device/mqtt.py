"""MQTT 3.1.1 as a client speaks it: packets to bytes and bytes to packets, without a socket."""

import struct
from collections import namedtuple

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 2, 3, 4, 9, 13

PINGREQ_PACKET = b"\xc0\x00"
DISCONNECT_PACKET = b"\xe0\x00"
LARGEST_PACKET = 16384  # the broker's limit for one packet

Packet = namedtuple("Packet", ("kind", "packet_id", "code", "topic", "payload", "is_retained"))
"""`code` is the return code of a CONNACK or SUBACK; `packet_id` is 0 in a PUBLISH of QoS 0."""


class ProtocolError(Exception):
    """The other end does not speak MQTT as agreed; the connection is of no more use."""


def text(value: str) -> bytes:
    """Return a string as MQTT has it: its length in two bytes, then UTF-8."""
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def packet(first: int, *parts: bytes) -> bytes:
    """Return a whole packet: the first byte, the remaining length, the parts of the body."""
    header = bytearray([first])
    length = sum([len(part) for part in parts])
    while True:
        header.append(length % 128 | (128 if length > 127 else 0))
        length //= 128
        if not length:
            return b"".join((bytes(header),) + parts)  # in one step: a batch is large


def connect(client_id: str, username: str, keep_alive_s: int, will_topic: str, will_payload: bytes) -> bytes:
    """Return a CONNECT with a clean session (the outbox is the session) and a will of QoS 1 that is not retained."""
    flags = 0x80 | 0x08 | 0x04 | 0x02
    will = text(will_topic) + struct.pack(">H", len(will_payload)) + will_payload
    start = text("MQTT") + struct.pack(">BBH", 4, flags, keep_alive_s)
    return packet(0x10, start + text(client_id) + will + text(username))


def publish(packet_id: int, topic: str, payload: bytes) -> bytes:
    """Return a PUBLISH of QoS 1, not retained."""
    return packet(0x32, text(topic), struct.pack(">H", packet_id), payload)


def puback(packet_id: int) -> bytes:
    return packet(0x40, struct.pack(">H", packet_id))


def subscribe(packet_id: int, topic_filter: str) -> bytes:
    """Return a SUBSCRIBE to one filter with QoS 1."""
    return packet(0x82, struct.pack(">H", packet_id) + text(topic_filter) + b"\x01")


def next_packet_id(packet_id: int) -> int:
    """Return the id after this one: 1 to 65535, then again from 1."""
    return packet_id % 65535 + 1


class Parser:
    """Takes a stream in any portions and gives whole packets; raises ProtocolError at the first wrong byte."""

    def __init__(self, largest: int = LARGEST_PACKET) -> None:
        self._largest = largest
        self._buffer = b""

    def feed(self, data: bytes) -> "list[Packet]":
        """Return the packets that these bytes complete."""
        self._buffer += data
        packets: list[Packet] = []
        while True:
            start, end = self._frame()
            if not end:
                return packets
            packets.append(parse(self._buffer[0], self._buffer[start:end]))
            self._buffer = self._buffer[end:]

    def _frame(self) -> "tuple[int, int]":
        """Return where the first packet's body starts and ends; (0, 0) while it is not complete."""
        if self._buffer:
            check_first(self._buffer[0])
        length = shift = 0
        for index in range(1, min(len(self._buffer), 5)):
            byte = self._buffer[index]
            length |= (byte & 127) << shift
            shift += 7
            if length > self._largest:
                raise ProtocolError("packet of " + str(length) + " bytes")
            if byte < 128:
                end = index + 1 + length
                return (index + 1, end) if end <= len(self._buffer) else (0, 0)
        if shift == 28:
            raise ProtocolError("remaining length of five bytes")
        return 0, 0


def check_first(first: int) -> None:
    """Raise ProtocolError at the first byte of what no broker says, such as an HTTP answer."""
    kind = first >> 4
    need(kind in PARSERS and (kind == PUBLISH or not first & 15), "first byte " + str(first))


def parse(first: int, body: bytes) -> Packet:
    """Return one packet; ProtocolError when its length or topic are not as MQTT has them."""
    parsed: Packet = PARSERS[first >> 4](first, body)
    return parsed


def parse_connack(_first: int, body: bytes) -> Packet:
    need(len(body) == 2 and body[0] == 0, "CONNACK")  # a clean session has no session present
    return Packet(CONNACK, 0, body[1], "", b"", False)


def parse_puback(_first: int, body: bytes) -> Packet:
    need(len(body) == 2, "PUBACK")
    return Packet(PUBACK, packet_id_of(body), 0, "", b"", False)


def parse_suback(_first: int, body: bytes) -> Packet:
    need(len(body) == 3 and body[2] in (0, 1, 2, 128), "SUBACK")
    return Packet(SUBACK, packet_id_of(body), body[2], "", b"", False)


def parse_pingresp(_first: int, body: bytes) -> Packet:
    need(not body, "PINGRESP")
    return Packet(PINGRESP, 0, 0, "", b"", False)


def parse_publish(first: int, body: bytes) -> Packet:
    qos = first >> 1 & 3
    need(qos == 1 or first & 14 == 0, "PUBLISH flags")
    need(len(body) >= 2, "PUBLISH length")
    topic_end = 2 + int.from_bytes(body[:2], "big")
    payload_at = topic_end + 2 * qos
    need(topic_end > 2 and payload_at <= len(body), "PUBLISH length")
    try:
        topic = body[2:topic_end].decode()
    except ValueError:
        raise ProtocolError("PUBLISH topic")
    packet_id = packet_id_of(body[topic_end:]) if qos else 0
    return Packet(PUBLISH, packet_id, 0, topic, body[payload_at:], bool(first & 1))


def packet_id_of(body: bytes) -> int:
    packet_id = int.from_bytes(body[:2], "big")
    need(packet_id > 0, "packet id 0")
    return packet_id


def need(condition: bool, what: str) -> None:
    """Raise ProtocolError unless the condition holds."""
    if not condition:
        raise ProtocolError("wrong " + what)


PARSERS = {
    CONNACK: parse_connack,
    PUBLISH: parse_publish,
    PUBACK: parse_puback,
    SUBACK: parse_suback,
    PINGRESP: parse_pingresp,
}
