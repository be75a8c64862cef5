"""When a response was made, in UTC milliseconds, and how well that is known.

A box has no clock after a power cut, but it counts the seconds of each boot. One reading of a set clock in the same
boot is an anchor: it dates every other second of that boot.
"""

from typing import NamedTuple

from msgspec import Struct

EARLIEST_PLAUSIBLE_S = 1735689600  # 2025-01-01T00:00:00Z: no device existed before
AHEAD_S = 300
STRAY_MS_PER_S = 10  # a per cent: how far the oscillator of a sleeping box may stray between two moments of a boot

CLOCK = "clock"
RECONSTRUCTED = "reconstructed"
BOUNDED = "bounded"


class Anchor(NamedTuple):
    """A reading of a set clock: at `uptime_s` of a boot, which by that began at `booted_ms`. The lower of two is kept,
    so that the order in which they arrive does not matter."""

    uptime_s: int
    booted_ms: int


class Point(Struct, gc=False):
    """The time of one record: where it is put, the earliest and latest that it can be, and how that is known."""

    id: int = 0  # of its row, 0 until it has one
    seq: int = 0
    received_ms: int = 0
    at_ms: int | None = None
    earliest_ms: int | None = None
    latest_ms: int | None = None
    time_quality: str | None = None


def plausible(unix_s: int, received_ms: int) -> bool:
    """Tell whether a device's idea of the time can be true: from 2025 on, at most five minutes ahead of receipt."""
    return EARLIEST_PLAUSIBLE_S <= unix_s <= received_ms // 1000 + AHEAD_S


def anchor(clock_at: int | None, uptime_s: int, received_ms: int) -> Anchor | None:
    """Return what a hello or batch says of its boot, None when its clock was not set or cannot be true."""
    if clock_at is None or not plausible(clock_at, received_ms) or clock_at - uptime_s < EARLIEST_PLAUSIBLE_S:
        return None
    return Anchor(uptime_s, (clock_at - uptime_s) * 1000)


def date_by_clock(point: Point, at: int | None) -> bool:
    """Put a record at the time of the device's own clock; tell whether it had one that can be true."""
    if at is None or not plausible(at, point.received_ms):
        return False
    point.at_ms = point.earliest_ms = at * 1000
    point.latest_ms = at * 1000 + 999
    point.time_quality = CLOCK
    return True


def date_by_boot(point: Point, uptime_s: int, anchored: Anchor | None) -> None:
    """Put a record at its time by the anchor of its boot, else at its receipt, to be bounded by its neighbours."""
    at_ms = anchored.booted_ms + uptime_s * 1000 if anchored else 0
    if anchored and plausible(at_ms // 1000, point.received_ms):
        stray_ms = 1000 + abs(uptime_s - anchored.uptime_s) * STRAY_MS_PER_S
        put(point, at_ms, at_ms - stray_ms, at_ms + stray_ms, RECONSTRUCTED)
    else:
        put(point, point.received_ms, None, point.received_ms, BOUNDED)


def put(point: Point, at_ms: int, earliest_ms: int | None, latest_ms: int, quality: str) -> None:
    """Write a moment and its bounds to a point."""
    point.at_ms = at_ms
    point.earliest_ms = earliest_ms
    point.latest_ms = latest_ms
    point.time_quality = quality
