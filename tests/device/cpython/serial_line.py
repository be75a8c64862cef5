"""A board made of the unix port behind a serial device of its own, for stock mpremote and our own tools."""

import os
import pty
import select
import subprocess
import sys
import time
import tty

from tests.device.cpython.boxes import MICROPYTHON, ROOT

CHIP = ROOT / "tests/device/chip"


class SerialBoard:
    """Its files stand in `root`; `path` is the device to connect to. Use it as a context."""

    def __init__(self, root, places):
        self.root = root
        self.master, self.slave = pty.openpty()
        tty.setraw(self.slave)
        self.path = os.ttyname(self.slave)
        modules = [".frozen", str(CHIP), str(CHIP / "any"), str(CHIP / "espressif"), *map(str, places)]
        self.process = subprocess.Popen(
            [MICROPYTHON, str(CHIP / "serial_board.py"), f"{root}/"],
            cwd=root,
            env=os.environ | {"MICROPYPATH": ":".join(modules)},
            stdin=self.master,
            stdout=self.master,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        os.close(self.master)
        os.close(self.slave)

    def mpremote(self, *arguments):
        """Run the tool that everybody has, and return what it prints."""
        command = [sys.executable, "-m", "mpremote", "connect", self.path, *map(str, arguments)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def heard(self, timeout_s=90):
        """Return all that the board says from now on until it ends."""
        said, deadline = b"", time.monotonic() + timeout_s
        while self.process.poll() is None or self.is_talking():
            assert time.monotonic() < deadline, said
            if self.is_talking():
                said += os.read(self.slave, 65536)
        return said.decode()

    def is_talking(self):
        return bool(select.select([self.slave], [], [], 0.05)[0])
