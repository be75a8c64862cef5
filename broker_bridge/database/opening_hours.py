"""When units and service points are open: a week from a day on, and days that are not like it. A point's go first.

Hours are local, `HH:MM-HH:MM`; the end of a day is 24:00, so a night belongs to two days.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from broker_bridge.database.connect import Connection, Row, transaction
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.rows import existing, put

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = re.compile("([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
LONGEST_NOTE = 200
END_OF_DAY = 24 * 60

Span = tuple[int, int]  # minutes of the local day: from, and up to but not including
Owner = tuple[str, str]  # ("unit", code) or ("service_point", code)


@dataclass(frozen=True)
class Hours:
    """The opening hours of one owner: weeks by the day from which they hold, and exceptions by day."""

    weeks: tuple[tuple[str, Mapping[str, list[Span]]], ...] = ()
    exceptions: Mapping[str, list[Span]] | None = None

    def of(self, day: date) -> list[Span] | None:
        """Return when it is open on a day, None when nobody has said."""
        told = (self.exceptions or {}).get(day.isoformat())
        if told is not None:
            return told
        held = [week for valid_from, week in self.weeks if valid_from <= day.isoformat()]
        return held[-1].get(DAYS[day.weekday()], []) if held else None


def set_week(connection: Connection, owner: Owner, valid_from: str, week: Mapping[str, Any]) -> None:
    """Let a week hold from a day on, in place of the one that began that day; a day that it does not name is closed.

    Raises Invalid, and Unknown when the owner is not stored.
    """
    row = {owner[0]: owner[1], "valid_from": a_day("valid_from", valid_from), "week": json.dumps(checked_week(week))}
    store(connection, "opening_weeks", owner, "valid_from", row)


def set_exception(connection: Connection, owner: Owner, day: str, hours: Sequence[Any], note: str = "") -> None:
    """Let a day have other hours, none for closed, in place of what was said of it. Raises as `set_week`."""
    checked = [shown(span) for span in spans("hours", hours)]
    told = {"day": a_day("day", day), "hours": json.dumps(checked), "note": a_note(note)}
    store(connection, "opening_exceptions", owner, "day", {owner[0]: owner[1], **told})


def store(connection: Connection, table: str, owner: Owner, key: str, row: Mapping[str, Any]) -> None:
    """Store a row in place of the owner's other one of the same day."""
    with transaction(connection):
        check_owner(connection, owner)
        put(connection, table, (owner[0], key), row)


def check_owner(connection: Connection, owner: Owner) -> None:
    """Raise Unknown unless an owner is stored."""
    existing(connection, f"{owner[0]}s", "code", owner[1], owner[0])


def stored(connection: Connection, owner: Owner) -> tuple[list[Row], list[Row]]:
    """Return the weeks and the exceptions of an owner, by day."""
    weeks = f"SELECT valid_from, week FROM opening_weeks WHERE {owner[0]} = :code ORDER BY valid_from"
    exceptions = f"SELECT day, hours, note FROM opening_exceptions WHERE {owner[0]} = :code ORDER BY day"
    of_owner = {"code": owner[1]}
    return connection.execute(weeks, of_owner).fetchall(), connection.execute(exceptions, of_owner).fetchall()


def hours_of(connection: Connection, owner: Owner) -> Hours:
    """Return the hours of an owner."""
    weeks, exceptions = stored(connection, owner)
    return Hours(
        tuple((row["valid_from"], read_week(json.loads(row["week"]))) for row in weeks),
        {row["day"]: spans("hours", json.loads(row["hours"])) for row in exceptions},
    )


def told_on(point: Hours, unit: Hours, day: date) -> list[Span] | None:
    """Return when a point of a unit is open on a day, by its own hours or else by its unit's; None as in `of`."""
    told = point.of(day)
    return unit.of(day) if told is None else told


def listed(connection: Connection, owner: Owner) -> dict[str, Any]:
    """Return the weeks and exceptions of an owner as a person gave them, in order."""
    check_owner(connection, owner)
    weeks, exceptions = stored(connection, owner)
    return {
        "weeks": [{"valid_from": row["valid_from"], "week": json.loads(row["week"])} for row in weeks],
        "exceptions": [{**dict(row), "hours": json.loads(row["hours"])} for row in exceptions],
    }


def checked_week(week: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return a week as it is stored; raise Invalid for a day or hours that are none."""
    for day in week:
        if day not in DAYS:
            raise Invalid("week", day, f"one of {', '.join(DAYS)}")
    return {day: [shown(span) for span in spans(f"week.{day}", week.get(day, []))] for day in DAYS}


def read_week(week: Mapping[str, Any]) -> dict[str, list[Span]]:
    """Return a stored week in minutes."""
    return {day: spans(day, hours) for day, hours in week.items()}


def spans(where: str, given: Any) -> list[Span]:
    """Return hours in minutes, in order; raise Invalid when they are none, end before they begin, or overlap."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise Invalid(where, given, 'a list such as ["08:00-12:00", "13:00-16:00"], or [] for closed')
    found = sorted(span(where, each) for each in given)
    for before, after in pairwise(found):
        if after[0] < before[1]:
            raise Invalid(where, shown(after), f"hours that do not overlap {shown(before)}")
    return found


def span(where: str, given: Any) -> Span:
    """Return one stretch of hours in minutes."""
    match = HOURS.fullmatch(given) if isinstance(given, str) else None
    opens, closes = (int(match[1]) * 60 + int(match[2]), int(match[3]) * 60 + int(match[4])) if match else (0, 0)
    if not opens < closes <= END_OF_DAY:
        raise Invalid(where, given, "HH:MM-HH:MM within a day, 24:00 at the latest; a night is part of two days")
    return opens, closes


def shown(hours: Span) -> str:
    """Return hours as people write them."""
    return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in hours)


def a_day(where: str, given: str) -> str:
    """Return a day as it is stored; raise Invalid when it is none."""
    try:
        return date.fromisoformat(given).isoformat()
    except ValueError as mistake:
        raise Invalid(where, given, "a day such as 2026-12-24") from mistake


def a_note(given: str) -> str:
    """Return the reason of an exception, on one line."""
    if len(given) > LONGEST_NOTE or not (given.isprintable() or not given):
        raise Invalid("note", given, f"at most {LONGEST_NOTE} printable characters")
    return given
