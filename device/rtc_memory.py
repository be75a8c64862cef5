"""What a box remembers over deep sleep: JSON with a checksum in the few bytes that stay powered."""

import binascii
import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LARGEST = 2048  # what an ESP32 keeps for MicroPython


def pack(fields: "dict[str, Any]") -> bytes:
    """Return the bytes to keep; ValueError when they do not fit."""
    text = json.dumps(fields).encode()
    data = binascii.crc32(text).to_bytes(4, "big") + text
    if len(data) > LARGEST:
        raise ValueError("more to remember than " + str(LARGEST) + " bytes")
    return data


def unpack(data: bytes) -> "dict[str, Any] | None":
    """Return what was kept, or None when it did not survive."""
    text = bytes(data[4:])
    if len(data) < 6 or binascii.crc32(text) != int.from_bytes(data[:4], "big"):
        return None
    fields: dict[str, Any] = json.loads(text)
    return fields
