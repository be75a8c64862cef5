"""`make bench-device`: what a box needs of flash, heap and time, and how fast it drains beside umqtt.simple."""

import ast
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import build_firmware  # noqa: E402  # not installed: `make bench-device` runs this file
from tests.device.cpython.boxes import MICROPYTHON, Bridge, Broker  # noqa: E402  # as above

PRESSES = 2000
# MicroPython counts a heap in words of the chip where a `w` stands: its words are twice as long here. Three quarters of
# what a chip is allowed, because texts and buffers are as long on both.
HEAP = "48wk"
CHIP_HEAP_BYTES = 64 * 1024
LARGEST_BYTES = 96 * 1024
KEY = {"psk_identity": "box-0001", "psk": os.urandom(16).hex()}
TIMEOUT_S = 240
LIMITS = {"erases_per_press": 0.02, "bytes_per_press": 64, "peak_heap_tls": LARGEST_BYTES}

UMQTT = ("micropython-umqtt.simple==1.3.4", "b6a2520239e3992c63a7de9370ee9b3d9d27819a90359c521f1c0f7ccab8d12f")


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def run(*command: str, **more: Any) -> list[dict[str, Any]]:
    """Run a program to its end and return the JSON lines that it printed."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S, check=False, **more)
    try:
        done.check_returncode()
        return [json.loads(line) for line in done.stdout.splitlines()]
    except (ValueError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"{' '.join(command[:5])} ...: {done.stdout[-2000:]}{done.stderr[-2000:]}") from error


# What is measured with


def counting(folder: Path) -> Path:
    """Compile the library that counts the C heap."""
    library = folder / "counting.so"
    source = str(ROOT / "tests/bench/counting.c")
    subprocess.run(["gcc", "-O2", "-Wall", "-shared", "-fPIC", "-o", str(library), source], check=True)
    return library


def image(folder: Path) -> Path:
    """Build the app and its measuring board as a chip would have them."""
    build_firmware.compile_app(folder / "app", "tests.bench.board")
    (folder / "app.romfs").write_bytes(build_firmware.romfs(folder / "app"))
    return folder / "app.romfs"


def umqtt(folder: Path) -> str:
    """Fetch umqtt.simple and return where it can be imported from."""
    fetched = subprocess.run(
        [sys.executable, "-m", "unearth", "--no-binary", "--download", str(folder), UMQTT[0]],
        capture_output=True,
        text=True,
        check=True,
    )
    archive = Path(json.loads(fetched.stdout)["local_path"])
    if hashlib.sha256(archive.read_bytes()).hexdigest() != UMQTT[1]:
        raise SystemExit(f"{UMQTT[0]}: not the archive that was pinned")
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    return str(next(folder.glob("*/umqtt")).parent)


class Chip:
    """A box with its flash in a folder, on a heap as a chip has it."""

    def __init__(self, folder: Path, port: int, *, secure: bool) -> None:
        self.folder = folder / ("secure" if secure else "plain")
        self.folder.mkdir()
        self.library = counting(folder)
        self.image = image(folder)
        settings = {"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1", "port": port}
        more = {"tls": KEY} if secure else {}
        (self.folder / "settings.json").write_text(json.dumps(settings | more))

    def run(self, presses: int) -> dict[str, Any]:
        """Press, connect, and wait until all is acknowledged; anything but that ends the bench."""
        program = ("tests/bench/chip.py", str(self.image), HEAP, "tests/bench/start.py", "tests.bench.board")
        environment = os.environ | {"LD_PRELOAD": str(self.library)}
        told, counted = run(sys.executable, *program, str(self.folder), str(presses), env=environment)
        troubles = {name: count for name, count in told["events"].items() if name not in EXPECTED}
        if troubles or told["acknowledged"] != presses:
            raise SystemExit(f"the box had trouble: {troubles}, {told['acknowledged']} of {presses}")
        return told | counted


EXPECTED = ("connecting", "connected", "answered", "outbox", "thanked")


# What is measured


def flash() -> dict[str, Any]:
    """Let the flash count: erases, bytes, records, reads to mount."""
    done = run(MICROPYTHON, "-X", "heapsize=16M", "-m", "tests.device.outbox_figures")[-1]
    return {name: done[name] for name in ("erases_per_press", "bytes_per_press", "records_per_256_kib", "mount_reads")}


def drained(folder: Path, *, secure: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Drain a backlog through a real broker and an acknowledging bridge; return the figures and what was stored."""
    (folder / "psk").write_text(f"{KEY['psk_identity']}:{KEY['psk']}\n")
    broker = Broker(folder, f"psk_file {folder}/psk\npsk_hint hymio\nuse_identity_as_username true\n")
    bridge = Bridge(broker.port)
    try:
        chip = Chip(folder, broker.secure_port if secure else broker.port, secure=secure)
        first = chip.run(0)
        second = chip.run(PRESSES)
    finally:
        bridge.stop()
        broker.kill()
    if len(bridge.stored) != PRESSES or bridge.conflicts:
        raise SystemExit(f"{len(bridge.stored)} of {PRESSES} stored, {len(bridge.conflicts)} conflicts")
    peak_bytes = max(first["peak_bytes"], second["peak_bytes"])
    figures = second | {"peak_bytes": peak_bytes, "drained_per_s": PRESSES / second["drained_ms"] * 1000}
    return figures, list(bridge.stored.values())


