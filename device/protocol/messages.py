"""Every message of wire contract version 1: what it holds, one `encode` and one `decode` for all."""

import json
from collections import namedtuple

from device.protocol import canonical, topics
from device.protocol.kinds import (
    LARGEST,
    NOT_JSON,
    Anything,
    Choice,
    Constant,
    Either,
    Fields,
    Integer,
    Kind,
    Listed,
    Mapping,
    Nullable,
    Refused,
    Share,
    Text,
    Variants,
    refuse_unreadable,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VERSION = 1
LARGEST_PAYLOAD = 8192
CHUNK_NAME = "down/firmware_chunk"
RESPONSES_NAME = "up/responses"

EPOCH = Text(64, shortest=1, pattern="^[A-Za-z0-9._-]+$")
SEQ = Integer(1, LARGEST)
NUMBER = Integer(0, LARGEST)  # a seq, or 0 for "none yet"
BOOT = Integer(0, 4294967295)
SECONDS = Integer(0, 1099511627775)
MOMENT = Integer(-LARGEST, LARGEST)  # Unix seconds; an implausible one is the bridge's to judge
SURVEY = Text(64, shortest=3, pattern="^[a-z0-9-]+@[1-9][0-9]*$")
LANGUAGE = Text(16, shortest=2, pattern="^[a-z][a-z]+(-[A-Za-z0-9]+)*$")
IDENTIFIER = Text(64, shortest=1, pattern="^[A-Za-z0-9_.-]+$")
LABEL = Text(64, shortest=1)
REASON = Text(500, shortest=1)
FREE_TEXT = Text(2000)
SIGNED = Integer(-2147483648, 2147483647)
COUNT = Integer(0, 4294967295)

ANSWER = Either(SIGNED, FREE_TEXT, Listed(IDENTIFIER, 32))
COUNTS = Mapping(Text(11, shortest=1, pattern="^(0|-?[1-9][0-9]*)$"), COUNT, 32)
PRESSED_AT: "dict[str, Kind]" = {"seq": SEQ, "boot": BOOT, "uptime_s": SECONDS, "at": Nullable(MOMENT)}
SAID: "dict[str, Kind]" = {"survey": SURVEY, "language": LANGUAGE}
FLAGS: "dict[str, Kind]" = {"flags": Listed(IDENTIFIER, 16)}

RECORD = Variants(
    {
        "answers": Fields(PRESSED_AT | SAID | {"answers": Mapping(IDENTIFIER, ANSWER, 64)}, FLAGS),
        "undoes": Fields(PRESSED_AT | {"undoes": SEQ}, FLAGS),
        "lost": Fields({"seq": SEQ, "lost": REASON}, {}),
        "counters": Fields(
            PRESSED_AT
            | SAID
            | {"counters": Fields({"from_uptime_s": SECONDS}, {}, rest=Mapping(IDENTIFIER, COUNTS, 8))},
            FLAGS,
        ),
    }
)
CONTENT = ("boot", "uptime_s", "at", "survey", "language", "answers", "flags", "undoes", "lost", "counters")

V: "dict[str, Kind]" = {"v": Constant(VERSION)}
HELLO = Fields(
    V | {"epoch": EPOCH, "next_seq": SEQ, "boot": BOOT, "uptime_s": SECONDS},
    {
        "oldest_seq": Nullable(SEQ),
        "acked_seq": Nullable(NUMBER),
        "clock_at": Nullable(MOMENT),
        "model": Nullable(LABEL),
        "board": Nullable(LABEL),
        "firmware": Nullable(LABEL),
        "settings": Nullable(SURVEY),
        "battery_mv": Nullable(COUNT),
        "rssi_dbm": Nullable(SIGNED),
        "outbox_used": Nullable(Share()),
        "reset_cause": Nullable(LABEL),
        "set_aside": Nullable(COUNT),
        "settings_refused": Nullable(REASON),
        "alarms": Nullable(Listed(IDENTIFIER, 16)),
    },
)
RESPONSES = Fields(
    V | {"epoch": EPOCH, "boot": BOOT, "uptime_s": SECONDS, "responses": Listed(RECORD, 512)},
    {"clock_at": Nullable(MOMENT)},
)
BYE = Fields(V | {"epoch": EPOCH, "boot": BOOT, "reason": Choice("sleep", "reboot", "lost")}, {})
FIRMWARE_REQUEST = Fields(V | {"version": LABEL, "offset": COUNT, "length": Integer(1, LARGEST_PAYLOAD - 4)}, {})
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

MESSAGES = {
    "up/hello": HELLO,
    RESPONSES_NAME: RESPONSES,
    "up/bye": BYE,
    "up/firmware_request": FIRMWARE_REQUEST,
    "down/ack": ACK,
    "down/settings": SETTINGS,
    "down/refused": REFUSED,
    "down/replay": REPLAY,
    "down/firmware": FIRMWARE,
}

Message = namedtuple("Message", ("device_id", "name", "fields"))
Record = namedtuple("Record", ("seq", "content", "reason", "given"))
"""One element of a batch: `content` as checked, or None with the `reason`; `given` is what came."""


def encode(name: str, fields: "dict[str, Any]") -> bytes:
    """Return the payload of a message; `v` is filled in. Raise Refused when the contract does not allow it."""
    if name == CHUNK_NAME:
        return encode_chunk(fields)
    refuse_unreadable(fields)
    checked = MESSAGES[name].check(fields | {"v": VERSION}, "")
    payload = canonical.dumps(checked).encode()
    if len(payload) > LARGEST_PAYLOAD:
        raise Refused(f"size: {len(payload)} bytes, at most {LARGEST_PAYLOAD}")
    return payload


def decode(topic: str, payload: bytes) -> Message:
    """Return the message of any bytes on any topic, or raise Refused with the reason; nothing else is ever raised.

    In `up/responses`, `fields["responses"]` is a list of Record: a bad record does not spoil its batch, but every
    record must have a readable `seq`.
    """
    device_id, name = topics.split(topic)
    if len(payload) > LARGEST_PAYLOAD:
        raise Refused(f"size: {len(payload)} bytes, at most {LARGEST_PAYLOAD}")
    if name == CHUNK_NAME:
        return Message(device_id, name, decode_chunk(payload))
    if name not in MESSAGES:
        # Without the name: a reason must be fit to be sent, and a name from outside may hold anything.
        raise Refused(f"topic: is not a message of version {VERSION}")
    fields = versioned_object(payload)
    try:
        if name == RESPONSES_NAME:
            return Message(device_id, name, decode_batch(fields))
        return Message(device_id, name, MESSAGES[name].check(fields, ""))
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


def decode_batch(fields: "dict[str, Any]") -> "dict[str, Any]":
    """Return a batch with each record judged by itself; raise Refused when the envelope or a `seq` is unreadable."""
    batch: dict[str, Any] = ENVELOPE.check(fields, "")
    records = enumerate(fields["responses"])
    batch["responses"] = [judged(record, f"responses[{index}]") for index, record in records]
    return batch


def judged(record: "dict[str, Any]", path: str) -> Record:
    """Return a record with its content, or with the reason why it has none."""
    try:
        checked = RECORD.check(record, path)
    except Refused as refusal:
        return Record(record["seq"], None, "schema: " + refusal.reason, record)
    return Record(record["seq"], content(checked), None, record)


def content(record: "dict[str, Any]") -> "dict[str, Any]":
    """Return the part of a record that never changes once it has a `seq`, and that its hash is made of."""
    return {name: record[name] for name in CONTENT if name in record}


def encode_chunk(fields: "dict[str, Any]") -> bytes:
    """Return a firmware chunk: its offset as 4 bytes big-endian, then the bytes."""
    COUNT.check(fields["offset"], "offset")
    payload: bytes = fields["offset"].to_bytes(4, "big") + fields["data"]
    if len(payload) > LARGEST_PAYLOAD:
        raise Refused(f"size: {len(payload)} bytes, at most {LARGEST_PAYLOAD}")
    return payload


def decode_chunk(payload: bytes) -> "dict[str, Any]":
    """Return {offset, data} of a firmware chunk; raise Refused when it is too short to have an offset."""
    if len(payload) < 4:
        raise Refused("schema: a chunk begins with its offset as 4 bytes")
    return {"offset": int.from_bytes(payload[:4], "big"), "data": bytes(payload[4:])}


ENVELOPE = Fields(
    RESPONSES.required | {"responses": Listed(Fields({"seq": SEQ}, {}), 512)},
    RESPONSES.optional,
)
