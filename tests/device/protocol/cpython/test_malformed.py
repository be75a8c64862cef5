"""What is not JSON, though some readers take it: MicroPython's takes a part of it, the bridge takes none."""

import json

import pytest

from device.protocol import messages
from device.protocol.kinds import Refused

TOPIC = "hymio/v1/reception-1/down/ack"
ACK = '{"v": 1, "epoch": "k3v9q0x2m1", "seq": 402, "now": 1795325101}'
FIELDS = {"v": 1, "epoch": "k3v9q0x2m1", "seq": 402, "now": 1795325101}


def reason(payload):
    with pytest.raises(Refused) as refused:
        messages.decode(TOPIC, payload)
    return refused.value.reason


def test_the_message_itself_is_well_formed():
    assert messages.decode(TOPIC, ACK.encode()).fields == FIELDS


@pytest.mark.parametrize(
    "payload",
    [
        ACK.replace(", ", " "),
        ACK.replace(": ", " "),
        ACK.replace("}", ",}"),
        ACK.replace("402", "0402"),
        ACK.replace("402", "402."),
        ACK.replace("402", ".402"),
        ACK.replace("402", "4_0_2"),
        ACK.replace("402", "4e"),
        ACK.replace("402", "-"),
        ACK.replace("402", "--402"),
        ACK.replace("402", "9" * 5000),
        ACK.replace('"v"', "v"),
        ACK.replace('"v": 1', '"v": 1, 2: 3'),
        ACK.replace('"v": 1', '"v": 1, "a": "\n"'),
        ACK.replace('"v": 1', '"v": 1, "a": "\t"'),
        ACK.replace('"v": 1', '"v": 1, "a": "\0"'),
        ACK.replace('"v": 1', '"v": 1, "a": "\\x"'),
        ACK.replace('"v": 1', '"v": 1, "a": [1,]'),
        ACK.replace('"v": 1', '"v": 1, "a": [1 2]'),
        ACK.replace('"v": 1', '"v": 1, "a": True'),
        ACK + ",",
        ACK + "\0",
        "\ufeff" + ACK,
        "[" * 4000,
    ],
)
def test_what_only_looks_like_json_is_refused(payload):
    assert reason(payload.encode()) == "json: not JSON in UTF-8"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
@pytest.mark.parametrize("place", ['"a": @', '"a": [{"b": @}]', '"mood": {"": @}'])
def test_a_number_that_is_not_finite_is_refused(number, place):
    payload = ACK.replace('"v": 1', place.replace("@", number) + ', "v": 1')

    assert reason(payload.encode()) == "json: holds a number that is not finite"


@pytest.mark.parametrize(
    "sequence",
    [
        b"\xff",
        b"\x80",
        b"\xc0\x80",  # NUL in two bytes
        b"\xed\xa0\x80",  # half of a surrogate pair
        b"\xed\xa0\xbd\xed\xb8\x80",  # both halves, as CESU-8 writes them
        b"\xf0\x82\x82\xac",  # the euro sign in four bytes
        b"\xf4\x90\x80\x80",  # beyond the last code point
        b"\xe2\x82",
    ],
)
def test_what_is_not_utf_8_is_refused(sequence):
    payload = ACK.encode().replace(b'"v"', b'"a": "' + sequence + b'", "v"')

    assert reason(payload) == "json: not JSON in UTF-8"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32", "utf-8-sig"])
def test_other_encodings_are_refused(encoding):
    assert reason(ACK.encode(encoding)) == "json: not JSON in UTF-8"


def test_a_pair_of_escapes_is_one_character():
    # MicroPython's reader leaves the halves apart, so a bridge sends the character itself.
    payload = '{"v": 1, "epoch": null, "reason": "\\ud83d\\ude00"}'

    assert messages.decode("hymio/v1/reception-1/down/refused", payload.encode()).fields["reason"] == "😀"


@pytest.mark.parametrize("levels", [33, 100, 900, 1000, 2000, 4000])
@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"":', "}")])
def test_nesting_is_refused_and_never_overflows(levels, opening, closing):
    payload = '{"v": 1, "a": ' + opening * levels + "1" + closing * levels + "}"
    if len(payload) > messages.LARGEST_PAYLOAD:
        assert reason(payload.encode()).startswith("size: ")
        return

    # Python's own reader gives up at a depth that differs with its version and with who calls.
    assert reason(payload.encode()) in ("json: nested deeper than 32 levels", "json: not JSON in UTF-8")


def test_of_a_field_given_twice_the_last_counts():
    twice = ACK.replace('"seq": 402', '"seq": "?", "seq": 402')

    assert messages.decode(TOPIC, twice.encode()).fields == FIELDS
    assert reason(ACK.replace('"v": 1', '"v": 1, "v": 2').encode()) == "version: v must be 1"


def test_an_integer_of_a_thousand_digits_is_out_of_range():
    assert reason(ACK.replace("402", "9" * 1000).encode()) == f"schema: seq must be from 0 to {2**53 - 1}"


def test_what_came_can_be_kept_whatever_it_was():
    record = '{"seq": 1, "answers": "\\ud800", "survey": {"\\u0000": [9007199254740993, 1e300]}}'
    batch = f'{{"v": 1, "epoch": "e", "boot": 1, "uptime_s": 1, "responses": [{record}]}}'
    (kept,) = messages.decode("hymio/v1/reception-1/up/responses", batch.encode()).fields["responses"]

    assert json.loads(json.dumps(kept.given)) == json.loads(record)
