"""How a record lies in the file: as JSON, and sealed where the kiosk's key store hands out a key."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from device.protocol.canonical import dumps

log = logging.getLogger("hymio.kiosk")

PLAIN, SEALED = b"\x00", b"\x01"
NONCE_BYTES = 12
KEY_BYTES = 32
CREDENTIAL = "outbox-key"


class Envelope:
    """Seals with AES-256-GCM when it has a key; opens what was stored with that key or without one."""

    def __init__(self, key: bytes | None = None) -> None:
        self._cipher = AESGCM(key) if key else None

    @property
    def is_sealing(self) -> bool:
        """Whether what visitors write is unreadable to who takes the card out."""
        return self._cipher is not None

    def seal(self, seq: int, content: Mapping[str, Any]) -> tuple[bytes, int]:
        """Return what is to be stored and its checksum."""
        told = dumps(content).encode()
        if self._cipher:
            nonce = os.urandom(NONCE_BYTES)
            stored = SEALED + nonce + self._cipher.encrypt(nonce, told, bound_to(seq))
        else:
            stored = PLAIN + told
        return stored, crc32(stored)

    def open(self, seq: int, stored: bytes, crc: int) -> dict[str, Any]:
        """Return the content, or `lost` with the reason why it cannot be read: `crc` or `key`."""
        if crc32(stored) != crc:
            return {"lost": "crc"}
        told = stored[1:]
        if stored[:1] == SEALED:
            try:
                if not self._cipher:
                    return {"lost": "key"}
                told = self._cipher.decrypt(told[:NONCE_BYTES], told[NONCE_BYTES:], bound_to(seq))
            except InvalidTag:
                return {"lost": "key"}
        content: dict[str, Any] = json.loads(told)
        return content


def bound_to(seq: int) -> bytes:
    """Return what binds a sealed record to its place."""
    return str(seq).encode()


def key_of(environment: Mapping[str, str]) -> bytes | None:
    """Return the key that systemd took from the key store for this service; None where the board has no key store.

    A key that is none is not used, and the status screen says that nothing is sealed: visitors should not find the
    kiosk dead over it.
    """
    folder = environment.get("CREDENTIALS_DIRECTORY")
    if not folder or not (path := Path(folder, CREDENTIAL)).exists():
        return None
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        log.warning("%s has %d bytes, and a key %d: responses are not sealed", path, len(key), KEY_BYTES)
        return None
    return key
