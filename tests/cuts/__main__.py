"""Runs every sweep on the real MicroPython interpreter, one process a core, and ends with one JSON line: `make cuts`.

`cuts`: power cuts after which a box was started, looked at, emptied by the bridge and pressed again. `acknowledged`:
presses that the boxes thanked for in their uncut lives, each of which was looked for after every later cut of its life.
`lost`, `doubled`: findings at all of these looks together. The presses after the cuts are in neither figure.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from tests.run_micropython import ROOT, interpreter

RING = range(21)
SEGMENTS = range(2)
DESIGNS = range(4)
REPLACEMENTS = 45
TIMEOUT_S = 900
LEAST_CUTS, LEAST_ACKNOWLEDGED = 30000, 5000


def shards() -> Iterator[tuple[str, int]]:
    """Yield what is to be run, the longest first."""
    yield from (("segments", seed) for seed in SEGMENTS)
    yield from (("ring", seed) for seed in RING)
    yield from (("design", number) for number in DESIGNS)
    yield "settings", REPLACEMENTS


def run(shard: tuple[str, int]) -> dict:
    """Run one shard; a process that fails counts as a lost press, because nobody knows what it would have found."""
    kind, number = shard
    command = [interpreter(), "-X", "heapsize=32M", "-m", "tests.cuts.shard", kind, str(number)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    # The rest says of files that a cut left open that they could not be closed.
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        print(done.stdout[-2000:] + done.stderr[-2000:], file=sys.stderr)
        return {"kind": kind, "number": number, "failures": ["lost: the interpreter ended"]}
    return json.loads(lines[-1])


def finding(found: list[dict], beginning: str) -> int:
    """Return how many failures of the sweeps begin so."""
    return sum(text.startswith(beginning) for one in found for text in one.get("failures", ()))


def total(found: list[dict], name: str) -> int:
    return sum(one.get(name, 0) for one in found)


def summary(found: list[dict]) -> dict:
    designs = [one for one in found if one["kind"] == "design"]
    caught = sum(one.get("caught_by") is not None for one in designs)
    return {
        "cuts": total(found, "cuts"),
        "acknowledged": total(found, "acknowledged"),
        "lost": finding(found, "lost"),
        "doubled": finding(found, "doubled"),
        "half_read": finding(found, "half read"),
        "counted": total(found, "counted"),
        "littlefs_cuts": sum(one["cuts"] for one in found if one["kind"] in ("segments", "settings") and "cuts" in one),
        "settings_cuts": total(found, "settings_cuts"),
        "acknowledged_after_cuts": total(found, "acknowledged_after_cuts"),
        "wrong_designs_caught": f"{caught}/{len(DESIGNS)}",
    }


def is_good(figures: dict) -> bool:
    is_clean = not (figures["lost"] or figures["doubled"] or figures["half_read"])
    is_enough = figures["cuts"] >= LEAST_CUTS and figures["acknowledged"] >= LEAST_ACKNOWLEDGED
    return is_clean and is_enough and figures["wrong_designs_caught"] == f"{len(DESIGNS)}/{len(DESIGNS)}"


def main() -> int:
    found = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for one in pool.map(run, shards()):
            found.append(one)
            print(json.dumps(one)[:300], file=sys.stderr)
    figures = summary(found)
    print(json.dumps(figures))
    return 0 if is_good(figures) else 1


if __name__ == "__main__":
    sys.exit(main())
