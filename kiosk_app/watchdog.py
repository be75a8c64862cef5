"""Tells systemd that the kiosk is up and that its screen still moves; without systemd it tells nobody."""

import contextlib
import os
import socket
from collections.abc import Mapping


class Watchdog:
    """`feed` is called by the screen's own clock: a screen that hangs is not fed, and systemd starts it anew."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        limit_us = environment.get("WATCHDOG_USEC", "")
        self._every_ms = int(limit_us) // 4_000 if limit_us.isdigit() else 5_000
        self._fed_ms: int | None = None

    def feed(self, now_ms: int) -> None:
        """Say that the screen moves; the first time, that the kiosk is ready."""
        if self._fed_ms is None:
            self._say("READY=1")
        elif now_ms - self._fed_ms < self._every_ms:
            return
        self._fed_ms = now_ms
        self._say("WATCHDOG=1")

    def stopping(self) -> None:
        """Say that the end is on purpose."""
        self._say("STOPPING=1")

    def _say(self, word: str) -> None:
        if not self._address:
            return
        name = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        # systemd being away for a moment is no reason to end: it will start us anew if it misses us.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.sendto(word.encode(), name)
