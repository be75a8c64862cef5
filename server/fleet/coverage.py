"""Tells quiet days from days on which nobody knows whether a device could take answers."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from broker_bridge.database.connect import Connection
from broker_bridge.database.coverage import Placed, coverage, length
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.local_times import day_number, shown_day
from broker_bridge.database.ranges import Range, day_start_ms
from server.fleet import queries
from server.reporting.filters import Filters, Period
from server.reporting.tallies import VISITORS, tallies

LONGEST_DAYS = 400
USUAL_DAYS = 28
ANSWERED, QUIET, UNKNOWN = "answered", "quiet", "unknown"

DAYS = "rollup_days"

Counts = Mapping[tuple[str, int], int]  # visitors by service point and day (20261122)


def report(connection: Connection, asked: Filters, now_ms: int) -> list[dict[str, Any]]:
    """Return for each point and device how much of each day the device was running, and how many answered there.

    A day is `answered`, else `quiet` when the device was running at any time of it, else `unknown`: it was off, or
    has not been heard of since.
    """
    days = list(local_days(asked, now_ms))
    period = Range(days[0][1].from_ms, days[-1][1].to_ms)
    placed = coverage(connection, period.from_ms, period.to_ms or 0)
    answers = visitors(connection, asked, period)
    points = queries.points_of(connection, asked)
    return [
        told(each, days, answers)
        for each in placed
        if (points is None or each.service_point in points)
        and asked.equal.get("device_id", each.device_id) == each.device_id
    ]


def local_days(asked: Filters, now_ms: int) -> Iterator[tuple[int, Range]]:
    """Yield the days that are asked about, as 20261122 and from midnight to midnight: four weeks unless said."""
    zone = ZoneInfo(asked.period.time_zone)
    today = datetime.fromtimestamp(now_ms // 1000, zone).date()
    until = end_day(asked.period.to_ms, zone) or today + timedelta(days=1)
    since = day_of(asked.period.from_ms, zone) or until - timedelta(days=USUAL_DAYS)
    if not 0 < (until - since).days <= LONGEST_DAYS:
        raise Invalid("from", str(since), f"a day at most {LONGEST_DAYS} days before {until}")
    for number in range((until - since).days):
        day = since + timedelta(days=number)
        ends = (day, day + timedelta(days=1))
        yield day_number(day), Range(*(day_start_ms(str(each), asked.period.time_zone) for each in ends))


def day_of(at_ms: int | None, zone: ZoneInfo) -> date | None:
    """Return the local day of a moment."""
    return None if at_ms is None else datetime.fromtimestamp(at_ms // 1000, zone).date()


def end_day(at_ms: int | None, zone: ZoneInfo) -> date | None:
    """Return the day after the one that a period ends in; none when it ends at midnight."""
    return None if at_ms is None else datetime.fromtimestamp((at_ms - 1) // 1000, zone).date() + timedelta(days=1)


def visitors(connection: Connection, asked: Filters, period: Range) -> Counts:
    """Return how many visitors answered at each point on each day; days are those of each unit's own clocks."""
    places = {name: value for name, value in asked.equal.items() if name != "device_id"}
    days = Period(period.from_ms, period.to_ms, asked.period.time_zone)
    filters = Filters({**places, "question": VISITORS}, days, units=asked.units)
    found = tallies(connection, filters, ("service_point", "day"), DAYS)
    return {(point, day): int(sum(tally.n for tally in each.values())) for (point, day), each in found.items()}


def told(placed: Placed, days: list[tuple[int, Range]], answers: Counts) -> dict[str, Any]:
    """Return the days on which a device stood at a point."""
    found = [a_day(placed, number, day, answers) for number, day in days if length(placed.stood, day)]
    counts = {state: sum(each["state"] == state for each in found) for state in (ANSWERED, QUIET, UNKNOWN)}
    return {"device_id": placed.device_id, "service_point": placed.service_point, **counts, "days": found}


def a_day(placed: Placed, number: int, day: Range, answers: Counts) -> dict[str, Any]:
    """Return one day: how much of the device's time there it was running, and how many answered at the point."""
    ran, stood = length(placed.ran, day), length(placed.stood, day)
    n = answers.get((placed.service_point, number), 0)
    state = ANSWERED if n else QUIET if ran else UNKNOWN
    return {"day": shown_day(number), "running": round(ran / stood, 4), "responses": n, "state": state}
