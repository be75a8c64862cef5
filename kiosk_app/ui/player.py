"""Plays what a screen says; a kiosk without a loudspeaker is silent, and works."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol


class Player(Protocol):
    """Plays files one after the other; what was playing is broken off."""

    def play(self, files: Sequence[Path]) -> None: ...


class Silence:
    """Plays nothing."""

    def play(self, files: Sequence[Path]) -> None:
        """Do nothing."""


class Aplay:
    """Hands the files to ALSA's `aplay`, a process of its own: Kivy's thread must never wait for a sound card."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._playing: subprocess.Popen[bytes] | None = None

    def play(self, files: Sequence[Path]) -> None:
        """Break off what is playing, and begin; without files, be silent."""
        if self._playing:
            self._playing.terminate()
            self._playing.wait()  # it ends at once, and would stay a zombie else
            self._playing = None
        if files:
            quiet = subprocess.DEVNULL
            self._playing = subprocess.Popen(
                [self._command, "--quiet", *map(str, files)], stdin=quiet, stdout=quiet, stderr=quiet
            )


def of_this_machine() -> Player:
    """Return a player that this machine has."""
    command = shutil.which("aplay")
    return Aplay(command) if command else Silence()
