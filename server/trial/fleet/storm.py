"""What the logs of a fleet say: what visitors saw, and how boxes came back after the broker was away."""

import json
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from server.trial.reckoning import Identity, Said, content_hash

SECOND_MS = 1000


class Storm(NamedTuple):
    """Attempts to connect from the moment the broker went, wherever they led."""

    attempts: int
    peak_per_s: int  # in the worst second, wherever it begins
    chosen_peak_per_s: int  # the same of the moments that the firmware chose, however late the machine was
    answered_s: float  # until the bridge had answered the last box


def events(logs: Iterable[Path], *names: str) -> Iterator[dict[str, Any]]:
    """Yield the events of these names, log by log."""
    for log in logs:
        with log.open(encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                if event["event"] in names:
                    yield event


def storm(logs: Iterable[Path], from_ms: int) -> Storm:
    """Return what the logs say of the time from a moment on."""
    links = [event for event in events(logs, "link") if event["at_ms"] >= from_ms]
    made = sorted(event["at_ms"] for event in links if event["state"] == "connecting")
    chosen = sorted(event["at_ms"] + event["wait_ms"] for event in links if event["state"] == "offline")
    answered = max((event["at_ms"] for event in links if event["state"] == "answered"), default=from_ms)
    return Storm(len(made), busiest(made), busiest(chosen), (answered - from_ms) / SECOND_MS)


def busiest(moments: list[int]) -> int:
    """Return how many of the sorted moments lie in the worst second."""
    ends = enumerate(moments, start=1)
    return max((count - bisect_left(moments, moment - SECOND_MS + 1) for count, moment in ends), default=0)


def said(logs: Iterable[Path]) -> Said:
    """Return what visitors did and were thanked for; no box is cut off between the two."""
    found = Said()
    for event in events(logs, "thanked", "refused"):
        found.pressed[event["device_id"]] += 1
        if event["event"] == "thanked":
            identity = Identity(event["device_id"], event["epoch"], event["seq"])
            found.thanked[identity] = content_hash(event["content"])
    return found
