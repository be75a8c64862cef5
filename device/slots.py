"""The slots of the journal, 16 bytes or 32 where that is too tight: what one holds, and how damage is told from it."""

import binascii
import struct
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SLOT_SIZE = 16
LONGEST = 2 * SLOT_SIZE

# Any two kinds differ in four bits and each has four bits clear: one flipped bit never makes one kind of
# another, and neither does a program that power cut short, because programming only clears bits.
PRESS = 0xA5
UNDO = 0x5A
ACK = 0x99
BOOT = 0x66
LONG_PRESS = 0xC3
LONG_UNDO = 0x3C
COUNTERS = 0x69
TAIL = 0x96  # opens the second half of a long slot, so that it is never read as a slot of its own
SHORT = (PRESS, UNDO, ACK, BOOT)
LONG = (LONG_PRESS, LONG_UNDO, COUNTERS)
MARKS = (ACK, BOOT)
RESPONSES = (PRESS, UNDO, LONG_PRESS, LONG_UNDO, COUNTERS)

FLAGS = ("repeat", "cleaning", "test")
LONGEST_LANGUAGE = 8
VALUES = 11  # a counters slot counts values from 0 to 10
MOST_COUNTED = 255

_SHORT = "<BBHBHBI"  # kind, flags and value or distance, seq, boot, uptime_s in two parts, at
_MARK = "<BxHII"  # kind, next seq, acknowledged seq, boot
_LONG = "<BBIIIHBH8sx"  # kind, flags and value, seq, boot, at, uptime_s in two parts around TAIL, language or undone
_COUNTERS = "<BHBIIHHB11s"  # kind, seq, boot, from, at, flags and elapsed, upto, TAIL, counts

Slot = namedtuple("Slot", ("kind", "flags", "value", "seq", "boot", "uptime_s", "at", "language"))
"""`at` is Unix seconds, 0 when unknown. `value` is the answer of a PRESS, the undone seq of an UNDO, the acknowledged
seq of a mark (whose `seq` is the next one to be given), the Counted of COUNTERS."""

Counted = namedtuple("Counted", ("from_uptime_s", "upto", "counts"))
"""`counts` has the number of presses by value; `upto` the low 16 bits of the last tally that is in it."""

Context = namedtuple("Context", ("survey", "question", "language"))
"""What all slots of a block have in common."""

Base = namedtuple("Base", ("seq", "boot", "language"))
"""What short slots are short for: numbers near theirs, and the language of the block."""


def press(value: int, language: str, uptime_s: int, at: "int | None", flags: "tuple[str, ...]" = ()) -> Slot:
    """Return a press that has no seq and no boot yet: the outbox numbers it when it is put."""
    bits = sum([1 << FLAGS.index(flag) for flag in flags])
    if not 0 <= value < VALUES or len(language.encode()) > LONGEST_LANGUAGE:
        raise ValueError("value: 0 to 10; language: at most " + str(LONGEST_LANGUAGE) + " characters")
    return Slot(PRESS, bits, value, 0, 0, uptime_s, at or 0, language)


def undo(undoes: int, uptime_s: int, at: "int | None") -> Slot:
    """Return the undoing of an earlier press; it takes a seq of its own."""
    return Slot(UNDO, 0, undoes, 0, 0, uptime_s, at or 0, "")


def mark(kind: int, acked_seq: int, next_seq: int, boot: int) -> Slot:
    """Return an ACK or BOOT mark."""
    return Slot(kind, 0, acked_seq, next_seq, boot, 0, 0, "")


def numbered(slot: Slot, seq: int, boot: int) -> Slot:
    """Return a slot with its identity."""
    return Slot(slot.kind, slot.flags, slot.value, seq, boot, slot.uptime_s, slot.at, slot.language)


def encode(slot: Slot, base: Base) -> bytes:
    """Return the 16 or 32 bytes of a slot, whichever holds it exactly."""
    if slot.kind in MARKS:
        return _checked(struct.pack(_MARK, slot.kind, slot.seq & 0xFFFF, slot.value, slot.boot))
    if slot.kind == COUNTERS:
        return _encode_counters(slot)
    distance = slot.seq - slot.value if slot.kind == UNDO else slot.flags << 4 | slot.value
    is_plain = slot.kind == UNDO or slot.language == base.language
    if is_plain and 0 <= distance < 256 and 0 <= slot.boot - base.boot < 256 and slot.uptime_s < 1 << 24:
        numbers = (slot.kind, distance, slot.seq & 0xFFFF, slot.boot & 0xFF)
        return _checked(struct.pack(_SHORT, *numbers, slot.uptime_s & 0xFFFF, slot.uptime_s >> 16, slot.at))
    return _encode_long(slot, distance)


def _encode_long(slot: Slot, bits: int) -> bytes:
    low, high = slot.uptime_s & 0xFFFF, slot.uptime_s >> 16
    if slot.kind == UNDO:
        kind, bits, rest = LONG_UNDO, 0, struct.pack("<I", slot.value)
    else:
        kind, rest = LONG_PRESS, slot.language.encode()
    return _checked(struct.pack(_LONG, kind, bits, slot.seq, slot.boot, slot.at, low, TAIL, high, rest))


