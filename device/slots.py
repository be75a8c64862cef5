"""The 32-byte slots of the journal: what one holds, and how a damaged one is told from a good one."""

import binascii
import struct
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SLOT_SIZE = 32

# Any two kinds differ in four bits and each has four bits clear: one flipped bit never makes one kind of
# another, and neither does a program that power cut short, because programming only clears bits.
PRESS = 0xA5
UNDO = 0x5A
ACK = 0x99
BOOT = 0x66
RESPONSES = (PRESS, UNDO)

FLAGS = ("repeat", "cleaning", "test")
LONGEST_LANGUAGE = 8

_LAYOUT = "<BBBxIIII8s"
_CHECKED = struct.calcsize(_LAYOUT)

Slot = namedtuple("Slot", ("kind", "flags", "value", "seq", "boot", "uptime_s", "at", "tail"))
"""`at` is Unix seconds, 0 when unknown; `seq` of an ack mark is the acknowledged one; `tail` is the language of a
press and the undone seq of an undo."""


def press(value: int, language: str, uptime_s: int, at: "int | None", flags: "tuple[str, ...]" = ()) -> Slot:
    """Return a press that has no seq and no boot yet: the outbox numbers it when it is put."""
    bits = sum([1 << FLAGS.index(flag) for flag in flags])
    return Slot(PRESS, bits, value, 0, 0, uptime_s, at or 0, language.encode())


def undo(undoes: int, uptime_s: int, at: "int | None") -> Slot:
    """Return the undoing of an earlier press; it takes a seq of its own."""
    return Slot(UNDO, 0, 0, 0, 0, uptime_s, at or 0, struct.pack("<I", undoes))


def mark(kind: int, seq: int, boot: int) -> Slot:
    """Return an ACK or BOOT mark."""
    return Slot(kind, 0, 0, seq, boot, 0, 0, b"")


def numbered(slot: Slot, seq: int, boot: int) -> Slot:
    """Return the slot of a press or an undo with its identity."""
    return Slot(slot.kind, slot.flags, slot.value, seq, boot, slot.uptime_s, slot.at, slot.tail)


def encode(slot: Slot) -> bytes:
    """Return the 32 bytes of a slot; ValueError when its language is too long."""
    if len(slot.tail) > LONGEST_LANGUAGE:
        raise ValueError("language: at most " + str(LONGEST_LANGUAGE) + " characters")
    checked = struct.pack(
        _LAYOUT, slot.kind, slot.flags, slot.value, slot.seq, slot.boot, slot.uptime_s, slot.at, slot.tail
    )
    return checked + struct.pack("<I", binascii.crc32(checked))


def decode(data: bytes) -> "Slot | None":
    """Return what a slot holds, or None when its checksum is wrong."""
    if struct.unpack("<I", data[_CHECKED:])[0] != binascii.crc32(data[:_CHECKED]):
        return None
    return Slot(*struct.unpack(_LAYOUT, data[:_CHECKED]))


def is_blank(data: bytes) -> bool:
    """Tell whether these bytes were never programmed since their erase."""
    return data == b"\xff" * len(data)


def may_be_press(data: bytes) -> bool:
    """Tell whether a slot with a wrong checksum can once have been a press that a visitor was thanked for."""
    return data[0] not in (ACK, BOOT)


def content(slot: Slot, survey: str, question: str) -> "dict[str, Any]":
    """Return the record of a press or an undo as the wire has it; the same slot always gives the same record."""
    record: dict[str, Any] = {"seq": slot.seq, "boot": slot.boot, "uptime_s": slot.uptime_s, "at": slot.at or None}
    if slot.kind == UNDO:
        return record | {"undoes": struct.unpack("<I", slot.tail[:4])[0]}
    record["survey"] = survey
    record["language"] = slot.tail.rstrip(b"\0").decode()
    record["answers"] = {question: slot.value}
    if slot.flags:
        record["flags"] = [flag for bit, flag in enumerate(FLAGS) if slot.flags & (1 << bit)]
    return record
