"""One connection, with a broker made of lists."""

import asyncio

from device import mqtt
from device.connection import Connection, ConnectionLost
from device.mqtt import ProtocolError
from tests.device.raising import raised

CONNACK = b"\x20\x02\x00\x00"
SUBACK = b"\x90\x03\x00\x01\x01"


class Stream:
    """What the broker will say, in portions, and what it heard; a portion of None is silence for ever."""

    def __init__(self, *portions):
        self.portions = list(portions)
        self.heard = []
        self.is_closed = False

    async def read(self, _size):
        portion = self.portions.pop(0) if self.portions else b""
        if portion is None:
            await asyncio.sleep(60)
        return portion

    def write(self, data):
        self.heard.append(data)

    async def drain(self):
        pass

    def close(self):
        pass

    async def wait_closed(self):
        self.is_closed = True


class Time:
    def __init__(self):
        self.now = 0

    def ms(self):
        return self.now


def started(stream, time=None, keep_alive_s=30):
    connection = Connection(stream, stream, (time or Time()).ms, 0.05)
    asyncio.run(connection.start(b"CONNECT", keep_alive_s, "down/#"))
    stream.heard.clear()
    return connection


def test_the_box_introduces_itself_and_subscribes():
    stream = Stream(CONNACK, SUBACK)
    connection = Connection(stream, stream, Time().ms, 0.05)
    asyncio.run(connection.start(b"CONNECT", 30, "down/#"))

    assert stream.heard == [b"CONNECT", mqtt.subscribe(1, "down/#")]


def test_a_refused_introduction_or_subscription_ends_it():
    assert "code 5" in str(raised(ConnectionLost, started, Stream(b"\x20\x02\x00\x05")))
    assert "subscription" in str(raised(ConnectionLost, started, Stream(CONNACK, b"\x90\x03\x00\x01\x80")))


def test_a_broker_that_does_not_answer_is_given_up():
    assert str(raised(ConnectionLost, started, Stream(None))) == "the broker does not answer"
    assert str(raised(ConnectionLost, started, Stream(CONNACK, None))) == "the broker does not answer"


def test_a_broker_that_hangs_up_or_talks_nonsense_is_given_up():
    assert str(raised(ConnectionLost, started, Stream())) == "the broker closed the connection"
    raised(ProtocolError, started, Stream(b"HTTP/1.1 302 Found"))


def test_a_message_that_comes_before_the_suback_is_not_lost():
    message = mqtt.publish(7, "down/ack", b"{}")
    connection = started(Stream(CONNACK + message, SUBACK))

    packets = asyncio.run(connection.receive())

    assert [packet.payload for packet in packets] == [b"{}"]


def test_every_message_is_answered_with_a_puback():
    stream = Stream(CONNACK, SUBACK, mqtt.publish(7, "down/ack", b"{}"))
    connection = started(stream)
    asyncio.run(connection.receive())
    asyncio.run(connection.flush())

    assert stream.heard == [mqtt.puback(7)]


def test_what_is_queued_leaves_in_one_write_with_ids_that_rise():
    stream = Stream(CONNACK, SUBACK)
    connection = started(stream)
    connection.publish("a", b"1")
    connection.publish("b", b"2")
    asyncio.run(connection.flush())

    assert stream.heard == [mqtt.publish(2, "a", b"1") + mqtt.publish(3, "b", b"2")]


def test_a_silent_broker_is_pinged_once_and_then_given_up():
    stream = Stream(CONNACK, SUBACK)
    time = Time()
    connection = started(stream, time)
    for time.now in (14000, 15000, 15500, 29000):
        asyncio.run(connection.flush())
    pings = list(stream.heard)
    time.now = 45001

    assert pings == [mqtt.PINGREQ_PACKET]
    assert str(raised(ConnectionLost, asyncio.run, connection.flush())) == "the broker is silent"


def test_an_answered_ping_is_followed_by_the_next():
    stream = Stream(CONNACK, SUBACK, b"\xd0\x00")
    time = Time()
    connection = started(stream, time)
    time.now = 15000
    asyncio.run(connection.flush())
    time.now = 15100
    asyncio.run(connection.receive())
    time.now = 30100
    asyncio.run(connection.flush())

    assert stream.heard == [mqtt.PINGREQ_PACKET, mqtt.PINGREQ_PACKET]


def test_parting_in_order_says_disconnect_and_closes():
    stream = Stream(CONNACK, SUBACK)
    connection = started(stream)
    asyncio.run(connection.stop())
    asyncio.run(connection.close())

    assert stream.heard == [mqtt.DISCONNECT_PACKET]
    assert stream.is_closed
