"""An ack that is read without the tree of kinds is one that the tree takes too."""

import json

from device.protocol import ack, down
from device.protocol.kinds import Refused

TOPIC = "hymio/v1/box-0001/down/ack"
PLAIN = {"v": 1, "epoch": "abcdefghij", "seq": 3, "now": 1795325101}


def read(fields):
    return ack.plain(json.dumps(fields).encode(), "abcdefghij")


def test_the_ack_that_bridges_write_is_plain():
    assert read(PLAIN) == PLAIN
    assert read(PLAIN | {"seq": 0}) == PLAIN | {"seq": 0}


def test_anything_else_is_left_to_the_whole_check():
    for strange in (True, 1.0, "1", None, [], {}, -1, 1 << 53, 10**30):
        for field in PLAIN:
            assert read(PLAIN | {field: strange}) is None, (field, strange)
    assert read(PLAIN | {"epoch": "zzzzzzzzzz"}) is None
    assert read(PLAIN | {"v": 2}) is None
    assert read(PLAIN | {"more": 1}) is None
    for payload in (b"", b"\xff", b"[]", b"null", b"{", b"[" * 200, json.dumps(PLAIN).encode() + b" " * 256):
        assert ack.plain(payload, "abcdefghij") is None


def test_what_is_plain_is_what_the_whole_check_takes():
    seed = 7
    alphabet = '{}[]:,"tf01-.e abv'
    taken = 0
    for _ in range(3000):
        payload = bytearray(json.dumps(PLAIN).encode())
        seed = (seed * 1103515245 + 12345) % 2147483648
        payload[(seed >> 8) % len(payload)] = ord(alphabet[(seed >> 20) % len(alphabet)])
        plain = ack.plain(bytes(payload), "abcdefghij")
        if plain is not None:
            taken += 1
            assert whole(bytes(payload)) == plain, payload

    assert taken > 10


def whole(payload):
    try:
        return down.decode(TOPIC, payload).fields
    except Refused as refusal:
        return refusal.reason
