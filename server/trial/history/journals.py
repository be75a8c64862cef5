"""The journals of the devices of a made-up past: numbers, boots, what was lost, and what never came."""

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from broker_bridge.database.local_times import day_number
from server.trial.history.county import OFF, OFFLINE, Device, Plan
from server.trial.history.hours import start_s

GAPS, LOST, HELD = 0.1, 0.15, 0.05  # shares of the devices that lack records, by reason
COLUMNS = {
    "journals": (
        *("device_id", "epoch", "contiguous_seq", "highest_seq", "oldest_seq", "next_seq"),
        *("duplicates", "quarantined", "heard_ms"),
    ),
    "final_gaps": ("device_id", "epoch", "first_seq", "last_seq"),
    "boots": ("device_id", "epoch", "boot", "booted_ms", "seen_uptime_s"),
}
DELAY_MS = 4_000  # from a press to its receipt, where there is a network


@dataclass
class Journal:
    """One device's records so far. Numbers in a final gap were counted on the device and never came."""

    device: Device
    plan: Plan
    seq: int = 0
    final_gaps: list[tuple[int, int]] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    held: int = 0

    @property
    def epoch(self) -> str:
        """Return the epoch; a device has one, because none was ever reset."""
        return f"made-up-{self.device.device_id[-4:]}"

    @property
    def boots(self) -> list[tuple[date, date]]:
        """Return the days of each boot, the first one first: a device starts anew after each time it was off."""
        off = sorted((each.since, each.until) for each in self.device.outages if each.kind == OFF)
        found, begun = [], self.plan.since
        for since, until in off:
            if begun < since:
                found.append((begun, since))
            begun = max(begun, until)
        if begun < self.plan.until:
            found.append((begun, self.plan.until))
        return found

    def boots_by_day(self, days: tuple[date, ...]) -> dict[int, tuple[int, int]]:
        """Return for days (20261122) the number of the boot and when it began, in Unix seconds."""
        found: dict[int, tuple[int, int]] = {}
        for number, (since, until) in enumerate(self.boots, start=1):
            begun_s = start_s(since)
            found |= {day_number(day): (number, begun_s) for day in days if since <= day < until}
        return found

    def received_by_day(self, days: tuple[date, ...]) -> dict[int, int]:
        """Return for the days on which the device was offline when its records came, in milliseconds."""
        outages = {day_number(day): self.device.out(day, OFFLINE) for day in days}
        return {day: start_s(outage.until, 9) * 1000 for day, outage in outages.items() if outage is not None}

    def mishaps(self, chance: random.Random) -> list[int]:
        """Lose something now and then: a record that decayed, or numbers that never came. Return what decayed."""
        months = 12 * self.plan.years
        decayed = []
        if chance.random() < LOST / months:
            self.seq += 1
            decayed.append(self.seq)
        if chance.random() < GAPS / months:
            first = self.seq + 1
            self.seq += chance.randint(1, 20)
            self.final_gaps.append((first, self.seq))
        self.lost += decayed
        return decayed

    def finish(self, chance: random.Random) -> None:
        """Leave some records on the device, which nobody has heard of but by their number."""
        self.held = chance.randint(1, 30) if chance.random() < HELD else 0

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return what is known of the journal in the end, by table, in the order of COLUMNS."""
        key, until_ms = (self.device.device_id, self.epoch), start_s(self.plan.until) * 1000
        boots = [(number, start_s(since), start_s(until)) for number, (since, until) in enumerate(self.boots, start=1)]
        return {
            "journals": [(*key, self.seq, self.seq, self.seq + 1, self.seq + 1 + self.held, 0, 0, until_ms)],
            "final_gaps": [(*key, first, last) for first, last in self.final_gaps],
            "boots": [(*key, number, begun_s * 1000, ended_s - begun_s) for number, begun_s, ended_s in boots],
        }
