"""A file system that forgets what was not synced, for real processes: when it is killed, the power was cut.

`python forgetful.py DISK SEEN MOUNT`: processes write below MOUNT and read it back from SEEN; DISK gets of it what they
sync. Whoever starts it again makes SEEN anew from DISK.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from server.trial.processes import WITH_US, environment

PATIENCE_S = 60.0


def operations(disk: Path, seen: Path) -> Any:
    """Return what the file system does; the library is loaded only in the process that is one."""
    from mfusepy import Operations

    class Forgetful(Operations):
        use_ns = True

        def __init__(self) -> None:
            self.unsynced: dict[str, list[tuple[int, bytes | None]]] = {}

        def path(self, name: str) -> str:
            return f"{seen}{name}"

        def getattr(self, path: str, fh: int | None = None) -> dict[str, int]:
            status = os.lstat(self.path(path))
            times = {f"st_{kind}time": getattr(status, f"st_{kind}time_ns") for kind in "acm"}
            names = ("st_mode", "st_nlink", "st_uid", "st_gid", "st_size")
            return times | {name: getattr(status, name) for name in names}

        def readdir(self, path: str, fh: int) -> list[str]:
            return [".", "..", *os.listdir(self.path(path))]

        def open(self, path: str, flags: int) -> int:
            return os.open(self.path(path), flags & ~os.O_TRUNC)

        def create(self, path: str, mode: int, fi: Any = None) -> int:
            return os.open(self.path(path), os.O_RDWR | os.O_CREAT, mode)

        def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
            return os.pread(fh, size, offset)

        def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
            self.unsynced.setdefault(path, []).append((offset, bytes(data)))
            return os.pwrite(fh, data, offset)

        def truncate(self, path: str, length: int, fh: int | None = None) -> None:
            self.unsynced.setdefault(path, []).append((length, None))
            os.truncate(self.path(path), length)

        def unlink(self, path: str) -> None:
            os.unlink(self.path(path))
            self.unsynced.pop(path, None)
            (disk / path[1:]).unlink(missing_ok=True)

        def fsync(self, path: str, datasync: int, fh: int) -> None:
            descriptor = os.open(disk / path[1:], os.O_RDWR | os.O_CREAT, 0o600)
            for offset, data in self.unsynced.pop(path, []):
                if data is None:
                    os.ftruncate(descriptor, offset)
                else:
                    os.pwrite(descriptor, data, offset)
            os.close(descriptor)

        def release(self, path: str, fh: int) -> None:
            os.close(fh)

    return Forgetful()


class Machine:
    """A machine whose disk is such a file system."""

    def __init__(self, folder: Path) -> None:
        self.disk, self.seen, self.mount = (folder / name for name in ("disk", "seen", "mount"))
        self.process: subprocess.Popen[bytes] | None = None
        for made in (self.disk, self.mount):
            made.mkdir()

    def start(self) -> None:
        """Start with what is on the disk; raise OSError when there can be no such file system here."""
        shutil.copytree(self.disk, self.seen)
        command = [sys.executable, __file__, str(self.disk), str(self.seen), str(self.mount)]
        self.process = subprocess.Popen([*WITH_US, *command], env=environment(), stderr=subprocess.PIPE)
        deadline_s = time.monotonic() + PATIENCE_S
        while not self.mount.is_mount():
            if self.process.poll() is not None or time.monotonic() > deadline_s:
                raise OSError("no file system of our own can be mounted here")
            time.sleep(0.02)

    def cut_power(self) -> None:
        """Forget what was not synced; who still works on it is to be killed before."""
        if self.process:
            self.process.kill()
            self.process.communicate()
        subprocess.run(["umount", "--lazy", str(self.mount)], check=False, stderr=subprocess.DEVNULL)
        shutil.rmtree(self.seen, ignore_errors=True)


@contextmanager
def machine(folder: Path) -> Iterator[Machine]:
    """Give a machine that runs, and remove it afterwards."""
    made = Machine(folder)
    try:
        made.start()
        yield made
    finally:
        made.cut_power()


if __name__ == "__main__":
    from mfusepy import FUSE

    own, remembered, where = (Path(argument) for argument in sys.argv[1:4])
    FUSE(operations(own, remembered), str(where), foreground=True, nothreads=True)
