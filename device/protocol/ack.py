"""An ack as bridges write it, read without the tree of kinds; an unusual one is left to `down.decode`."""

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LONGEST = 256
LIMIT = 1 << 53


def plain(payload: bytes, epoch: str) -> "dict[str, Any] | None":
    """Return the fields of an ack of this epoch, or None when `down.decode` has to judge it."""
    if len(payload) > LONGEST:
        return None
    try:
        fields = json.loads(payload.decode())
    except (ValueError, RuntimeError):
        return None
    if not isinstance(fields, dict) or len(fields) != 4 or fields.get("epoch") != epoch:
        return None
    numbers = (fields.get("v"), fields.get("seq"), fields.get("now"))
    # Not isinstance: true is an int to it.
    if not all(type(number) is int and 0 <= number < LIMIT for number in numbers) or numbers[0] != 1:
        return None
    return fields
