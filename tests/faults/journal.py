"""What the devices of a fault test have to say: journals whose every record is known beforehand."""

import json
import random
from collections.abc import Iterator
from typing import Any, NamedTuple

from broker_bridge.database import registry, survey_versions
from broker_bridge.database.connect import Connection
from broker_bridge.database.ranges import Range
from device.protocol import topics

NOW_S = 1_795_325_100  # 2026-11-22
NOW_MS = NOW_S * 1000
BOOTED_S = NOW_S - 90_000
BATCH = 25
SURVEY = {
    "survey": "smiley@1",
    "languages": ["fi"],
    "questions": [{"id": "smiley", "kind": "smiley5", "text": {"fi": "Millainen?"}}],
}


class Said(NamedTuple):
    """One press: its identity, and the value that it has to be stored with."""

    device_id: str
    seq: int
    value: int


class Journal:
    """The outbox of one device, filled from the start."""

    def __init__(self, device_id: str, presses: int) -> None:
        self.device_id = device_id
        self.epoch = f"epoch-{device_id}"
        values = random.Random(device_id)
        self.values = [values.randint(1, 5) for _ in range(presses)]

    def said(self) -> Iterator[Said]:
        """Yield every press."""
        for seq, value in enumerate(self.values, start=1):
            yield Said(self.device_id, seq, value)

    def batch(self, after: int, most: int = BATCH) -> bytes:
        """Return the batch of the records above a number; the same number gives the same bytes."""
        records = [self.record(seq) for seq in range(after + 1, min(after + most, len(self.values)) + 1)]
        return self.message(boot=1, uptime_s=records[-1]["uptime_s"] + 1, responses=records)

    def record(self, seq: int) -> dict[str, Any]:
        """Return a record; some have no clock, and get their time from the others."""
        uptime_s = 10 + 2 * seq
        at = None if seq % 7 == 0 else BOOTED_S + uptime_s
        said = {"seq": seq, "boot": 1, "uptime_s": uptime_s, "at": at, "survey": "smiley@1", "language": "fi"}
        return said | {"answers": {"smiley": self.values[seq - 1]}}

    def hello(self) -> bytes:
        """Return what the device says when it comes back."""
        return self.message(next_seq=len(self.values) + 1, oldest_seq=1, boot=1, uptime_s=5, clock_at=BOOTED_S + 5)

    def message(self, **fields: Any) -> bytes:
        """Return a message of this journal."""
        return json.dumps({"v": 1, "epoch": self.epoch} | fields).encode()

    def topic(self, name: str) -> str:
        """Return a topic of this device."""
        return topics.topic(self.device_id, name)


def journals(count: int, presses: int) -> list[Journal]:
    """Return the journals of some devices."""
    return [Journal(f"box-{number:04}", presses) for number in range(1, count + 1)]


def furnish(connection: Connection, devices: list[Journal]) -> None:
    """Write the county of these devices into a new database."""
    survey_versions.add_survey(connection, SURVEY)
    registry.add_unit(connection, "keskus", {"fi": "Keskus"})
    registry.add_service_point(connection, "aula", "keskus", {"fi": "Aula"})
    for journal in devices:
        registry.add_device(connection, journal.device_id, "button-5", "smiley@1", ["fi"])
        registry.add_placement(connection, journal.device_id, "aula", Range())
