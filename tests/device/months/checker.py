"""Compares what a bridge has with what really happened: every press once, at its time, or the difference by name."""

from hardware import power
from tests.device.months.world import BEGAN_AT


def times(world):
    """Return by quality how many, the worst error in seconds, and how many lie outside of what was stated."""
    found = {quality: [0, 0, 0] for quality in ("clock", "reconstructed", "bounded")}
    for seq, earliest_at, latest_at, quality in world.bridge.dated():
        true_at = BEGAN_AT + world.truth[seq] // 1000
        row = found[quality]
        row[0] += 1
        row[1] = max(row[1], abs((earliest_at + latest_at) // 2 - true_at))
        row[2] += not earliest_at <= true_at <= latest_at
    return found


def figures(world):
    """Return the figures of one life."""
    bridge, life = world.bridge, world.life
    dated = times(world)
    lasted_ms = world.time.now_ms
    thanked = world.thanked
    missed = world.pushed - world.thanked - world.refused - world.interrupted
    currents = {
        "": life.current_ua(lasted_ms),
        "_stock": life.current_ua(lasted_ms, power.STOCK_WAKE_MC),
        "_light_sleep": life.current_ua(lasted_ms, dozes=True),
    }
    return {
        "days": lasted_ms // 86400000,
        "pressed": world.pushed - world.interrupted,
        "refused": world.refused,
        "counted": world.counted,
        "interrupted": world.interrupted,
        "stored": bridge.stored,
        "lost": thanked - bridge.stored + missed,
        "doubled": max(0, bridge.stored - thanked) + bridge.conflicts,
        "resent": bridge.duplicates,
        "boots": world.boots,
        "outages": world.outages,
        "wraps": world.wraps,
        "wakes": life.wakes,
        "connections": life.known_joins + life.fresh_joins,
        "outside_stated": sum([row[2] for row in dated.values()]),
        "times": dated,
        "mean_current_ua": {name: round(current, 1) for name, current in currents.items()},
        "days_18650": {name: power.days(current) for name, current in currents.items()},
        "days_2xaa": {name: power.days(current, power.ALKALINE) for name, current in currents.items()},
    }
