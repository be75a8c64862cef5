"""The fast decoder says what the contract's own decoder says, of any bytes."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from broker_bridge import decoder
from broker_bridge.database.records import Said
from device.protocol import messages, topics
from device.protocol.kinds import Refused
from tests.broker_bridge.conftest import EPOCH, press
from tests.device.protocol.outcomes import cases, message_files, payload_of

TOPIC = topics.topic("reception-1", "up/responses")
GOLDEN = [(case["topic"], payload_of(case)) for name in message_files() for case in cases(name)]
LETTERS = st.characters(exclude_categories=())
ODD_STRINGS = st.one_of(
    st.text(LETTERS, max_size=8), st.sampled_from(["fi\n", "a@1", "a@01", "reception@3", "e", "\0", "ä"])
)
ODD = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), ODD_STRINGS, st.lists(ODD_STRINGS, max_size=3))


def batch(records=({},), **fields):
    """Return a batch as JSON would read it: good records, but for the fields that are given."""
    responses = [press(seq) | record for seq, record in enumerate(records, start=1)]
    return {"v": 1, "epoch": EPOCH, "boot": 1, "uptime_s": 100, "responses": responses} | fields


def outcome(decode, topic, payload):
    """Return what a decoder says, in words that two of them share."""
    try:
        message = decode(topic, payload)
    except Refused as refusal:
        return refusal.reason
    fields = dict(message.fields)
    if message.name == "up/responses":
        fields["responses"] = [in_words(record) for record in fields["responses"]]
    return message.device_id, message.name, fields


def in_words(record):
    said = record if isinstance(record, Said) else Said.of(record)
    given = json.loads(said.json())
    content = {name: getattr(said, name) for name in Said.__struct_fields__ if name != "given"}
    return content | {"flags": list(said.flags)}, {name: given[name] for name in sorted(given)}


def assert_same(topic, payload):
    assert outcome(decoder.decode, topic, payload) == outcome(messages.decode, topic, payload)


@pytest.mark.parametrize(("topic", "payload"), GOLDEN)
def test_every_golden_message_is_read_alike(topic, payload):
    assert_same(topic, payload)


@given(
    st.dictionaries(
        st.sampled_from(["v", "epoch", "boot", "uptime_s", "clock_at", "responses", "more"]), ODD, max_size=2
    ),
    st.lists(st.dictionaries(st.sampled_from([*messages.CONTENT, "seq", "more"]), ODD, max_size=2), max_size=3),
)
@settings(max_examples=1000)
def test_a_batch_with_anything_in_its_fields_is_read_alike(fields, records):
    assert_same(TOPIC, json.dumps(batch(records) | fields).encode())


@given(
    st.dictionaries(ODD_STRINGS | st.just("smiley"), ODD | st.dictionaries(ODD_STRINGS, ODD, max_size=2), max_size=3)
)
@settings(max_examples=1000)
def test_a_record_with_any_answers_is_read_alike(answers):
    assert_same(TOPIC, json.dumps(batch([{"answers": answers}])).encode())


@given(st.binary(max_size=40), st.integers(0, 400), st.integers(0, 8))
@example(b'"seq":1,', 120, 0)
@example(b"\\u0000", 190, 0)
@example(b"1e999", 25, 0)
@settings(max_examples=1000)
def test_a_batch_with_any_bytes_in_it_is_read_alike(inserted, place, removed):
    payload = json.dumps(batch([{}, {"answers": {"text": "Kiitos ä"}}]), ensure_ascii=False).encode()

    assert_same(TOPIC, payload[:place] + inserted + payload[place + removed :])


@given(st.text(LETTERS, max_size=30), st.binary(max_size=60))
def test_any_bytes_on_any_topic_are_read_alike(topic, payload):
    assert_same(topic, payload)


@pytest.mark.parametrize(
    "answers",
    [
        {"text": '\x01\x1f\x7f\u2028"\\/\b\f\n\r\tä😀'},
        {"b": 1, "a": 2, "ab": ["z", "y"], "B": -5, "_": 0},
        {"text": "x" * 2000},
        {"text": ',"seq":7'},
    ],
)
def test_common_records_take_the_fast_way_and_hash_alike(answers):
    payload = json.dumps(batch([{"answers": answers}, {"flags": []}, {"flags": ["test"]}])).encode()

    assert decoder.fast(TOPIC, payload) is not None
    assert_same(TOPIC, payload)


@pytest.mark.parametrize(
    "payload",
    [
        json.dumps(batch([{"at": 1.0}])).encode(),
        json.dumps(batch(more=10**400)).encode(),
        json.dumps(batch([{"answers": {"text": "\0"}}])).encode(),
        json.dumps(batch([{"answers": {"text": "\ud800"}}])).encode(),
        json.dumps(batch([{"language": "fi\n"}])).encode(),
        json.dumps(batch()).encode() + b" " * 9000,
        b"[" * 9000,
        b"[" * 5000,
    ],
)
def test_what_only_one_reader_would_take_is_left_to_the_contract(payload):
    assert decoder.fast(TOPIC, payload) is None
    assert_same(TOPIC, payload)
