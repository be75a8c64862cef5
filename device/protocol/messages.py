"""Every message of wire contract version 1: what it holds, one `encode` and one `decode` for all."""

from collections import namedtuple

from device.protocol import canonical, down
from device.protocol.down import (
    CHUNK_NAME,
    COUNT,
    EPOCH,
    IDENTIFIER,
    LABEL,
    LANGUAGE,
    LARGEST_PAYLOAD,
    MOMENT,
    NUMBER,
    REASON,
    SEQ,
    SURVEY,
    VERSION,
    Message,
    V,
)
from device.protocol.kinds import (
    Choice,
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

# What others know by this name.
__all__ = ["EPOCH", "IDENTIFIER", "LABEL", "LANGUAGE", "LARGEST_PAYLOAD", "SURVEY", "Message"]

RESPONSES_NAME = "up/responses"

BOOT = Integer(0, 4294967295)
SECONDS = Integer(0, 1099511627775)
FREE_TEXT = Text(2000)
SIGNED = Integer(-2147483648, 2147483647)

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
MESSAGES: "dict[str, Kind]" = {
    "up/hello": HELLO,
    RESPONSES_NAME: RESPONSES,
    "up/bye": BYE,
    "up/firmware_request": FIRMWARE_REQUEST,
} | down.MESSAGES

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
    return down.decode(topic, payload, DECODED)


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


ENVELOPE = Fields(
    RESPONSES.required | {"responses": Listed(Fields({"seq": SEQ}, {}), 512)},
    RESPONSES.optional,
)


class Batch(Kind):
    """The batch as a bridge reads it: record by record."""

    def check(self, value: "Any", path: str) -> "Any":
        return decode_batch(value)


DECODED = MESSAGES | {RESPONSES_NAME: Batch()}
