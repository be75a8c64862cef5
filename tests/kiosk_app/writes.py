"""Measures what a response costs the card: writes, bytes and synchronisations, and the time until it is durable."""

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from kiosk_app.envelope import Envelope
from kiosk_app.outbox import Outbox
from tests.kiosk_app.steps import Steps, compiled, python

RESPONSES = 2_000
CONTENT = {"boot": 7, "uptime_s": 5_301, "at": 1_795_325_009, "survey": "reception@3", "language": "fi"}
ANSWERS = {"nps": 9, "helped": 5, "reason": ["waiting"], "text": "Kiitos, mutta odotin kauan."}


def writes_per_response() -> dict[str, Any]:
    """Return the figures of many responses in a process of its own; each is also acknowledged, as in service."""
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(Path(folder))
        ran = python(library, "tests.kiosk_app.writes", folder, RESPONSES)
    if ran.returncode:
        raise RuntimeError(ran.stderr)
    figures: dict[str, Any] = json.loads(ran.stdout)
    return figures


def measured(folder: Path, responses: int) -> dict[str, Any]:
    """Put and acknowledge responses in this process, and return what each cost."""
    outbox, steps = Outbox(folder, Envelope()), Steps()
    steps.watch(folder)
    took_ms = []
    for _ in range(responses):
        before_ns = time.perf_counter_ns()
        record = outbox.put(CONTENT | {"answers": ANSWERS})
        took_ms.append((time.perf_counter_ns() - before_ns) / 1e6)
        outbox.acknowledge(record["seq"])
    outbox.close()
    counted = steps.counted()
    took_ms.sort()
    return {
        "writes_per_response": round(counted["writes"] / responses, 2),
        "bytes_per_response": round(counted["bytes"] / responses),
        "syncs_per_response": round(counted["syncs"] / responses, 3),
        "durable_ms": round(statistics.median(took_ms), 2),
        "durable_p99_ms": round(took_ms[len(took_ms) * 99 // 100], 2),
    }


if __name__ == "__main__":
    print(json.dumps(measured(Path(sys.argv[1]), int(sys.argv[2]))))
