"""When people answer: the hours of each day at which a unit is open, and how busy they are."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from broker_bridge.database.local_times import day_number

ZONE = ZoneInfo("Europe/Helsinki")

# By kind of unit: for weekdays, Saturdays and Sundays the busyness of each hour from the first one on.
OFFICE = {0: (8, (5, 9, 10, 8, 5, 7, 8, 4)), 5: (8, ()), 6: (8, ())}
EVENING = {0: (8, (5, 8, 9, 8, 5, 6, 7, 7, 6, 6, 4, 2)), 5: (10, (3, 4, 4, 2)), 6: (10, ())}
DUTY = {
    0: (0, (1, 1, 1, 1, 1, 1, 2, 3, *[4] * 12, 3, 3, 2, 1)),
    5: (0, (2, 2, 1, 1, 1, 1, 2, 3, *[5] * 12, 4, 4, 3, 2)),
}
KINDS = (*[OFFICE] * 7, *[EVENING] * 2, DUTY | {6: DUTY[5]})
BUSY_DAYS = (1.25, 1.1, 1.0, 1.0, 0.9, 0.8, 0.8)  # Monday first
SEASONS = (1.0, 1.0, 1.05, 1.0, 1.0, 0.8, 0.55, 0.9, 1.05, 1.1, 1.1, 0.8)  # January first
LATE = 14  # from this hour on people have waited longer


@dataclass(frozen=True)
class Slot:
    """One hour of one day: when it begins, what the clocks on the wall say, how busy it is, and whether people have
    waited for it longer."""

    start_s: int
    day: int
    weekday: int
    hour: int
    busy: float
    late: bool


@cache
def slots(day: date, kind: int) -> tuple[Slot, ...]:
    """Return the open hours of a day in a kind of unit; on a day of 23 hours one is missing."""
    weekday = day.weekday()
    first, hours = KINDS[kind][weekday if weekday >= 5 else 0]
    number = day_number(day)
    busy = BUSY_DAYS[weekday] * SEASONS[day.month - 1]
    made = [
        Slot(start_s(day, first + place), number, weekday, first + place, busy * weight, first + place >= LATE)
        for place, weight in enumerate(hours)
    ]
    return tuple(slot for slot in made if datetime.fromtimestamp(slot.start_s, ZONE).hour == slot.hour)


@cache
def busyness(day: date, kind: int) -> float:
    """Return how busy a day is in a kind of unit."""
    return sum(slot.busy for slot in slots(day, kind))


def start_s(day: date, hour: int = 0) -> int:
    """Return when an hour of a day begins, in Unix seconds."""
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).timestamp())


def months(since: date, until: date) -> Iterator[tuple[date, date]]:
    """Yield the months between two days, each as its first day and the day after its last, cut at both ends."""
    first = since.replace(day=1)
    while first < until:
        following = first + timedelta(days=monthrange(first.year, first.month)[1])
        yield max(first, since), min(following, until)
        first = following


def days(since: date, until: date) -> Iterator[date]:
    """Yield the days from one up to another."""
    for number in range((until - since).days):
        yield since + timedelta(days=number)
