"""`make bench-device`: what a box needs of flash, heap and time, and how fast it drains beside umqtt.simple."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import build_firmware  # noqa: E402  # not installed: `make bench-device` runs this file
from tests.bench.words32 import Words32, fetched  # noqa: E402  # as above
from tests.device.cpython.boxes import MICROPYTHON, Bridge, Broker  # noqa: E402  # as above

PRESSES = 2000
HEAP_KIB = 64  # where words are as long as a chip's
HEAP_HERE_KIB = 96  # where they are twice as long, and TLS is
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


class Chip:
    """A box with its flash in a folder, its app outside the heap as in a chip, and with TLS."""

    def __init__(self, folder: Path, port: int, *, secure: bool) -> None:
        self.folder = folder / ("secure" if secure else "plain")
        self.folder.mkdir()
        self.counter = counting(folder)
        self.image = image(folder)
        settle(self.folder, port, {"tls": KEY} if secure else {})

    def run(self, presses: int) -> dict[str, Any]:
        """Press, connect, and wait until all is acknowledged; anything but that ends the bench."""
        heap = f"{HEAP_HERE_KIB}k"
        program = ("tests/bench/chip.py", str(self.image), heap, "tests/bench/start.py", "tests.bench.board")
        environment = os.environ | {"LD_PRELOAD": str(self.counter)}
        told, counted = run(sys.executable, *program, str(self.folder), str(presses), env=environment)
        need_all(told, presses)
        return told | counted


EXPECTED = ("connecting", "connected", "answered", "outbox", "thanked")


def settle(box: Path, port: int, more: dict[str, Any]) -> None:
    """Write a box's settings."""
    settings = {"device_id": "box-0001", "model": "button-5", "host": "127.0.0.1", "port": port}
    (box / "settings.json").write_text(json.dumps(settings | more))


def need_all(told: dict[str, Any], presses: int) -> None:
    """End the bench when not every press was acknowledged without any trouble."""
    troubles = {name: count for name, count in told["events"].items() if name not in EXPECTED}
    if troubles or told["acknowledged"] != presses:
        raise SystemExit(f"the box had trouble: {troubles}, {told['acknowledged']} of {presses}")


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
    need_stored(bridge)
    peak_bytes = max(first["peak_bytes"], second["peak_bytes"])
    figures = second | {"peak_bytes": peak_bytes, "drained_per_s": PRESSES / second["drained_ms"] * 1000}
    return figures, list(bridge.stored.values())


def drained_on_32_bits(folder: Path, heap_kib: int = HEAP_KIB) -> int:
    """Drain the same backlog, in the clear, on words as long as a chip's; return what stays of the heap afterwards."""
    words = Words32(folder)
    box = folder / "box"
    box.mkdir()
    broker = Broker(folder)
    bridge = Bridge(broker.port)
    settle(box, broker.port, {})
    try:
        for presses in (0, PRESSES):  # the first brings the survey
            told = words.run(box, broker.port, f"{heap_kib}k", presses)
            need_all(told, presses)
    finally:
        bridge.stop()
        broker.kill()
    need_stored(bridge)
    return int(told["resident_bytes"])


def need_stored(bridge: Bridge) -> None:
    if len(bridge.stored) != PRESSES or bridge.conflicts:
        raise SystemExit(f"{len(bridge.stored)} of {PRESSES} stored, {len(bridge.conflicts)} conflicts")


def drained_by_umqtt(folder: Path, records: list[dict[str, Any]]) -> float:
    """Let umqtt.simple publish the same presses in its own way, one at a time; return how many a second."""
    broker = Broker(folder)
    bridge = Bridge(broker.port)
    batch = {"v": 1, "epoch": "abcdefghij", "boot": 1, "uptime_s": 1}
    lines = [json.dumps(batch | {"responses": [record]}) for record in records]
    (folder / "backlog").write_text("\n".join(lines) + "\n")
    try:
        program = (MICROPYTHON, "tests/bench/umqtt_box.py", str(broker.port), str(folder / "backlog"))
        told = run(*program, env=os.environ | {"MICROPYPATH": f"{fetched(folder, UMQTT)}:.frozen"})[-1]
        deadline = time.monotonic() + 20
        while len(bridge.stored) < len(records) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        bridge.stop()
        broker.kill()
    if len(bridge.stored) != len(records):
        raise SystemExit(f"umqtt.simple: {len(bridge.stored)} of {len(records)} arrived")
    return len(records) / told["drained_ms"] * 1000


def measure(folder: Path) -> dict[str, Any]:
    for name in ("words32", "secure", "plain", "umqtt"):
        (folder / name).mkdir()
    say("flash, counted by the flash itself ...")
    figures = flash()
    say(f"{PRESSES} presses on words of 32 bits, -X heapsize={HEAP_KIB}k ...")
    resident_bytes = drained_on_32_bits(folder / "words32")
    say(f"{PRESSES} presses over TLS-PSK, on words of 64 bits, -X heapsize={HEAP_HERE_KIB}k ...")
    secure, records = drained(folder / "secure", secure=True)
    say(json.dumps(secure))
    say(f"{PRESSES} presses in the clear, to compare ...")
    plain, _ = drained(folder / "plain", secure=False)
    say(json.dumps(plain))
    say(f"the same {PRESSES} presses by umqtt.simple (about a minute and a half) ...")
    by_umqtt = drained_by_umqtt(folder / "umqtt", records)
    say(f"{by_umqtt:.1f} a second")
    tls_bytes = secure["peak_bytes"] - HEAP_HERE_KIB * 1024
    return figures | {
        "peak_heap_tls": HEAP_KIB * 1024 + tls_bytes,
        "heap_bytes": HEAP_KIB * 1024,
        "tls_bytes": tls_bytes,
        "resident_bytes": resident_bytes,
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
