"""What becomes of a message, in the words of the golden files; run as a module, of every message on standard input."""

import binascii
import json
import os
import sys

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


def refusal(action, *given):
    """Return why something is refused, None when it is not."""
    try:
        action(*given)
    except Refused as refused:
        return refused.reason
    return None


def outcome(topic, payload):
    """Return {"fields"} or {"refused"}."""
    try:
        fields = messages.decode(topic, payload).fields
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


def main():
    """Read `topic payload_in_hex` from each line, and print the outcome as canonical JSON."""
    for line in sys.stdin:
        topic, payload = line.rstrip("\n").split(" ")
        print(canonical.dumps(outcome(topic, binascii.unhexlify(payload))))


if __name__ == "__main__":
    main()
