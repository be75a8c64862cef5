"""Runs the tests of device/ on the real MicroPython interpreter, but for those in `cpython/` folders."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 300


def interpreter() -> str:
    """Return the interpreter: MICROPYTHON from the environment, else the one beside this Python."""
    return os.environ.get("MICROPYTHON") or str(Path(sys.executable).parent / "micropython")


def test_modules(names: list[str]) -> list[str]:
    """Return the modules under tests/device that both Pythons can run, or of these only the named files."""
    files = [Path(name).resolve() for name in names] or sorted((ROOT / "tests" / "device").rglob("test_*.py"))
    inside = [file.relative_to(ROOT) for file in files]
    return [".".join(file.with_suffix("").parts) for file in inside if "cpython" not in file.parts]


def run(module: str, folder: str) -> tuple[int, int]:
    """Run one module in a process of its own; print what failed and return how many passed and failed."""
    command = [interpreter(), "-X", "heapsize=16M", "tests/device/run_tests.py", module]
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=os.environ | {"TMPDIR": folder},
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"{module}: still running after {TIMEOUT_S} s")
        return 0, 1
    lines = done.stdout.splitlines()
    passed = sum(line.startswith("ok ") for line in lines)
    failed = sum(line.startswith("FAILED ") for line in lines)
    if done.returncode and not failed:
        failed = 1
        print(f"{module}: the interpreter ended with {done.returncode}")
    if failed:
        print("\n".join(line for line in lines if not line.startswith("ok ")))
        print(done.stderr, end="")
    return passed, failed


def main(names: list[str]) -> int:
    with tempfile.TemporaryDirectory(prefix="hymio-test-") as folder:
        results = [run(module, folder) for module in test_modules(names)]
    passed, failed = (sum(column) for column in zip(*results, strict=True)) if results else (0, 0)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