def _encode_counters(slot: Slot) -> bytes:
    elapsed = slot.flags << 12 | slot.uptime_s - slot.value.from_uptime_s
    numbers = (slot.kind, slot.seq & 0xFFFF, slot.boot & 0xFF, slot.value.from_uptime_s, slot.at, elapsed)
    return _checked(struct.pack(_COUNTERS, *numbers, slot.value.upto & 0xFFFF, TAIL, bytes(slot.value.counts)))


def _checked(data: bytes) -> bytes:
    return data + checksum(data)


def checksum(data: bytes) -> bytes:
    """Return the four bytes that end a slot."""
    return struct.pack("<I", binascii.crc32(data))


def decode(data: bytes, base: Base) -> "Slot | None":
    """Return what stands at the beginning of these bytes, or None when the checksum is wrong."""
    size = size_of(data)
    if data[size - 4 : size] != checksum(data[: size - 4]):
        return None
    kind = data[0]
    if kind in MARKS:
        _, next_seq, acked_seq, boot = struct.unpack(_MARK, data[:12])
        return Slot(kind, 0, acked_seq, near(next_seq, base.seq), boot, 0, 0, "")
    if kind in (PRESS, UNDO):
        return _decode_short(data, base)
    if kind in LONG:
        return _decode_counters(data, base) if kind == COUNTERS else _decode_long(data)
    return None


def _decode_short(data: bytes, base: Base) -> Slot:
    kind, bits, seq, boot, low, high, at = struct.unpack(_SHORT, data[:12])
    seq = near(seq, base.seq)
    boot = base.boot + (boot - base.boot & 0xFF)
    if kind == UNDO:
        return Slot(kind, 0, seq - bits, seq, boot, high << 16 | low, at, "")
    return Slot(kind, bits >> 4, bits & 15, seq, boot, high << 16 | low, at, base.language)


def _decode_long(data: bytes) -> Slot:
    kind, bits, seq, boot, at, low, _, high, rest = struct.unpack(_LONG, data[:28])
    if kind == LONG_UNDO:
        return Slot(UNDO, 0, struct.unpack("<I", rest[:4])[0], seq, boot, high << 16 | low, at, "")
    return Slot(PRESS, bits >> 4, bits & 15, seq, boot, high << 16 | low, at, rest.rstrip(b"\0").decode())


def _decode_counters(data: bytes, base: Base) -> Slot:
    kind, seq, boot, from_uptime_s, at, elapsed, upto, _, counts = struct.unpack(_COUNTERS, data[:28])
    boot = base.boot + (boot - base.boot & 0xFF)
    counted = Counted(from_uptime_s, upto, tuple(counts))
    return Slot(kind, elapsed >> 12, counted, near(seq, base.seq), boot, from_uptime_s + (elapsed & 0xFFF), at, "")


def near(low: int, number: int) -> int:
    """Return the number with these low 16 bits that is nearest to another."""
    return number + ((low - number + 0x8000) & 0xFFFF) - 0x8000


def mended(data: bytes, base: Base) -> "Slot | None":
    """Return what a slot held before a single bit of it flipped; None when more is wrong with it."""
    for size in (SLOT_SIZE, len(data)):
        tried = bytearray(data[:size])
        for bit in range(size * 8):
            tried[bit >> 3] ^= 1 << (bit & 7)
            if tried[0] in (SHORT if size == SLOT_SIZE else LONG):
                slot = decode(bytes(tried), base)
                if slot:
                    return slot
            tried[bit >> 3] ^= 1 << (bit & 7)
    return None


def size_of(data: bytes) -> int:
    """Return how many bytes the slot takes that begins here; a damaged one takes 16."""
    return LONGEST if data[0] in LONG and len(data) >= LONGEST else SLOT_SIZE


def is_blank(data: bytes) -> bool:
    """Tell whether these bytes were never programmed since their erase."""
    return data == b"\xff" * len(data)


def may_be_response(data: bytes) -> bool:
    """Tell whether a slot with a wrong checksum can once have been a response that a visitor was thanked for.

    Its kind would then be at most two flipped bits away, or everything of it gone. What power cut short mostly is not.
    """
    return data[0] == 0 or any(bin(data[0] ^ kind).count("1") <= 2 for kind in RESPONSES)


def content(slot: Slot, context: Context) -> "dict[str, Any]":
    """Return the record of a response as the wire has it; the same slot always gives the same record."""
    record: dict[str, Any] = {"seq": slot.seq, "boot": slot.boot, "uptime_s": slot.uptime_s, "at": slot.at or None}
    if slot.kind == UNDO:
        return record | {"undoes": slot.value}
    record["survey"] = context.survey
    record["language"] = context.language if slot.kind == COUNTERS else slot.language
    if slot.kind == COUNTERS:
        counts = {str(value): n for value, n in enumerate(slot.value.counts) if n}
        record["counters"] = {"from_uptime_s": slot.value.from_uptime_s, context.question: counts}
    else:
        record["answers"] = {context.question: slot.value}
    if slot.flags:
        record["flags"] = [flag for bit, flag in enumerate(FLAGS) if slot.flags & (1 << bit)]
    return record
