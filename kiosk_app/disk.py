"""Whether a folder can keep a promise: not read-only, not full, and not in memory where a power cut empties it."""

import os
from pathlib import Path

ROOM_TO_SPARE = 16 * 1024 * 1024  # for the log of the next hours
IN_MEMORY = ("tmpfs", "ramfs", "overlay", "aufs")
"""An overlay is how a Raspberry Pi has a read-only root; what is written there is gone at the next start."""


def trouble(folder: Path, on_disk: bool) -> str:
    """Return `read_only`, `disk_full`, `in_memory` or `unreadable`, or "" when all is well.

    `on_disk` says whether the folder has to be on a disk; a trial may be anywhere.
    """
    try:
        disk = os.statvfs(folder)
        kind = file_system(folder) if on_disk else ""
    except OSError:
        return "unreadable"
    if kind in IN_MEMORY:
        return "in_memory"
    if disk.f_flag & os.ST_RDONLY:
        return "read_only"
    return "disk_full" if disk.f_bavail * disk.f_frsize < ROOM_TO_SPARE else ""


def file_system(folder: Path, mounts: Path = Path("/proc/self/mounts")) -> str:
    """Return the kind of file system that a folder is on; of mounts in one place the last covers the others."""
    found: tuple[int, str] = (0, "")
    real = f"{os.path.realpath(folder)}/"
    for line in mounts.read_text(encoding="utf-8", errors="replace").splitlines():
        _, where, kind = line.split(" ")[:3]
        place = where.replace("\\040", " ").rstrip("/") + "/"
        if real.startswith(place) and len(place) >= found[0]:
            found = (len(place), kind)
    return found[1]
