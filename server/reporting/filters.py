"""What a report is asked about; a filter that names something unknown is an error, never an empty report."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Query

from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.ranges import shown_moment
from broker_bridge.database.rows import existing
from server.database import Database
from server.moments import moment_ms

CHANNELS = ("button", "kiosk", "web", "sms")

# Parameter, column of `responses`, and the table and column that know which values there are.
KNOWN = (
    ("unit", "unit", "units", "code"),
    ("service_point", "service_point", "service_points", "code"),
    ("service_class", "service_class", "service_classes", "code"),
    ("scheme", "scheme", "service_classes", "scheme"),
    ("device", "device_id", "devices", "device_id"),
    ("survey", "survey", "surveys", "survey"),
)
FREE = (("language", "language"), ("channel", "channel"))


@dataclass(frozen=True)
class Filters:
    """Conditions on `responses` with their values, the question asked about, and how they were understood."""

    conditions: tuple[str, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)
    question: str | None = None
    shown: dict[str, Any] = field(default_factory=dict)

    def where(self, *more: str) -> str:
        """Return the conditions, and more of them, as SQL."""
        return " AND ".join((*self.conditions, *more)) or "1 = 1"


@dataclass(frozen=True)
class Asked:
    """The filters as they stand in the address."""

    unit: str | None = None
    service_point: str | None = None
    service_class: str | None = None
    scheme: str | None = None
    device: str | None = None
    survey: str | None = None
    question: str | None = None
    language: str | None = None
    channel: str | None = None
    from_: Annotated[str | None, Query(alias="from")] = None
    to: str | None = None


def filters(connection: Database, asked: Annotated[Asked, Depends()]) -> Filters:
    """Return the filters of a request; raise Unknown for what is not stored and Invalid for what cannot be."""
    given = {name: value for name, value in vars(asked).items() if value is not None}
    for name, _, table, column in KNOWN:
        if name in given:
            existing(connection, table, column, given[name], name)
    if "channel" in given and given["channel"] not in CHANNELS:
        raise Invalid("channel", given["channel"], f"one of {', '.join(CHANNELS)}")
    if "question" in given:
        check_question(connection, given["question"], given.get("survey"))
    columns = [(name, column) for name, column, *_ in KNOWN] + list(FREE)
    equal = {column: given[name] for name, column in columns if name in given}
    conditions, moments, shown = period(given, time_zone_of(connection, given.get("unit")))
    echoed = {name: value for name, value in given.items() if name not in ("from_", "to")} | shown
    tests = tuple(f"responses.{column} = :{column}" for column in equal) + conditions
    return Filters(tests, equal | moments, given.get("question"), echoed)


def check_question(connection: Connection, question: str, survey: str | None) -> None:
    """Raise Unknown unless a stored survey version, or the one that is asked about, has the question."""
    rows = connection.execute(
        "SELECT DISTINCT question FROM questions WHERE CAST(:survey AS TEXT) IS NULL OR survey = :survey",
        {"survey": survey},
    ).fetchall()
    known = sorted(row["question"] for row in rows)
    if question not in known:
        raise Unknown("question", question, "one that was asked: " + (", ".join(known) or "there is none"))


def time_zone_of(connection: Connection, unit: str | None) -> str:
    """Return the time zone in which days are meant."""
    if unit is None:
        return DEFAULT_TIME_ZONE
    return str(existing(connection, "units", "code", unit, "unit")["time_zone"])


def period(given: dict[str, str], time_zone: str) -> tuple[tuple[str, ...], dict[str, int], dict[str, Any]]:
    """Return the conditions, their values and the echo of a half-open period; `to` is not part of it."""
    conditions: list[str] = []
    values: dict[str, int] = {}
    shown: dict[str, Any] = {}
    for name, label, test in (("from_", "from", ">="), ("to", "to", "<")):
        if name in given:
            # An unescaped plus in an address arrives as a space.
            values[label] = moment_ms(given[name].replace(" ", "+"), time_zone, label)
            conditions.append(f"responses.at_ms {test} :{label}")
            shown[label] = shown_moment(values[label])
    if len(values) == 2 and values["to"] <= values["from"]:
        raise Invalid("to", given["to"], f"a moment after {shown['from']}")
    return tuple(conditions), values, shown | {"time_zone": time_zone}


Filtered = Annotated[Filters, Depends(filters)]
