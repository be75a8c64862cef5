"""Reads messages fast: batches of the common shape at once, anything else as the wire contract spells it out.

What is read here and what `messages.decode` reads is the same, to the byte of a record's content; it is read in a
thirtieth of the time.
"""

import re
from functools import lru_cache
from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from broker_bridge.database.records import Said, content_hash
from device.protocol import messages, topics
from device.protocol.kinds import LARGEST, Refused

Seq = Annotated[int, Meta(ge=1, le=LARGEST)]
Moment = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)]
Boot = Annotated[int, Meta(ge=0, le=4294967295)]
Seconds = Annotated[int, Meta(ge=0, le=1099511627775)]
Epoch = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9._-]+\Z")]
Survey = Annotated[str, Meta(max_length=64)]  # these three are looked at by `well_named`
Language = Annotated[str, Meta(max_length=16)]
Question = Annotated[str, Meta(max_length=64)]
Identifier = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_.-]+\Z")]
Value = Annotated[int, Meta(ge=-2147483648, le=2147483647)]
Text = Annotated[str, Meta(max_length=2000)]
Options = Annotated[list[Identifier], Meta(max_length=32)]
SURVEY = re.compile(r"[a-z0-9-]+@[1-9][0-9]*")
LANGUAGE = re.compile(r"[a-z][a-z]+(-[A-Za-z0-9]+)*")
QUESTION = re.compile(r"[A-Za-z0-9_.-]+")
NUL = b"\\u0000"  # the one character that JSON may hold and the tables may not


class Press(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A record that answers questions: its fields in the order of canonical JSON, and the number that is not content
    at the end, where it can be cut off."""

    answers: Annotated[dict[Question, Value | Text | Options], Meta(min_length=1, max_length=64)]
    at: Moment | None
    boot: Boot
    flags: Annotated[list[Identifier], Meta(max_length=16)] | UnsetType = UNSET
    language: Language
    survey: Survey
    uptime_s: Seconds
    seq: Seq


class Batch(Struct, kw_only=True, forbid_unknown_fields=True, gc=False):
    """A batch of such records, and nothing in it that this version of the contract does not know."""

    v: Literal[1]
    epoch: Epoch
    boot: Boot
    uptime_s: Seconds
    clock_at: Moment | UnsetType | None = UNSET
    responses: Annotated[list[Press], Meta(max_length=512)]


read_batch = msgspec.json.Decoder(Batch).decode
write = msgspec.json.Encoder(order="deterministic").encode


def decode(topic: str, payload: bytes) -> messages.Message:
    """Return the message, as `messages.decode` does, but for a batch with a Said for each record; raise Refused."""
    return fast(topic, payload) or slow(topic, payload)


def fast(topic: str, payload: bytes) -> messages.Message | None:
    """Return a batch of the common shape, None for anything that has to be looked at closely."""
    device_id = sender(topic)
    if device_id is None or len(payload) > messages.LARGEST_PAYLOAD or NUL in payload:
        return None
    try:
        batch = read_batch(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not all(well_named(press.survey, press.language, *press.answers) for press in batch.responses):
        return None
    fields: dict[str, Any] = {"v": 1, "epoch": batch.epoch, "boot": batch.boot, "uptime_s": batch.uptime_s}
    if batch.clock_at is not UNSET:
        fields["clock_at"] = batch.clock_at
    fields["responses"] = [said(press) for press in batch.responses]
    return messages.Message(device_id, messages.RESPONSES_NAME, fields)


@lru_cache(maxsize=100_000)
def sender(topic: str) -> str | None:
    """Return the device that sends batches on a topic, None for any other topic."""
    try:
        device_id, name = topics.split(topic)
    except Refused:
        return None
    return device_id if name == messages.RESPONSES_NAME else None


@lru_cache(maxsize=1_000)
def well_named(survey: str, language: str, *questions: str) -> bool:
    """Tell whether the names in a record are such as the contract allows; there are few, and many records have them."""
    return bool(SURVEY.fullmatch(survey) and LANGUAGE.fullmatch(language) and all(map(QUESTION.fullmatch, questions)))


def said(press: Press) -> Said:
    """Return what a press says, with its hash."""
    written = write(press)
    content = written[: written.rindex(b',"seq":')] + b"}"
    return Said(
        press.seq,
        content_hash(content),
        boot=press.boot,
        uptime_s=press.uptime_s,
        at=press.at,
        survey=press.survey,
        language=press.language,
        flags=() if press.flags is UNSET else press.flags,
        answers=press.answers,
    )


def slow(topic: str, payload: bytes) -> messages.Message:
    """Return what the contract's own decoder makes of a message."""
    message = messages.decode(topic, payload)
    if message.name == messages.RESPONSES_NAME:
        message.fields["responses"] = [Said.of(record) for record in message.fields["responses"]]
    return message
