"""What a record of a batch says, and the hash that tells whether two say the same."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from device.protocol import canonical
from device.protocol.messages import Record, content


class Said(Struct, gc=False):
    """One record as it came: a `reason` when the contract does not allow it, else what its kind of record says."""

    seq: int
    hash: str
    reason: str | None = None
    given: dict[str, Any] | None = None  # as it came; None when the fields below are all of it
    boot: int | None = None
    uptime_s: int | None = None
    at: int | None = None  # Unix seconds by the device's clock
    survey: str | None = None
    language: str | None = None
    flags: Sequence[str] = ()
    answers: dict[str, Any] | None = None
    undoes: int | None = None
    lost: str | None = None
    counters: dict[str, Any] | None = None

    @classmethod
    def of(cls, record: Record) -> "Said":
        """Return what a decoded record says."""
        hashed = content_hash(canonical.dumps(content(record.given)).encode())
        return cls(record.seq, hashed, record.reason, record.given, **(record.content or {}))

    def json(self) -> str:
        """Return the record as it came, as JSON that keeps every character."""
        return json.dumps(self.given or {"seq": self.seq} | self.pressed())

    def pressed(self) -> dict[str, Any]:
        """Return the content of a record that answers questions."""
        named = ("boot", "uptime_s", "at", "survey", "language", "answers")
        flags = {"flags": self.flags} if isinstance(self.flags, list) else {}
        return {name: getattr(self, name) for name in named} | flags


def content_hash(canonical_content: bytes) -> str:
    """Return the SHA-256, in hex, of a record's canonical content."""
    return hashlib.sha256(canonical_content).hexdigest()
