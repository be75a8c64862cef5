"""What a bridge says to a device, in wire contract version 1: all that a box has to check, and nothing else."""

import json
from collections import namedtuple

from device.protocol import topics
from device.protocol.kinds import (
    LARGEST,
    NOT_JSON,
    Anything,
    Constant,
    Fields,
    Integer,
    Kind,
    Listed,
    Mapping,
    Nullable,
    Refused,
    Text,
    refuse_unreadable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
LARGEST_PAYLOAD = 8192
CHUNK_NAME = "down/firmware_chunk"

EPOCH = Text(64, shortest=1, pattern="^[A-Za-z0-9._-]+$")
SEQ = Integer(1, LARGEST)
NUMBER = Integer(0, LARGEST)  # a seq, or 0 for "none yet"
MOMENT = Integer(-LARGEST, LARGEST)  # Unix seconds; an implausible one is the bridge's to judge
SURVEY = Text(64, shortest=3, pattern="^[a-z0-9-]+@[1-9][0-9]*$")
LANGUAGE = Text(16, shortest=2, pattern="^[a-z][a-z]+(-[A-Za-z0-9]+)*$")
IDENTIFIER = Text(64, shortest=1, pattern="^[A-Za-z0-9_.-]+$")
LABEL = Text(64, shortest=1)
REASON = Text(500, shortest=1)
COUNT = Integer(0, 4294967295)

V: "dict[str, Kind]" = {"v": Constant(VERSION)}
ACK = Fields(V | {"epoch": EPOCH, "seq": NUMBER, "now": MOMENT}, {})
REFUSED = Fields(V | {"epoch": Nullable(EPOCH), "reason": REASON}, {})
REPLAY = Fields(V | {"epoch": EPOCH, "from_seq": SEQ}, {})
SETTINGS = Fields(
    V | {"settings": SURVEY, "survey": Mapping(IDENTIFIER, Anything(), 64)},
    {
        "languages": Listed(LANGUAGE, 16),
        "schedule": Mapping(IDENTIFIER, Anything(), 64, least=0),
        "limits": Mapping(IDENTIFIER, Anything(), 64, least=0),
        "notes": Listed(Anything(), 64),
    },
)
FIRMWARE = Fields(
    V
    | {
        "version": LABEL,
        "board": LABEL,
        "size": COUNT,
        "sha256": Text(64, shortest=64, pattern="^[0-9a-f]+$"),
        "signature": Text(1024, shortest=1),
    },
    {},
)

MESSAGES: "dict[str, Kind]" = {
    "down/ack": ACK,
    "down/settings": SETTINGS,
    "down/refused": REFUSED,
    "down/replay": REPLAY,
    "down/firmware": FIRMWARE,
}

Message = namedtuple("Message", ("device_id", "name", "fields"))


def decode(topic: str, payload: bytes, known: "dict[str, Kind]" = MESSAGES) -> Message:
    """Return the message of any bytes on any topic, or raise Refused with the reason; nothing else is ever raised."""
    device_id, name = topics.split(topic)
    if len(payload) > LARGEST_PAYLOAD:
        raise Refused(f"size: {len(payload)} bytes, at most {LARGEST_PAYLOAD}")
    if name == CHUNK_NAME:
        return Message(device_id, name, decode_chunk(payload))
    if name not in known:
        # Without the name: a reason must be fit to be sent, and a name from outside may hold anything.
        raise Refused(f"topic: is not a message of version {VERSION}")
    fields = versioned_object(payload)
    try:
        return Message(device_id, name, known[name].check(fields, ""))
    except Refused as refusal:
        raise Refused("schema: " + refusal.reason)


def versioned_object(payload: bytes) -> "dict[str, Any]":
    """Return the JSON object of a payload whose `v` this contract speaks, else raise Refused."""
    try:
        fields = json.loads(payload.decode())
    except (ValueError, RuntimeError, MemoryError):  # RuntimeError: CPython's RecursionError on deep nesting
        raise Refused(NOT_JSON)
    refuse_unreadable(fields)
    if not isinstance(fields, dict):
        raise Refused("schema: message must be an object")
    if "v" not in fields:
        raise Refused("schema: v is missing")
    try:
        V["v"].check(fields["v"], "v")
    except Refused as refusal:
        raise Refused("version: " + refusal.reason)
    return fields


def decode_chunk(payload: bytes) -> "dict[str, Any]":
    """Return {offset, data} of a firmware chunk; raise Refused when it is too short to have an offset."""
    if len(payload) < 4:
        raise Refused("schema: a chunk begins with its offset as 4 bytes")
    return {"offset": int.from_bytes(payload[:4], "big"), "data": bytes(payload[4:])}