def drained_by_umqtt(folder: Path, records: list[dict[str, Any]]) -> float:
    """Let umqtt.simple publish the same presses in its own way, one at a time; return how many a second."""
    broker = Broker(folder)
    bridge = Bridge(broker.port)
    batch = {"v": 1, "epoch": "abcdefghij", "boot": 1, "uptime_s": 1}
    lines = [json.dumps(batch | {"responses": [record]}) for record in records]
    (folder / "backlog").write_text("\n".join(lines) + "\n")
    try:
        program = (MICROPYTHON, "tests/bench/umqtt_box.py", str(broker.port), str(folder / "backlog"))
        told = run(*program, env=os.environ | {"MICROPYPATH": f"{umqtt(folder)}:.frozen"})[-1]
        deadline = time.monotonic() + 20
        while len(bridge.stored) < len(records) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        bridge.stop()
        broker.kill()
    if len(bridge.stored) != len(records):
        raise SystemExit(f"umqtt.simple: {len(bridge.stored)} of {len(records)} arrived")
    return len(records) / told["drained_ms"] * 1000


def own_heap_bytes() -> int:
    """Return the heap that the interpreter was given here, where words are twice as long as a chip's."""
    return ast.literal_eval(HEAP.removesuffix("wk")) * 1024 * 2


def measure(folder: Path) -> dict[str, Any]:
    for name in ("secure", "plain", "umqtt"):
        (folder / name).mkdir()
    say("flash, counted by the flash itself ...")
    figures = flash()
    say(f"{PRESSES} presses over TLS-PSK, -X heapsize={HEAP} ...")
    secure, records = drained(folder / "secure", secure=True)
    say(json.dumps(secure))
    say(f"{PRESSES} presses in the clear, to compare ...")
    plain, _ = drained(folder / "plain", secure=False)
    say(json.dumps(plain))
    say(f"the same {PRESSES} presses by umqtt.simple (about a minute and a half) ...")
    by_umqtt = drained_by_umqtt(folder / "umqtt", records)
    say(f"{by_umqtt:.1f} a second")
    tls_bytes = secure["peak_bytes"] - own_heap_bytes()
    return figures | {
        "peak_heap_tls": CHIP_HEAP_BYTES + tls_bytes,
        "tls_bytes": tls_bytes,
        "heap_here_bytes": own_heap_bytes(),
        "mpy_bytes": build_firmware.build(folder / "firmware")["mpy_bytes"],
        "drained_per_s": round(secure["drained_per_s"]),
        "drained_to_umqtt": round(plain["drained_per_s"] / by_umqtt, 1),
    }


def holds(figures: dict[str, Any]) -> bool:
    return all(figures[name] <= limit for name, limit in LIMITS.items()) and figures["drained_to_umqtt"] >= 1


def main() -> int:
    folder = Path(tempfile.mkdtemp(prefix="hymio-bench-"))
    try:
        figures = measure(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(json.dumps(figures))
    return 0 if holds(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
