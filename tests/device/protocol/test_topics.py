"""Who may say what, and where."""

from device.protocol import topics
from device.protocol.kinds import Refused


def refusal(full_topic):
    try:
        return topics.split(full_topic)
    except Refused as refused:
        return refused.reason


def test_a_topic_is_taken_apart_as_it_was_put_together():
    assert topics.split(topics.topic("reception-1", "up/hello")) == ("reception-1", "up/hello")


def test_the_filters_are_the_ones_of_the_contract():
    assert topics.EVERY_UP == "hymio/v1/+/up/#"
    assert topics.every_down("reception-1") == "hymio/v1/reception-1/down/#"


def test_a_filter_is_no_topic():
    assert refusal(topics.EVERY_UP) == "topic: device_id must be 4 to 40 characters long"
    assert refusal("hymio/v1/++++/up/hello") == "topic: device_id must match ^[a-z0-9][a-z0-9-]*$"


def test_a_newline_after_a_device_id_is_seen():
    assert refusal("hymio/v1/reception-1\n/up/hello") == "topic: device_id must match ^[a-z0-9][a-z0-9-]*$"


def test_only_letters_of_the_alphabet_begin_a_device_id():
    begun = [chr(code) for code in range(1, 600) if isinstance(refusal(f"hymio/v1/{chr(code)}bcd/up/hello"), tuple)]

    assert "".join(begun) == "0123456789abcdefghijklmnopqrstuvwxyz"


def test_only_letters_of_the_alphabet_and_hyphens_continue_a_device_id():
    continued = [chr(code) for code in range(1, 600) if isinstance(refusal(f"hymio/v1/abc{chr(code)}d/up/bye"), tuple)]

    # The slash ends the device_id: what follows is the name of a message.
    assert "".join(continued) == "-0123456789abcdefghijklmnopqrstuvwxyz"
