"""What a seed decides beforehand: how the world is made, who presses when, and which faults come."""

import random
from typing import NamedTuple

BEGINS_MS = (
    1_792_796_400_000,  # 2026-10-24, before the night that has an hour twice
    1_795_564_800_000,  # 2026-11-25
    1_806_105_600_000,  # 2027-03-27, before the night that lacks an hour
)
MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000
BUTTONS = 5
PRESSES = 130  # of all devices together
STRIKES = 0.6  # the share of faults that come while something is under way
UNDER_WAY_MS = 60_000  # after a press
EARLY = 0.1
LATEST = 0.85  # the share of the time after which nothing new happens


class Event(NamedTuple):
    """Something that happens at a moment after the beginning, to a device or to nobody in particular."""

    at_ms: int
    kind: str
    device: int
    value: int


class Plan(NamedTuple):
    """A world and its events; `kinds` are the faults that this seed allows itself."""

    seed: int
    began_ms: int
    lasts_ms: int
    devices: int
    kiosks: int  # of the devices
    is_tight: bool  # a long outage fills up what there is
    blocks: int  # of a box's flash
    slow_ms: int  # the longest that a message is on its way
    drain_ms: int  # how long the bridge lets messages gather
    ack_timeout_ms: int
    cut_chance: float  # that a message is the last of its connection
    twice_chance: float  # that the broker delivers a message twice, or in another order
    keeps_session: bool  # that the broker queues for a bridge that is away
    kinds: tuple
    events: tuple


# How often a fault comes in a world that allows it.
FAULTS = {
    "power cut": 4,
    "power cut while it writes": 5,
    "power cut while it starts": 3,
    "record decays": 2,
    "connection drops": 4,
    "black hole": 3,
    "no network": 2,
    "broker killed": 2,
    "broker's queue full": 2,
    "session expires": 2,
    "bridge killed": 2,
    "bridge dies at a statement": 5,
    "bridge dies before its acks": 3,
    "database away": 3,
    "commit without an answer": 3,
    "bridge's clock lies": 2,
    "reclassified": 3,
    "moved": 3,
    "old message again": 4,
    "poison": 4,
    "out of memory": 3,
    "long outage": 1,
    "reprovisioned": 1,
    "two with one identity": 1,
    "two with one journal": 1,
    "journal put back": 1,
    "backup and restore": 1,
}
# What costs nothing while nobody presses and nothing is on its way.
STRIKING = (
    "record decays",
    "power cut",
    "power cut while it writes",
    "power cut while it starts",
    "connection drops",
    "black hole",
    "broker killed",
    "broker's queue full",
    "session expires",
    "bridge killed",
    "bridge dies at a statement",
    "bridge dies before its acks",
    "database away",
    "commit without an answer",
    "two with one journal",
    "journal put back",
    "backup and restore",
)
# Who writes numbers that another has written is never understood, and says the same again until he is switched off.
CONTRADICTED = {"two with one journal", "journal put back"}
PATIENT_MS = 10 * MINUTE_MS
# What cannot be told apart afterwards is not mixed: see DECISIONS.
NOT_TOGETHER = (
    ("backup and restore", "reprovisioned"),
    ("backup and restore", "two with one journal"),
    ("record decays", "two with one journal"),
    ("reprovisioned", "two with one identity"),
    ("reprovisioned", "two with one journal"),
    ("two with one identity", "two with one journal"),
    *((kind, "journal put back") for kind in ("backup and restore", "record decays", "reprovisioned")),
    *((kind, "journal put back") for kind in ("two with one identity", "two with one journal")),
)


def plan(seed, kinds=None, times=1):
    """Return the plan of a seed, the same in every process; of all faults, or of these and so many times as often."""
    chance = random.Random(seed)
    lasts_ms = chance.choice((2 * HOUR_MS, 12 * HOUR_MS, 3 * DAY_MS, 20 * DAY_MS))
    kinds = chosen(chance) if kinds is None else kinds
    is_tight = "long outage" in kinds
    devices = 1 if is_tight else chance.randint(2, 4)
    pressed = sorted(presses(chance, lasts_ms, devices))
    events = sorted(
        [*pressed, *faults(chance, lasts_ms, devices, {kind: times * FAULTS[kind] for kind in kinds}, pressed)]
    )
    return Plan(
        seed,
        chance.choice(BEGINS_MS) + chance.randrange(DAY_MS),
        lasts_ms,
        devices,
        min(devices, chance.choice((0, 0, 1, 1, 2))),
        is_tight,
        chance.choice((3, 8)) if is_tight else chance.choice((8, 10, 12)),
        chance.choice((50, 500, 1_500)),
        chance.choice((2_000, 20_000, 60_000)),
        PATIENT_MS if lasts_ms > DAY_MS and CONTRADICTED & set(kinds) else chance.choice((10_000, 60_000)),
        chance.choice((0.0, 0.01, 0.1)),
        chance.choice((0.0, 0.05, 0.3)),
        chance.random() < 0.7,
        kinds,
        tuple(events),
    )


def chosen(chance):
    """Return about a third of all faults: those that come rarely show themselves where others do not cover them."""
    share = chance.choice((0.1, 0.3, 0.6))
    kinds = [kind for kind in FAULTS if chance.random() < share]
    for first, second in NOT_TOGETHER:
        if first in kinds and second in kinds:
            kinds.remove(chance.choice((first, second)))
    return tuple(kinds)


def presses(chance, lasts_ms, devices):
    """Yield presses in bursts: a waiting room that empties, a child at the buttons, a quiet hour."""
    left = PRESSES
    while left > 0:
        at_ms, device = chance.randrange(int(lasts_ms * LATEST)), chance.randrange(devices)
        apart_ms = chance.choice((300, 1_000, 30_000))
        burst = min(left, chance.randint(1, 40))
        left -= burst
        for _ in range(burst):
            at_ms += chance.randint(50, apart_ms)
            yield Event(at_ms, "press", device, chance.randint(1, BUTTONS))


def faults(chance, lasts_ms, devices, often, pressed):
    """Yield the faults of the kinds that this world allows: most of them while something is under way."""
    for kind, most in often.items():
        for _ in range(chance.randint(1, most)):
            at_ms = chance.randrange(int(lasts_ms * (EARLY if kind == "long outage" else LATEST)))
            device = chance.randrange(devices)
            if kind in STRIKING and chance.random() < STRIKES:
                struck = chance.choice(pressed)
                at_ms, device = struck.at_ms + chance.randrange(UNDER_WAY_MS), struck.device
            yield Event(at_ms, kind, device, chance.randrange(1 << 30))
