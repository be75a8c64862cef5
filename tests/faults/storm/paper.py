"""What 100,000 and 1,000,000 boxes would need, reckoned from what a fleet was measured to cost.

Each part of the chain is loaded in its worst moment: `load` is what that moment asks of one such part, in shares of
what one can give, so one part with more than 1 is too few. The formulas, for `devices` boxes with `presses` a day:

    storm       = devices / mean longest back-off * peak to steady      connections a second
    broker, storm     storm * (connect + key exchange)                  of one processor: mosquitto has one thread
    broker, day       devices / 15 * ping + busiest * response          the same
    broker, memory    devices * (KiB a device + KiB a key)              of 8 GiB
    broker, files     devices + 200                                     of 65,536, the service file's
    bridge, storm     storm * hello                                     of one processor: a bridge has one thread
    bridge, day       busiest * response                                the same, each alone in its message
    bridge, memory    base + devices, at most 50,000, * KiB a device    of 512 MiB, the service file's
    database, disk    devices * presses * 365 * bytes a response        of 1 TiB, for a year

`busiest` is responses a second in the busiest hour, which is taken to have a sixth of the day. That, 12 presses, 8 GiB
and 1 TiB are assumptions; all else is measured, `bridge_us_per_single` by `make bench-ingest`. Half of a processor is
left free: `parts` is load * 2 for processors, load for the rest.
"""

import json
from math import ceil
from pathlib import Path
from typing import NamedTuple

from broker_bridge.database.memory import MOST_DEVICES
from tests.faults.storm import hellos, keys

MEASURED = Path(__file__).with_name("measured.json")
SIZES = (10_000, 100_000, 1_000_000)
BUSIEST_SHARE, HOUR_S = 1 / 6, 3600
SILENT_S = 15
BROKER_GIB, BRIDGE_MIB, DISK_TIB = 8, 512, 1
FILES, BESIDES = 65_536, 200
SINGLE_PER_S = 29_700  # responses, one a message, on SQLite: `make bench-ingest`
FREE = 2  # a processor is planned to be half busy

REMEDIES = {
    "broker, storm": "more brokers, each with its share of the boxes, or a longer first back-off",
    "broker, day": "more brokers",
    "broker, memory": "more brokers, or memory",
    "broker, files": "more brokers, or a larger LimitNOFILE",
    "bridge, storm": "more bridges on a shared subscription and PostgreSQL",
    "bridge, day": "more bridges on a shared subscription and PostgreSQL",
    "bridge, memory": "more bridges, or a larger MemoryMax",
    "database, disk": "a larger disk, PostgreSQL, a shorter retention",
}


class Part(NamedTuple):
    """A part in its worst moment: its load in shares of one, and how many of it are needed."""

    name: str
    load: float
    parts: int

    @property
    def remedy(self):
        return REMEDIES[self.name]


def busy(name, load):
    """Return a part whose processor is planned to be half busy."""
    return Part(name, load, ceil(load * FREE))


def filled(name, load):
    """Return a part that may be filled."""
    return Part(name, load, ceil(load))


def paper(devices, cost):
    """Return every part, the most loaded first."""
    storm = devices / cost["longest_wait_s"] * cost["peak_to_steady"]
    remembered = min(devices, MOST_DEVICES)
    busiest = devices * cost["presses"] * BUSIEST_SHARE / HOUR_S
    parts = [
        busy("broker, storm", storm * (cost["broker_us_per_connect"] + cost["broker_us_per_key"]) / 1e6),
        busy(
            "broker, day",
            (devices / SILENT_S * cost["broker_us_per_ping"] + busiest * cost["broker_us_per_response"]) / 1e6,
        ),
        filled(
            "broker, memory",
            devices * (cost["broker_kib_per_device"] + cost["broker_kib_per_key"]) / BROKER_GIB / 2**20,
        ),
        filled("broker, files", (devices + BESIDES) / FILES),
        busy("bridge, storm", storm * cost["bridge_us_per_hello_of_many"] / 1e6),
        busy("bridge, day", busiest * cost["bridge_us_per_single"] / 1e6),
        filled(
            "bridge, memory", (cost["bridge_base_mib"] + remembered * cost["bridge_kib_per_device"] / 1024) / BRIDGE_MIB
        ),
        filled("database, disk", devices * cost["presses"] * 365 * cost["bytes_per_response"] / DISK_TIB / 2**40),
    ]
    return sorted(parts, key=lambda part: part.load, reverse=True)


def measured():
    """Return what a fleet was measured to cost, the last time that somebody did."""
    return json.loads(MEASURED.read_text())


def keep(plan, found):
    """Measure what else is needed, write all of it to `measured.json`, and return it."""
    us_per_key, kib_per_key = keys.cost()
    cost = found.costs._asdict() | {
        "devices": plan.devices,
        "presses": plan.presses,
        "longest_wait_s": plan.devices / found.steady_per_s,
        "peak_to_steady": found.chosen_peak_to_steady,
        "bridge_base_mib": found.bridge_peak_mib - plan.devices * found.costs.bridge_kib_per_device / 1024,
        "bridge_us_per_hello_of_many": hellos.cost(),
        "bridge_us_per_single": 1e6 / SINGLE_PER_S,
        "broker_us_per_key": us_per_key - found.costs.broker_us_per_connect,
        "broker_kib_per_key": kib_per_key - found.costs.broker_kib_per_device,
    }
    cost = {name: round(value, 2) for name, value in sorted(cost.items())}
    MEASURED.write_text(json.dumps(cost, indent=1) + "\n")
    return cost


def rows(cost):
    """Yield lines for people: each size, and its parts."""
    for devices in SIZES:
        yield f"{devices:,} boxes"
        for part in paper(devices, cost):
            needed = f"{part.parts:>4} needed: {part.remedy}" if part.parts > 1 else f"{part.parts:>4} suffices"
            yield f"  {part.name:<16}{part.load:>8.2g} {needed}"


def figures(cost):
    """Return for programs what saturates first at each size, and how many of each process are needed."""
    told = {}
    for devices in SIZES:
        parts = paper(devices, cost)
        needed = {
            kind: max(part.parts for part in parts if part.name.startswith(kind)) for kind in ("broker", "bridge")
        }
        told[str(devices)] = {
            "first": parts[0].name,
            "load": round(parts[0].load, 2),
            "brokers": needed["broker"],
            "bridges": needed["bridge"],
        }
    return told
