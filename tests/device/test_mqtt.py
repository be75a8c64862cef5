"""MQTT packets, in any portions and from anybody."""

from device import mqtt
from tests.device.raising import raised

CONNACK = b"\x20\x02\x00\x00"
SUBACK = b"\x90\x03\x00\x01\x01"
PUBACK = b"\x40\x02\x12\x34"
PINGRESP = b"\xd0\x00"


def long_publish():
    return mqtt.publish(7, "hymio/v1/box-0001/down/ack", b'{"v":1}' * 40)


def test_connect_is_as_mqtt_has_it():
    packet = mqtt.connect("box-0001", "box-0001", 30, "w", b"bye")

    assert packet == (b"\x10\x26\x00\x04MQTT\x04\x8e\x00\x1e\x00\x08box-0001\x00\x01w\x00\x03bye\x00\x08box-0001")


def test_publish_subscribe_and_puback_are_as_mqtt_has_them():
    assert mqtt.publish(258, "a/b", b"xyz") == b"\x32\x0a\x00\x03a/b\x01\x02xyz"
    assert mqtt.subscribe(1, "a/#") == b"\x82\x08\x00\x01\x00\x03a/#\x01"
    assert mqtt.puback(258) == b"\x40\x02\x01\x02"


def test_the_remaining_length_takes_as_many_bytes_as_it_needs():
    assert mqtt.packet(0x32, bytes(127))[:2] == b"\x32\x7f"
    assert mqtt.packet(0x32, bytes(128))[:3] == b"\x32\x80\x01"
    assert mqtt.packet(0x32, bytes(16384))[:4] == b"\x32\x80\x80\x01"


def test_packet_ids_wrap_and_are_never_0():
    packet_id = 65533
    ids = []
    for _ in range(4):
        packet_id = mqtt.next_packet_id(packet_id)
        ids.append(packet_id)

    assert ids == [65534, 65535, 1, 2]


def test_a_stream_cut_anywhere_gives_the_same_packets():
    stream = CONNACK + SUBACK + PUBACK + long_publish() + PINGRESP
    whole = mqtt.Parser().feed(stream)
    for cut in range(len(stream)):
        parser = mqtt.Parser()

        assert parser.feed(stream[:cut]) + parser.feed(stream[cut:]) == whole
    assert [packet.kind for packet in whole] == [mqtt.CONNACK, mqtt.SUBACK, mqtt.PUBACK, mqtt.PUBLISH, mqtt.PINGRESP]


def test_a_stream_byte_by_byte_gives_the_same_packets():
    stream = SUBACK + long_publish() + PUBACK
    parser = mqtt.Parser()
    packets = []
    for index in range(len(stream)):
        packets += parser.feed(stream[index : index + 1])

    assert packets == mqtt.Parser().feed(stream)


def test_a_publish_tells_topic_payload_and_id():
    packet = mqtt.Parser().feed(b"\x3b" + mqtt.publish(9, "t/ö", b"p")[1:])[0]

    assert (packet.topic, packet.payload, packet.packet_id, packet.is_retained) == ("t/ö", b"p", 9, True)


def test_a_publish_of_qos_0_has_no_id():
    packet = mqtt.Parser().feed(b"\x30\x05\x00\x01tab")[0]

    assert (packet.topic, packet.payload, packet.packet_id) == ("t", b"ab", 0)


def test_any_unexpected_byte_ends_the_conversation():
    hostile = [
        b"\x00\x00",
        b"\x10\x00",  # a client's packets from a broker
        b"\x82\x00",
        b"\xe0\x00",
        b"\x21\x02\x00\x00",  # flags where there are none
        b"\x20\x02\x01\x00",  # a session that cannot be
        b"\x20\x03\x00\x00\x00",
        b"\x40\x02\x00\x00",  # packet id 0
        b"\x40\x03\x00\x01\x00",
        b"\x90\x02\x00\x01",
        b"\x90\x03\x00\x01\x07",
        b"\xd0\x01\x00",
        b"\x36\x05\x00\x01t\x00\x01",  # QoS 3
        b"\x34\x05\x00\x01t\x00\x01",  # QoS 2
        b"\x38\x03\x00\x01t",  # a duplicate of QoS 0
        b"\x32\x01\x00",
        b"\x32\x02\x00\x00",
        b"\x32\x03\x00\x09t",
        b"\x32\x04\x00\x01t\x00",
        b"\x32\x05\x00\x01t\x00\x00",
        b"\x32\x05\x00\x01\xff\x00\x01",  # a topic that is not UTF-8
        b"\x32\xff\xff\xff\xff\x7f",  # a length of five bytes
        b"\x32\xff\xff\xff\x7f",  # 256 MiB
        b"\x32\x81\x80\x01",  # one byte more than the broker's limit
    ]
    for stream in hostile:
        raised(mqtt.ProtocolError, mqtt.Parser().feed, stream)


def test_noise_gives_packets_or_a_protocol_error_and_nothing_else():
    seed = 1
    for _ in range(2000):
        noise = []
        for _ in range(12):
            seed = (seed * 1103515245 + 12345) % 2147483648
            noise.append(seed >> 16 & 255)
        noise[0] = (0x20, 0x32, 0x40, 0x90, 0xD0, 0x30)[noise[0] % 6]
        noise[1] %= 14
        try:
            mqtt.Parser().feed(bytes(noise))
        except mqtt.ProtocolError:
            pass
