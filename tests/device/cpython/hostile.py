"""A broker that means harm: it greets a box as it should, and then says whatever it is given."""

import random

from tests.device.cpython.listener import Listener
from tests.device.cpython.packet_proxy import CONNECT, PUBLISH, SUBSCRIBE, named, split

TOPIC = "hymio/v1/box-0001/down/"


class HostileBroker(Listener):
    """Says one case on each connection, and notes which were said; with none left it only greets."""

    def __init__(self, cases):
        self.cases = list(cases)
        self.said = 0
        super().__init__()

    def meet(self, box):
        box.settimeout(0.25)  # one that takes no offence is left after it
        case = self.cases[self.said] if self.said < len(self.cases) else None
        if case and case.at_once:
            box.sendall(case.data)
            self.said += 1
        waiting = b""
        while True:
            data = box.recv(4096)
            if not data:
                return
            packets, waiting = split(waiting + data)
            for packet in packets:
                self.answer(box, packet, case)

    def answer(self, box, packet, case):
        kind = packet[0] >> 4
        if kind == CONNECT and not (case and case.at_once):
            box.sendall(b"\x20\x02\x00\x00")
        if kind == SUBSCRIBE:
            box.sendall(b"\x90\x03" + packet[2:4] + b"\x01")
        if kind == PUBLISH and named(packet) == "hello" and case and not case.at_once:
            self.said += 1
            box.sendall(case.data)


class Case:
    """Bytes to say after the hello, or `at_once` in the place of a CONNACK."""

    def __init__(self, data, *, at_once=False):
        self.data = data
        self.at_once = at_once


def remaining(length):
    """Return a remaining length as MQTT has it."""
    found = bytearray()
    while True:
        found.append(length % 128 | (128 if length > 127 else 0))
        length //= 128
        if not length:
            return bytes(found)


def publish(topic, payload, first=0x32):
    """Return a PUBLISH with any first byte and any topic."""
    encoded = topic if isinstance(topic, bytes) else topic.encode()
    packet_id = b"\x00\x07" if first & 6 else b""
    content = len(encoded).to_bytes(2, "big") + encoded + packet_id + payload
    return bytes([first]) + remaining(len(content)) + content


def streams():
    """Return what no broker says: wrong packets, lengths and orders."""
    wrong = [b"\x00\x00", b"\xf0\x00", b"\x10\x00", b"\x82\x00", b"\xe0\x00", b"\xd0\x01\x00", b"\x40\x02\x00\x00"]
    wrong += [b"\x32\xff\xff\xff\xff\x7f", b"\x32\xff\xff\xff\x7f", b"\x32\x81\x80\x01", b"\x34\x05\x00\x01t\x00\x01"]
    wrong += [b"\x32\xff\x7f" + bytes(9000), b"\x32\x80\x80\x01" + bytes(16384), b"HTTP/1.1 302 Found\r\n\r\n"]
    wrong += [b"\x16\x03\x01\x02\x00\x01", b"\x20\x02\x00\x00" * 50, b"\xd0\x00" * 2000, b"\x40\x02\x12\x34" * 1000]
    wrong += [publish(b"\xff\xfe", b"{}"), publish("", b"{}"), publish("x" * 9000, b"{}")]
    refusals = [b"\x20\x02\x00" + bytes([code]) for code in (1, 2, 3, 4, 5, 200)]
    at_once = [
        Case(data, at_once=True) for data in (*refusals, *wrong[:8], b"\x20\x02\x01\x00", b"\x20\x03\x00\x00\x00")
    ]
    return [Case(data) for data in wrong] + at_once


def messages(epoch):
    """Return what a bridge never says, as payloads of a name."""
    deep = b'{"v":1,"settings":"a@1","survey":{"questions":' + b"[" * 4000 + b"]" * 4000 + b"}}"
    wide = b'{"v":1,"settings":"a@1","survey":{"questions":[' + b'{"id":"a"},' * 700 + b'{"id":"b"}]}}'
    settings = [deep, wide, b"", b"[]", b"null", b"\xff\xfe", b"{" * 100, b'{"v":1}', b'{"v":2}', b'{"v":true}']
    survey = b'{"questions":[{"id":"q","kind":"smiley5"}]}'
    bad = (b'"limits":{"repeat_ms":-1}', b'"limits":{"undo_ms":1e9}', b'"schedule":{"open":{"mon":[9,1]}}')
    settings += [b'{"v":1,"settings":"evil@9","survey":' + survey + b"," + more + b"}" for more in bad]
    settings.append(b'{"v":1,"settings":"' + b"e" * 60 + b'@1","survey":' + survey + b"}")
    named_ = epoch.encode()
    acks = [
        b'{"v":1,"epoch":"' + named_ + b'","seq":' + seq + b',"now":0}' for seq in (b"99999", b"-1", b"1e9", b"null")
    ]
    acks += [b'{"v":1,"epoch":"other","seq":1,"now":0}', b'{"v":1,"epoch":"' + named_ + b'","seq":true,"now":0}']
    replays = [b'{"v":1,"epoch":"' + named_ + b'","from_seq":' + seq + b"}" for seq in (b"0", b"99999", b"1", b"{}")]
    refused = [b'{"v":1,"epoch":null,"reason":"' + b"r" * 500 + b'"}', b'{"v":1,"epoch":null,"reason":""}']
    firmware = [b"\x00", b"\x00\x00\x00\x00" + bytes(8000), bytes(9000)]
    by_name = {"settings": settings, "ack": acks, "replay": replays, "refused": refused, "firmware_chunk": firmware}
    by_name |= {"firmware": [b"{}", b'{"v":1,"size":-1}'], "dance": [b"{}"], "": [b"{}"]}
    return [(name, payload) for name, payloads in by_name.items() for payload in payloads]


def fuzzed(epoch, count, seed):
    """Return valid messages of all names with a few bytes changed."""
    chance = random.Random(seed)
    good = [
        b'{"v":1,"settings":"evil@9","survey":{"questions":[{"id":"q","kind":"nps"}]},"languages":["fi"]}',
        b'{"v":1,"epoch":"zz' + epoch.encode() + b'","seq":3,"now":1795325101}',
        b'{"v":1,"epoch":"' + epoch.encode() + b'","from_seq":1}',
        b'{"v":1,"epoch":null,"reason":"schema: it is bad"}',
    ]
    names = ("settings", "ack", "replay", "refused")
    found = []
    for _ in range(count):
        number = chance.randrange(len(good))
        payload = bytearray(good[number])
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(payload))
            payload[at : at + chance.randint(0, 2)] = bytes(
                chance.choices(b'{}[]:,"\\0-9etf\x00\xff a', k=chance.randint(0, 3))
            )
        found.append((names[number], bytes(payload)))
    return found


def noise(count, seed):
    """Return bytes without any sense."""
    chance = random.Random(seed)
    return [Case(chance.randbytes(chance.randint(1, 300))) for _ in range(count)]
