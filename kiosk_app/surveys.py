"""Which survey the kiosk asks: taken between visitors, kept over restarts, given up again when it does not work."""

import contextlib
import os
from collections import deque
from collections.abc import Callable
from pathlib import Path

from device.protocol.kinds import Refused
from kiosk_app.survey import Limits, Survey, decode

MOST_STARTS = 3  # with a new survey that never lasted; then the one before it is asked again
LONGEST_REASON = 500


class Surveys:
    """`offer` comes from the publisher's thread, the rest from the screen's; `renders` tells why one cannot be shown.

    In its folder lie `survey.json`, the payload in use; `survey.previous.json`, the one before; and, until the new one
    has proved itself, `survey.starts`, which counts the starts with it.
    """

    def __init__(self, folder: Path, limits: Limits) -> None:
        self.renders: Callable[[Survey], str] = lambda survey: ""
        self.current: Survey | None = None
        self.refused = ""
        self._limits = limits
        self._file = folder / "survey.json"
        self._previous = folder / "survey.previous.json"
        self._starts = folder / "survey.starts"
        self._payload: bytes | None = None
        self._offered: deque[bytes] = deque(maxlen=1)  # two threads may use it without a lock
        self._bad: bytes | None = None
        self._start()

    @property
    def version(self) -> str:
        """What is asked, for the hello; "" when nothing is."""
        current = self.current
        return current.version if current else ""

    def _start(self) -> None:
        """Read what is kept; a survey with which the kiosk ended three times in a row gives way."""
        starts = self._count_start()
        if starts > MOST_STARTS and self._previous.exists():
            self._bad = read(self._file)
            os.replace(self._previous, self._file)
            self.prove()
            self.refused = "survey: the kiosk did not stay up with it"
        self._payload = read(self._file)
        if self._payload:
            try:
                self.current = decode(self._payload, self._limits)
            except Refused as refusal:
                self.refuse(refusal.reason)

    def _count_start(self) -> int:
        if not self._starts.exists():
            return 0
        told = read(self._starts)
        starts = 1 + (int(told) if told.isdigit() else 0)
        with contextlib.suppress(OSError):  # a disk that takes nothing shows on the screen soon enough
            write(self._starts, str(starts).encode())
        return starts

    def prove(self) -> None:
        """Note that the kiosk works with what it asks."""
        self._starts.unlink(missing_ok=True)

    def offer(self, payload: bytes) -> None:
        """Keep what the bridge wants asked until nobody is at the screen."""
        if payload not in (self._bad, self._payload):
            self._offered.append(payload)

    def refuse(self, reason: str) -> None:
        """Tell the bridge why the newest settings are not in use."""
        readable = "".join(character if character.isprintable() else " " for character in reason)
        self.refused = readable[:LONGEST_REASON] or "settings: no reason given"

    def take(self) -> Survey | None:
        """Return the survey to ask from now on, if there is a new one that is sound, can be shown and is kept."""
        if not self._offered:
            return None
        payload = self._offered.pop()
        try:
            survey = decode(payload, self._limits)
            self._try_on_screen(survey)
        except Refused as refusal:
            self._bad = payload
            self.refuse(refusal.reason)
            return None
        try:
            self._keep(payload)
        except OSError as error:  # no fault of theirs: they are taken when they are offered to a disk with room
            self.refuse(f"settings: the kiosk cannot store them ({error.strerror})")
            return None
        self.current, self._payload, self.refused = survey, payload, ""
        return survey

    def _try_on_screen(self, survey: Survey) -> None:
        try:
            why = self.renders(survey)
        except Exception as error:  # whatever the screens trip over, the old survey goes on
            raise Refused(f"screen: {type(error).__name__}: {error}") from error
        if why:
            raise Refused(f"screen: {why}")

    def _keep(self, payload: bytes) -> None:
        if self._payload:
            write(self._previous, self._payload)
            write(self._starts, b"0")
        write(self._file, payload)


def read(path: Path) -> bytes:
    """Return what a file holds, nothing when there is none or it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step that a power cut leaves done or not begun."""
    fresh = path.with_name(path.name + ".new")
    with fresh.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
