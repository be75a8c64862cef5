"""The presses and opening hours that are stored, as the rules see them; each device by itself, each point's hours."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from broker_bridge.database import opening_hours
from broker_bridge.database.calendars import DAY_MS, DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.moments import CLOCK
from server.labels.hours import Hours
from server.labels.presses import Press
from server.labels.rules import Limits, Verdict, verdicts
from server.reporting.filters import Filters
from server.reporting.queries import REPORTED, refuse_too_much, what_is_read
from server.responses.queries import conditions

FORTNIGHT_MS = 14 * DAY_MS
WHOLE_DAY: Sequence[opening_hours.Span] = ((0, opening_hours.END_OF_DAY),)

PRESSES = """
SELECT responses.id, responses.device_id, responses.service_point, responses.unit, responses.at_ms,
       responses.earliest_ms, responses.latest_ms, responses.time_quality, answers.value, units.time_zone
FROM responses JOIN answers ON answers.response_id = responses.id AND answers.question = :question
LEFT JOIN units ON units.code = responses.unit
WHERE {reported} AND responses.kind = 'response' AND answers.value IS NOT NULL AND {tests}
ORDER BY responses.device_id, responses.id
"""


@dataclass(frozen=True)
class Stretch:
    """The presses of one device at one point, and when that is open; None when nobody has said."""

    presses: tuple[Press, ...]
    hours: Hours | None

    def verdicts(self, limits: Limits = Limits()) -> list[Verdict]:
        """Return what the rules say of them."""
        return verdicts(self.presses, self.hours, limits)


def stretches(connection: Connection, filters: Filters) -> list[Stretch]:
    """Return the presses that answer the question of the filters; raise TooMuch when they are too many to read."""
    refuse_too_much(connection, *what_is_read(filters))
    tests, values = conditions(filters)
    sql = PRESSES.format(reported=REPORTED, tests=" AND ".join([*tests, "1 = 1"]))
    rows = connection.execute(sql, values).fetchall()
    known: dict[tuple[str | None, str | None], Hours | None] = {}
    return [stretch(connection, list(same), known) for _, same in groupby(rows, key=where)]


def where(row: Row) -> tuple[str, str, str]:
    """Return what separates stretches."""
    return row["device_id"], row["service_point"] or "", row["unit"] or ""


def stretch(
    connection: Connection, rows: Sequence[Row], known: dict[tuple[str | None, str | None], Hours | None]
) -> Stretch:
    """Return the presses of one device at one point with its hours, which are read once."""
    place = (rows[0]["service_point"], rows[0]["unit"])
    if place not in known:
        known[place] = hours(connection, *place, rows[0]["time_zone"] or DEFAULT_TIME_ZONE)
    return Stretch(tuple(map(press, rows)), known[place])


def press(row: Row) -> Press:
    """Return a press: at its second where a clock said so, else between its ends, which are never further apart than
    a fortnight here."""
    if row["time_quality"] == CLOCK:
        return Press(row["id"], row["at_ms"], row["at_ms"], row["value"])
    earliest_ms = max(row["earliest_ms"] or 0, row["latest_ms"] - FORTNIGHT_MS)
    return Press(row["id"], earliest_ms, row["latest_ms"], row["value"])


def hours(connection: Connection, point: str | None, unit: str | None, time_zone: str) -> Hours | None:
    """Return the hours of a point, None when neither it nor its unit has any; a day of which nobody spoke is open."""
    owners: Iterable[tuple[str, str | None]] = (("service_point", point), ("unit", unit))
    of_point, of_unit = (
        opening_hours.hours_of(connection, (kind, code)) if code else opening_hours.Hours() for kind, code in owners
    )
    if not any((of_point.weeks, of_point.exceptions, of_unit.weeks, of_unit.exceptions)):
        return None

    def spans(day: date) -> Sequence[opening_hours.Span]:
        told = opening_hours.told_on(of_point, of_unit, day)
        return WHOLE_DAY if told is None else told

    return Hours(time_zone, spans)
