"""Whatever comes on whatever topic: a message, or a refusal that can be sent."""

import json
import string

from hypothesis import assume, example, given
from hypothesis import strategies as st

from device.protocol import canonical, messages, topics
from device.protocol.kinds import Refused
from tests.device.protocol.outcomes import cases, message_files, payload_of

NAMES = [*messages.MESSAGES, messages.CHUNK_NAME]
OURS = st.builds(topics.topic, st.just("reception-1"), st.sampled_from(NAMES))
ANY_TOPIC = st.one_of(OURS, st.text(), st.text().map(lambda end: topics.PREFIX + "reception-1/" + end))
LETTERS = st.characters(exclude_categories=())  # lone surrogates too: JSON can escape them
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(LETTERS),
    st.sampled_from([0, 1, 2**53, "reception@3", "fi", "k3v9q0x2m1", "sleep", 1e999]),
)
FIELDS = sorted({field for kind in messages.MESSAGES.values() for field in kind.required | kind.optional})
KEYS = st.one_of(st.sampled_from([*FIELDS, *messages.CONTENT, "seq"]), st.text(LETTERS))
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner), max_leaves=30)
UNKNOWN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(LETTERS),
    st.lists(st.text(LETTERS)),
    st.dictionaries(KEYS, st.integers()),
)
ACCEPTED = [(case["topic"], payload_of(case)) for name in message_files() for case in cases(name) if "fields" in case]
OBJECTS = [(topic, json.loads(payload)) for topic, payload in ACCEPTED if not topic.endswith("/firmware_chunk")]


def check_answer(topic, payload):
    """Decode; assert that a refusal can be sent, and that records are either good or have such a reason."""
    try:
        message = messages.decode(topic, payload)
    except Refused as refusal:
        check_reason(refusal.reason)
        return
    assert topics.topic(message.device_id, message.name) == topic
    for record in message.fields.get("responses", []):
        assert (record.content is None) != (record.reason is None)
        assert 1 <= record.seq <= 2**53 - 1
        assert len(canonical.dumps(messages.content(record.given)).encode()) > 0
        if record.reason is not None:
            check_reason(record.reason)


def check_reason(reason):
    sent = messages.encode("down/refused", {"epoch": None, "reason": reason})

    assert messages.decode(topics.topic("reception-1", "down/refused"), sent).fields["reason"] == reason


@given(ANY_TOPIC, st.binary(max_size=200))
@example("hymio/v1/reception-1/up/hello", b"\xef\xbb\xbf{}")
@example("hymio/v1/reception-1/up/hello", b"9" * 5000)
def test_any_bytes_on_any_topic_are_answered(topic, payload):
    check_answer(topic, payload)


@given(OURS, JSON)
def test_any_json_on_our_topics_is_answered(topic, value):
    check_answer(topic, json.dumps(value).encode())


@given(OURS, st.dictionaries(KEYS, JSON))
def test_any_object_of_our_version_is_answered(topic, fields):
    check_answer(topic, json.dumps(fields | {"v": 1}).encode())


@given(st.lists(st.dictionaries(KEYS, JSON), max_size=5), st.integers(1, 2**53 - 1))
def test_any_records_are_answered(records, seq):
    batch = {"v": 1, "epoch": "e", "boot": 1, "uptime_s": 1, "responses": [record | {"seq": seq} for record in records]}
    payload = json.dumps(batch).encode()

    check_answer("hymio/v1/reception-1/up/responses", payload)


@given(st.sampled_from(ACCEPTED), st.data())
def test_a_message_with_a_few_bytes_changed_is_answered(accepted, data):
    topic, payload = accepted
    at = data.draw(st.integers(0, len(payload)))
    cut = data.draw(st.integers(0, 8))
    new = data.draw(st.one_of(st.binary(max_size=8), st.text(string.printable, max_size=8).map(str.encode)))

    check_answer(topic, payload[:at] + new + payload[at + cut :])


@given(st.sampled_from(OBJECTS), st.data())
def test_a_message_with_a_value_changed_is_answered(accepted, data):
    topic, fields = accepted
    changed = json.loads(json.dumps(fields))
    holder, key = data.draw(st.sampled_from(list(places(changed))))
    holder[key] = data.draw(JSON)

    check_answer(topic, json.dumps(changed).encode())


def places(value):
    """Yield (container, key) of every value inside a JSON value."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


@given(JSON)
def test_the_canonical_spelling_reads_as_what_it_was(value):
    # What a reader gives, as the encoder gets it: surrogates that make a pair are joined, NaN differs from itself.
    read = json.loads(json.dumps(value), parse_constant=lambda _: None)

    assert json.loads(canonical.dumps(read).encode()) == read


@given(JSON)
def test_the_canonical_spelling_is_the_one_of_the_standard_library(value):
    read = json.loads(json.dumps(value), parse_constant=lambda _: None)
    spelled = json.dumps(read, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    assert canonical.dumps(read) == "".join(canonical.character(c) if "\ud800" <= c <= "\udfff" else c for c in spelled)


@given(st.sampled_from(OBJECTS), KEYS, UNKNOWN)
def test_an_unknown_field_changes_nothing(accepted, name, value):
    assume(name not in FIELDS)
    topic, fields = accepted
    known = messages.decode(topic, json.dumps(fields).encode())

    assert messages.decode(topic, json.dumps({name: value} | fields).encode()) == known
