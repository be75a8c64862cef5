"""What is encoded is what the other end decodes, and nothing that it would refuse."""

import json
import os

from device.protocol import messages
from tests.device.protocol.outcomes import refusal

TOPIC = "hymio/v1/reception-1/"
PRESSED = {"seq": 1, "boot": 7, "uptime_s": 5240, "at": None, "survey": "reception@3", "language": "fi"}
ACK = {"v": 1, "epoch": "k3v9q0x2m1", "seq": 402, "now": 1795325101}
BATCH = {"v": 1, "epoch": "k3v9q0x2m1", "boot": 7, "uptime_s": 5330}


def accepted_cases():
    for file_name in sorted(os.listdir("device/protocol/golden")):
        with open("device/protocol/golden/" + file_name, encoding="utf-8") as file:
            for case in json.load(file):
                if "payload" in case and "fields" in case:
                    yield case


def batch_of(text):
    return BATCH | {"responses": [PRESSED | {"answers": {"text": text}}]}


def test_every_golden_message_encodes_to_what_decodes_alike():
    for case in accepted_cases():
        decoded = messages.decode(case["topic"], case["payload"].encode())
        if decoded.name != messages.RESPONSES_NAME:
            payload = messages.encode(decoded.name, decoded.fields)

            assert messages.decode(case["topic"], payload) == decoded, case["says"]


def test_every_golden_record_encodes_to_what_decodes_alike():
    for case in accepted_cases():
        decoded = messages.decode(case["topic"], case["payload"].encode())
        if decoded.name == messages.RESPONSES_NAME:
            good = [record for record in decoded.fields["responses"] if record.content is not None]
            given = decoded.fields | {"responses": [record.content | {"seq": record.seq} for record in good]}
            again = messages.decode(case["topic"], messages.encode(decoded.name, given)).fields

            assert [(r.seq, r.content, r.reason) for r in again["responses"]] == [
                (r.seq, r.content, None) for r in good
            ], case["says"]
            assert again | {"responses": None} == decoded.fields | {"responses": None}, case["says"]


def test_the_spelling_is_canonical():
    payload = messages.encode("down/ack", {"seq": 402, "now": 1795325101, "epoch": "k3v9q0x2m1"})

    assert payload == b'{"epoch":"k3v9q0x2m1","now":1795325101,"seq":402,"v":1}'


def test_the_version_is_ours_whatever_was_given():
    assert messages.encode("down/ack", ACK | {"v": 2}) == messages.encode("down/ack", ACK)


def test_unknown_fields_are_not_sent():
    assert messages.encode("down/ack", ACK | {"thanks": 1}) == messages.encode("down/ack", ACK)


def test_what_was_given_is_not_changed():
    given = {"epoch": "k3v9q0x2m1", "seq": 402, "now": 1795325101, "thanks": 1}
    messages.encode("down/ack", given)

    assert sorted(given) == ["epoch", "now", "seq", "thanks"]


def test_what_the_contract_does_not_allow_is_not_sent():
    assert refusal(messages.encode, "down/ack", ACK | {"seq": -1}) == f"seq must be from 0 to {2**53 - 1}"
    assert refusal(messages.encode, "down/ack", {"epoch": "e", "seq": 1}) == "now is missing"
    assert refusal(messages.encode, messages.RESPONSES_NAME, BATCH | {"responses": [{"seq": 1}]}) == (
        "responses[0].answers is missing"
    )


def test_a_text_of_2000_characters_is_sent():
    payload = messages.encode(messages.RESPONSES_NAME, batch_of("ä€" * 1000))
    (record,) = messages.decode(TOPIC + "up/responses", payload).fields["responses"]

    assert record.content["answers"] == {"text": "ä€" * 1000}


def test_a_text_of_2001_characters_is_refused_alone():
    payload = json.dumps(batch_of("a" * 2001)).encode()
    (record,) = messages.decode(TOPIC + "up/responses", payload).fields["responses"]

    assert record.reason == "schema: responses[0].answers.text must be 0 to 2000 characters long"
    assert refusal(messages.encode, messages.RESPONSES_NAME, batch_of("a" * 2001)) is not None


