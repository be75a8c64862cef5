"""The staff's PIN: kept as a slow hash, and slower to guess with every wrong try."""

import hashlib
import hmac
import os

LEAST_DIGITS = 4
FREE_TRIES = 3
FIRST_WAIT_MS = 30_000
LONGEST_WAIT_MS = 900_000


def hashed(pin: str, salt: bytes | None = None) -> str:
    """Return what the settings file keeps of a PIN of at least four digits."""
    if not (pin.isascii() and pin.isdigit() and len(pin) >= LEAST_DIGITS):
        raise ValueError(f"a PIN has {LEAST_DIGITS} digits or more")
    return spelled(pin, os.urandom(16) if salt is None else salt)


def spelled(pin: str, salt: bytes) -> str:
    """Return salt and slow hash of a PIN."""
    return f"scrypt:{salt.hex()}:{hashlib.scrypt(pin.encode(), salt=salt, n=1 << 14, r=8, p=1).hex()}"


class Lock:
    """Opens with the PIN; three wrong ones in a row close it for half a minute, each further one for twice as long."""

    def __init__(self, pin_hash: str | None) -> None:
        self._hash = pin_hash
        self._wrong = 0
        self._closed_until_ms = 0

    @property
    def has_pin(self) -> bool:
        """Whether there is anything behind it."""
        return self._hash is not None

    def opens(self, pin: str, now_ms: int) -> bool:
        """Tell whether this PIN opens it now."""
        if self._hash is None or now_ms < self._closed_until_ms or len(pin) < LEAST_DIGITS:
            return False
        salt = bytes.fromhex(self._hash.split(":")[1])
        if hmac.compare_digest(spelled(pin, salt), self._hash):
            self._wrong = 0
            return True
        self._wrong += 1
        if self._wrong >= FREE_TRIES:
            wait_ms = min(LONGEST_WAIT_MS, FIRST_WAIT_MS << min(self._wrong - FREE_TRIES, 10))
            self._closed_until_ms = now_ms + wait_ms
        return False
