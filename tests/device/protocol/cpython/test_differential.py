"""MicroPython and CPython give the same answer to thousands of damaged messages."""

import copy
import json
import os
import random
import re
import subprocess

from device.protocol import canonical
from tests.device.protocol.outcomes import cases, message_files, outcome, payload_of
from tests.run_micropython import interpreter

MESSAGES = 3000
NASTY = [
    *(None, True, False, 0, -1, 1, 1.0, 0.5, -0.5, 2**31, 2**32, 2**53, -(2**53), 10**40, 1e300),
    *("", "a", "\0", "\n", "a\n", "ä", "😀", "reception@3", "@1", "fi", "FI", "sleep", "a" * 65, "a" * 501, "a" * 2001),
    *([], [1], ["a"], ["a"] * 40, [[[]]], {}, {"a": 1}, {"": 1}, {"1": 1}, {"01": 1}, {"a b": 1}, {"ä": {"\0": []}}),
]
JSON_BYTES = b'0123456789-.eE"\\{}[]:,ntu \n\x00\x7f\x80\xc3\xff'
# MicroPython's reader leaves the two halves of an escaped pair apart.
PAIR = re.compile(r"\\u[dD][89abAB]")


def messages_to_judge(chance):
    """Return [(topic, payload)]: golden messages with values or bytes exchanged."""
    golden = [(case["topic"], payload_of(case)) for file_name in message_files() for case in cases(file_name)]
    golden = [(topic, payload) for topic, payload in golden if not re.search(r"\s", topic) and topic]
    return [(topic, damaged(chance, payload)) for topic, payload in chance.choices(golden, k=MESSAGES)]


def damaged(chance, payload):
    value = read(payload)
    if isinstance(value, dict) and value and chance.random() < 0.7:
        return json.dumps(exchanged(chance, value), ensure_ascii=chance.random() < 0.3).encode(errors="surrogatepass")
    changed = bytearray(payload)
    for _ in range(chance.randint(1, 3)):
        at = chance.randint(0, len(changed))
        changed[at : at + chance.choice((0, 1, 1, 4))] = bytes(chance.choices(JSON_BYTES, k=chance.randint(0, 2)))
    return bytes(changed)


def exchanged(chance, value):
    """Return a copy with some values exchanged, removed or added, as deep as they may be."""
    changed = copy.deepcopy(value)
    for _ in range(chance.randint(1, 3)):
        holder = chance.choice(list(holders(changed)))
        key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        action = chance.random()
        if action < 0.6:
            holder[key] = copy.deepcopy(chance.choice(NASTY))
        elif action < 0.8 and len(holder) > 1:
            del holder[key]
        elif isinstance(holder, dict):
            holder[chance.choice(("", "a", "a b", "1", "lost", "undoes", "ä" * 65, "\0"))] = copy.deepcopy(
                chance.choice(NASTY)
            )
    return changed


def holders(value):
    """Yield every list and object inside a JSON value that holds something."""
    if value and isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from holders(inner)


def read(payload):
    """Return the value of a payload that is JSON to the letter, else None."""
    try:
        return json.loads(payload.decode(), parse_constant=lambda _: 1 / 0)
    except (ValueError, ZeroDivisionError, RecursionError):
        return None


def readable_alike(payload):
    return read(payload) is not None and not PAIR.search(payload.decode())


def told_by_micropython(messages):
    lines = "".join(f"{topic} {payload.hex()}\n" for topic, payload in messages)
    command = [interpreter(), "-X", "heapsize=16M", "-m", "tests.device.protocol.outcomes"]
    environment = os.environ | {"MICROPYPATH": ".:.frozen"}
    done = subprocess.run(command, input=lines.encode(), capture_output=True, check=True, env=environment, timeout=300)
    return done.stdout.decode().splitlines()


def test_both_pythons_answer_damaged_messages_alike():
    judged = messages_to_judge(random.Random(1))
    told = told_by_micropython(judged)

    assert len(told) == MESSAGES
    compared = 0
    for (topic, payload), answer in zip(judged, told, strict=True):
        if topic.endswith("/firmware_chunk") or readable_alike(payload):
            compared += 1
            assert answer == canonical.dumps(outcome(topic, payload)), (topic, payload)
    assert compared > MESSAGES / 2


def test_both_pythons_accept_and_refuse_among_them():
    answers = [outcome(topic, payload) for topic, payload in messages_to_judge(random.Random(1))]

    assert len({answer.get("refused") for answer in answers}) > 100
    assert sum("fields" in answer for answer in answers) > MESSAGES / 10
