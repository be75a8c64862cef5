"""What a fleet costs broker and bridge, from what their processes had used at each stage of its day."""

from pathlib import Path
from typing import NamedTuple

from server.trial.fleet import usage

BEGUN, READY, QUIET, HALF = "begun", "ready", "quiet", "half"


class Mark(NamedTuple):
    """What had been used by a stage, and how much was done by then."""

    broker_s: float
    bridge_s: float
    broker_mib: float
    bridge_mib: float
    thanked: int


class Costs(NamedTuple):
    """Microseconds of one processor and KiB of memory; connections without TLS, on loopback."""

    broker_us_per_connect: float  # with subscription, hello, ack and settings
    broker_us_per_ping: float
    broker_us_per_response: float  # alone in its message, and its ack
    broker_kib_per_device: float
    bridge_us_per_hello: float
    bridge_us_per_response: float  # a few hundred a second; many at once cost a fraction of it
    bridge_kib_per_device: float
    bytes_per_response: float  # of the database


class Meter:
    """Reads the two processes at each stage."""

    def __init__(self, broker: int, bridge: int) -> None:
        self.broker = broker
        self.bridge = bridge
        self.marks: dict[str, Mark] = {}

    def mark(self, stage: str, thanked: int = 0) -> None:
        """Note what has been used by now."""
        times = usage.processor_s(self.broker), usage.processor_s(self.bridge)
        self.marks[stage] = Mark(*times, usage.memory_mib(self.broker), usage.memory_mib(self.bridge), thanked)

    def costs(self, devices: int, pings: float, database: Path, responses: int, empty_bytes: int) -> Costs:
        """Return what each thing cost; the database held no responses at so many bytes."""
        begun, ready, quiet, half = (self.marks[stage] for stage in (BEGUN, READY, QUIET, HALF))
        early = max(1, half.thanked)
        return Costs(
            broker_us_per_connect=(ready.broker_s - begun.broker_s) / devices * 1e6,
            broker_us_per_ping=(quiet.broker_s - ready.broker_s) / max(1, pings) * 1e6,
            broker_us_per_response=(half.broker_s - quiet.broker_s) / early * 1e6,
            broker_kib_per_device=(ready.broker_mib - begun.broker_mib) * 1024 / devices,
            bridge_us_per_hello=(ready.bridge_s - begun.bridge_s) / devices * 1e6,
            bridge_us_per_response=(half.bridge_s - quiet.bridge_s) / early * 1e6,
            bridge_kib_per_device=(ready.bridge_mib - begun.bridge_mib) * 1024 / devices,
            bytes_per_response=(size(database) - empty_bytes) / max(1, responses),
        )


def size(database: Path) -> int:
    """Return the bytes of a database's files."""
    return sum(path.stat().st_size for path in database.parent.glob(database.name + "*"))
