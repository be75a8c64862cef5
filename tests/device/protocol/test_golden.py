"""Every case of the golden files, told alike by both Pythons."""

import binascii
import json
import os

from device.protocol import canonical, messages
from device.protocol.kinds import Refused

GOLDEN = "device/protocol/golden"


def cases(file_name):
    with open(GOLDEN + "/" + file_name, encoding="utf-8") as file:
        return json.load(file)


def message_files():
    return sorted(name for name in os.listdir(GOLDEN) if name.endswith(".json") and name != "canonical.json")


def payload_of(case):
    return binascii.unhexlify(case["payload_hex"]) if "payload_hex" in case else case["payload"].encode()


def outcome(case):
    """Return what became of a case, in the words of the golden files."""
    try:
        fields = messages.decode(case["topic"], payload_of(case)).fields
    except Refused as refusal:
        return {"refused": refusal.reason}
    return {"fields": written(fields)}


def written(fields):
    """Return decoded fields as the golden files write them: records as objects, bytes as hex."""
    if "data" in fields:
        return {"offset": fields["offset"], "data_hex": binascii.hexlify(fields["data"]).decode()}
    if "responses" in fields:
        return fields | {"responses": [written_record(record) for record in fields["responses"]]}
    return fields


def written_record(record):
    if record.content is None:
        return {"seq": record.seq, "reason": record.reason}
    return {"seq": record.seq, "content": record.content}


def expected(case):
    return {"refused": case["refused"]} if "refused" in case else {"fields": case["fields"]}


def wrong(case):
    """Tell whether a case turned out otherwise, in value or in spelling: 1 equals 1.0, its spelling does not."""
    came, wanted = outcome(case), expected(case)
    return came != wanted or canonical.dumps(came) != canonical.dumps(wanted)


def test_every_golden_case_turns_out_as_written():
    for name in message_files():
        surprises = [(case["says"], outcome(case), expected(case)) for case in cases(name) if wrong(case)]

        assert surprises == [], (name, surprises[0])


def test_every_message_is_accepted_once_at_least():
    accepted = {case["topic"] for name in message_files() for case in cases(name) if "fields" in case}
    names = {topic[len("hymio/v1/reception-1/") :] for topic in accepted if topic.startswith("hymio/v1/reception-1/")}

    assert names == set(messages.MESSAGES) | {messages.CHUNK_NAME}


def test_every_kind_of_refusal_is_shown():
    # `size` is shown in test_encode.py: 8 KiB of golden file would show nothing more.
    kinds = {case["refused"].split(":")[0] for name in message_files() for case in cases(name) if "refused" in case}

    assert kinds == {"topic", "json", "version", "schema"}


def test_every_case_says_something_of_its_own():
    for name in message_files() + ["canonical.json"]:
        said = [case["says"] for case in cases(name)]

        assert len(said) == len(set(said)), name
        assert all(said), name


def test_every_given_record_is_kept_as_it_came():
    for case in cases("responses.json"):
        if "fields" in case:
            records = messages.decode(case["topic"], payload_of(case)).fields["responses"]

            assert [record.given for record in records] == json.loads(case["payload"])["responses"], case["says"]