def test_a_text_of_2000_characters_of_4_bytes_leaves_room_for_its_record_alone():
    assert len(messages.encode(messages.RESPONSES_NAME, batch_of("😀" * 2000))) <= messages.LARGEST_PAYLOAD


def test_a_payload_of_8192_bytes_is_taken():
    payload = json.dumps(ACK).encode()
    payload += b" " * (8192 - len(payload))

    assert messages.decode(TOPIC + "down/ack", payload).fields == ACK


def test_a_payload_of_8193_bytes_is_refused_unread():
    for name in ("down/ack", "up/responses", "down/firmware_chunk"):
        assert refusal(messages.decode, TOPIC + name, b"x" * 8193) == "size: 8193 bytes, at most 8192", name


def test_a_message_of_8192_bytes_is_sent():
    longest = {"settings": "reception@3", "survey": {"title": ""}}
    longest["survey"]["title"] = "a" * (8192 - len(messages.encode("down/settings", longest)))

    assert len(messages.encode("down/settings", longest)) == 8192
    longest["survey"]["title"] += "a"
    assert refusal(messages.encode, "down/settings", longest) == "size: 8193 bytes, at most 8192"


def test_a_message_too_large_is_not_sent():
    records = [PRESSED | {"seq": seq, "answers": {"text": "a" * 900}} for seq in range(1, 10)]
    reason = refusal(messages.encode, messages.RESPONSES_NAME, BATCH | {"responses": records})

    assert reason.startswith("size: ") and reason.endswith(" bytes, at most 8192")


def test_the_number_of_records_has_an_end():
    longest = json.dumps(BATCH | {"responses": [{"seq": 1}] * 512}, separators=(",", ":")).encode()
    too_long = json.dumps(BATCH | {"responses": [{"seq": 1}] * 513}, separators=(",", ":")).encode()

    records = [{"seq": seq, "lost": "crc"} for seq in range(1, 514)]
    assert refusal(messages.encode, messages.RESPONSES_NAME, BATCH | {"responses": records}) == (
        "responses must have at most 512 entries"
    )
    assert len(messages.decode(TOPIC + "up/responses", longest).fields["responses"]) == 512
    assert refusal(messages.decode, TOPIC + "up/responses", too_long) == (
        "schema: responses must have at most 512 entries"
    )


def test_a_chunk_decodes_as_it_was_encoded():
    for offset, data in ((0, b""), (4096, bytes(range(256))), (2**32 - 1, b"\0" * 8188)):
        payload = messages.encode(messages.CHUNK_NAME, {"offset": offset, "data": data})

        assert messages.decode(TOPIC + messages.CHUNK_NAME, payload).fields == {"offset": offset, "data": data}


def test_a_chunk_that_nobody_would_take_is_not_sent():
    assert refusal(messages.encode, messages.CHUNK_NAME, {"offset": 0, "data": b"\0" * 8189}) is not None
    assert refusal(messages.encode, messages.CHUNK_NAME, {"offset": 2**32, "data": b""}) is not None
    assert refusal(messages.encode, messages.CHUNK_NAME, {"offset": -1, "data": b""}) is not None


def test_settings_nested_without_end_are_not_sent():
    endless = {}
    endless["a"] = endless

    assert refusal(messages.encode, "down/settings", {"settings": "reception@3", "survey": endless}) == (
        "json: nested deeper than 32 levels"
    )


def test_settings_that_no_box_could_store_are_not_sent():
    for unfit in (1e999, 0.5, "\0", chr(0xD800), {"\0": 1}, {chr(0xDC00): 1}, {1: 2}, 2**53):
        given = {"settings": "reception@3", "survey": {"title": [unfit]}}

        assert refusal(messages.encode, "down/settings", given) is not None, unfit


def test_a_refusal_can_be_sent_whatever_was_refused():
    payloads = [b"", b"\xff", b"[]", b"{}", b'{"v":2}', b'{"v":1}', b"x" * 8193]
    topics = ["", "\0", "hymio/v1/", "hymio/v1/\0", TOPIC, TOPIC + "\0" * 70, TOPIC + "a" * 999, TOPIC + "up/hello"]
    for topic in topics:
        for payload in payloads:
            reason = refusal(messages.decode, topic, payload)

            assert messages.encode("down/refused", {"epoch": None, "reason": reason}), topic
