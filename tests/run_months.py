"""Leads two years of two boxes' lives on MicroPython in virtual time; ends with one JSON line of measured figures."""

import json
import subprocess
import sys
import tempfile

from hardware import power
from tests.run_micropython import ROOT, interpreter

RATES = (36, 1000)
DAYS = 731
TIMEOUT_S = 3600
LEAST_PRESSED = 500_000


def begin(rate: int, days: int, directory: str) -> "subprocess.Popen[str]":
    """Start one life; it tells of its months on standard error."""
    command = [
        interpreter(),
        "-X",
        "heapsize=128M",
        "-m",
        "tests.device.months",
        str(rate),
        str(days),
        str(rate),
        directory,
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def lives(days: int) -> dict[int, dict]:
    """Return the figures of all lives, led side by side."""
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        begun = [begin(rate, days, place) for rate, place in zip(RATES, (first, second), strict=True)]
        told = [process.communicate(timeout=TIMEOUT_S)[0] for process in begun]
    return {rate: json.loads(text.splitlines()[-1]) for rate, text in zip(RATES, told, strict=True)}


def summary(found: dict[int, dict]) -> dict:
    """Return the figures of the last line; those by box and variant are keyed like `36` and `1000_stock`."""
    total = {name: sum(life[name] for life in found.values()) for name in ("pressed", "stored", "lost", "doubled")}
    by_box = ("mean_current_ua", "days_18650", "days_2xaa")
    per = {n: {f"{rate}{kind}": v for rate, life in found.items() for kind, v in life[n].items()} for n in by_box}
    more = ("refused", "counted", "interrupted", "boots", "outages", "wraps", "wakes", "connections", "resent", "times")
    return {
        "years": min(life["days"] for life in found.values()) // 365,
        **total,
        "worst_error_within_stated": not any(life["outside_stated"] for life in found.values()),
        **per,
        "more": {name: {str(rate): life[name] for rate, life in found.items()} for name in more},
    }


def holds(line: dict) -> bool:
    """Tell whether the figures are what was promised."""
    delivered = line["stored"] + sum(line["more"]["refused"].values()) == line["pressed"]
    exact = delivered and not line["lost"] and not line["doubled"] and line["worst_error_within_stated"]
    return exact and line["years"] >= 2 and line["pressed"] >= LEAST_PRESSED


def main() -> int:
    for name, fact in power.facts().items():
        print(f"{name}: {fact.value} {fact.unit}; {fact.source}", file=sys.stderr)
    line = summary(lives(DAYS))
    print(json.dumps(line))
    return 0 if holds(line) else 1


if __name__ == "__main__":
    sys.exit(main())
