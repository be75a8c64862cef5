"""Every case of the golden files, told alike by both Pythons."""

import json

from device.protocol import canonical, messages
from tests.device.protocol.outcomes import cases, message_files, outcome, payload_of


def surprise(case):
    """Return what a case turned out to be if that is not what is written, else None."""
    came = outcome(case["topic"], payload_of(case))
    wanted = {"refused": case["refused"]} if "refused" in case else {"fields": case["fields"]}
    # 1 equals 1.0, but is not spelled like it.
    return None if came == wanted and canonical.dumps(came) == canonical.dumps(wanted) else came


def test_every_golden_case_turns_out_as_written():
    for name in message_files():
        surprises = [(case["says"], surprise(case)) for case in cases(name) if surprise(case)]

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
