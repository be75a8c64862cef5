"""Bounds a record without a clock by its neighbours: it was made after those with a lower seq, before the higher ones.

`earliest` is that of the next dated record below. `latest` is the lowest of its own receipt and of the latest of every
record above it up to the next dated one, for each of those was made later. What arrives in between, or is dated later,
changes its neighbours too: the result depends on what is stored and not on the order in which it came.
"""

from collections.abc import Iterable, Iterator

from broker_bridge.database.connect import Connection
from broker_bridge.database.moments import BOUNDED, Point

Key = tuple[str, str]  # device_id, epoch

PAGE = 64
STORED = """
SELECT id, seq, received_ms, at_ms, earliest_ms, latest_ms, time_quality FROM responses
WHERE device_id = :device_id AND epoch = :epoch AND at_ms IS NOT NULL
"""
LAST_DATED = f"{STORED} AND seq < :seq AND time_quality <> 'bounded' ORDER BY seq DESC LIMIT 1"
BETWEEN = f"{STORED} AND seq > :low AND seq < :high"
ABOVE = f"{STORED} AND seq > :seq ORDER BY seq LIMIT {PAGE}"
BELOW = f"{STORED} AND seq < :seq ORDER BY seq DESC LIMIT {PAGE}"


def settle(connection: Connection, key: Key, changed: Iterable[Point]) -> list[Point]:
    """Bound what has to be bounded among and around the new and newly dated records of a journal.

    All of them are changed in place. Returns the stored ones whose row has to change.
    """
    by_seq = {point.seq: point for point in changed}
    low, high = min(by_seq), max(by_seq)
    between = [point for point in rows(connection, BETWEEN, key, low=low, high=high) if point.seq not in by_seq]
    before = [bounds(point) for point in between]
    window = sorted([*by_seq.values(), *between], key=lambda point: point.seq)
    earliest_below = raw_earliest(connection, key, low)
    earliest_above = tighten(window, earliest_below, latest_above(connection, key, high))
    moved = [point for point in by_seq.values() if point.id]
    moved += [point for point, was in zip(between, before, strict=True) if bounds(point) != was]
    moved += lowered(walk(connection, BELOW, key, low), earliest_below, window[0].latest_ms)
    moved += raised(walk(connection, ABOVE, key, high), earliest_above)
    return moved


def tighten(window: list[Point], earliest_ms: int | None, latest_ms: int | None) -> int | None:
    """Bound the undated points of a window, in order of seq, whose neighbours outside are known; return the earliest
    that it hands on to those above it."""
    raw = []
    for point in window:
        if point.time_quality != BOUNDED:
            earliest_ms = point.earliest_ms
        raw.append(earliest_ms)
    for point, earliest in zip(reversed(window), reversed(raw), strict=True):
        if point.time_quality == BOUNDED:
            bound(point, earliest, latest_ms)
        latest_ms = point.latest_ms
    return earliest_ms


def bound(point: Point, earliest_ms: int | None, latest_ms: int | None) -> None:
    """Bound a point, and put it at the latest that it can be; where two clocks disagree, the earliest gives way."""
    point.latest_ms = point.received_ms if latest_ms is None else min(point.received_ms, latest_ms)
    point.at_ms = point.latest_ms
    point.earliest_ms = None if earliest_ms is None else min(earliest_ms, point.latest_ms)


def lowered(below: Iterable[Point], earliest_ms: int | None, latest_ms: int | None) -> Iterator[Point]:
    """Yield the undated points below a window, downwards, that its lowest point bounds anew."""
    for point in below:
        was = bounds(point)
        if point.time_quality == BOUNDED:
            bound(point, earliest_ms, latest_ms)
        if bounds(point) == was:
            return
        yield point
        latest_ms = point.latest_ms


def raised(above: Iterable[Point], earliest_ms: int | None) -> Iterator[Point]:
    """Yield the undated points above a window, upwards, that it bounds anew."""
    for point in above:
        was = bounds(point)
        if point.time_quality != BOUNDED:
            return
        bound(point, earliest_ms, point.latest_ms)
        if bounds(point) != was:
            yield point
        elif point.earliest_ms != point.latest_ms:
            return


def bounds(point: Point) -> tuple[int | None, int | None]:
    """Return what may change of a point that is bounded."""
    return point.earliest_ms, point.latest_ms


def raw_earliest(connection: Connection, key: Key, seq: int) -> int | None:
    """Return the earliest of the next dated record below `seq`, read from the record next to it where that has it."""
    below = next(walk(connection, BELOW, key, seq), None)
    if below and below.time_quality == BOUNDED and below.earliest_ms == below.latest_ms:
        below = next(rows(connection, LAST_DATED, key, seq=seq), None)
    return below.earliest_ms if below else None


def latest_above(connection: Connection, key: Key, seq: int) -> int | None:
    """Return the latest of the record next above `seq`, None when there is none."""
    above = next(walk(connection, ABOVE, key, seq), None)
    return above.latest_ms if above else None


def walk(connection: Connection, step: str, key: Key, seq: int) -> Iterator[Point]:
    """Yield stored points from `seq` on, page by page: whoever walks stops soon."""
    while True:
        page = list(rows(connection, step, key, seq=seq))
        yield from page
        if len(page) < PAGE:
            return
        seq = page[-1].seq


def rows(connection: Connection, sql: str, key: Key, **values: int) -> Iterator[Point]:
    """Yield the points of a journal that a statement finds."""
    found = connection.execute(sql, {"device_id": key[0], "epoch": key[1], **values}).fetchall()
    return (Point(*row) for row in found)
