"""Starts Python so that each step on a folder's files is counted and may be its last; see steps.c."""

import ctypes
import os
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).with_suffix(".c")
ROOT = Path(__file__).parents[2]


def compiled(folder: Path) -> Path:
    """Return the library to preload; raise OSError or CalledProcessError where there is no compiler."""
    library = folder / "steps.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    return library


def python(library: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run a module with the library below it, and return what it printed."""
    environment = os.environ | {"LD_PRELOAD": str(library), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", *map(str, words)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)


class Steps:
    """The counters of this process, which runs with the library preloaded."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL(None)

    def watch(self, folder: Path, dies_at: int = 0, half_way: bool = False) -> None:
        """Count from now on what happens below a folder; end this process at a step, unless that is 0."""
        self._library.steps_watch(os.fsencode(folder) + b"/", ctypes.c_long(dies_at), int(half_way))

    def sync_to(self, disk: Path) -> None:
        """Let a folder hold of each file what was synchronised: what a power cut would leave."""
        self._library.steps_sync_to(os.fsencode(disk))

    def counted(self) -> dict[str, int]:
        """Return how many steps there were, and what of them were writes, bytes written and synchronisations."""
        names = ("taken", "writes", "bytes", "syncs")
        return {name: int(getattr(self._library, f"steps_{name}")()) for name in names}
