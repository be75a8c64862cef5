"""What a report is asked about; a filter that names something unknown is an error, never an empty report."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.ranges import shown_moment
from broker_bridge.database.responses import CHANNELS
from broker_bridge.database.rows import KNOWN_SHOWN, existing, find
from broker_bridge.database.surveys import backgrounds
from broker_bridge.database.units import under
from server.database import Database
from server.moments import moment_ms

# Parameter, column of `responses`, and the table and column that know which values there are.
KNOWN = (
    ("unit", "unit", "units", "code"),
    ("service_point", "service_point", "service_points", "code"),
    ("service_class", "service_class", "service_classes", "code"),
    ("scheme", "scheme", "service_classes", "scheme"),
    ("device", "device_id", "devices", "device_id"),
    ("survey", "survey", "surveys", "survey"),
)
FREE = (("language", "language"), ("channel", "channel"), ("question", "question"), ("background", "background"))


@dataclass(frozen=True)
class Period:
    """From `from_ms` up to, but not including, `to_ms`, both UTC; days are meant in the time zone."""

    from_ms: int | None = None
    to_ms: int | None = None
    time_zone: str = DEFAULT_TIME_ZONE

    @property
    def ends_ms(self) -> tuple[int, ...]:
        """Return those ends that are not open."""
        return tuple(end_ms for end_ms in (self.from_ms, self.to_ms) if end_ms is not None)


@dataclass(frozen=True)
class Filters:
    """The columns that must have a value ('' for none), the period, how all of it was understood, and which units may
    be meant, None for any. `background` stands among the columns: what somebody said of himself, `age:65-`."""

    equal: Mapping[str, str] = field(default_factory=dict)
    period: Period = Period()
    shown: Mapping[str, Any] = field(default_factory=dict)
    units: tuple[str, ...] | None = None

    @property
    def question(self) -> str | None:
        """Return the question asked about."""
        return self.equal.get("question")

    @property
    def unit_values(self) -> dict[str, str]:
        """Return the units that may be meant, each with its name in SQL."""
        return {f"unit_{place}": unit for place, unit in enumerate(self.units or ())}

    def of_units(self, column: str) -> list[str]:
        """Return the condition, if there is one, that a column is one of the units."""
        return [] if self.units is None else [f"{column} IN ({', '.join(f':{name}' for name in self.unit_values)})"]


class Asked(BaseModel):
    """The filters as they stand in the address."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    unit: str | None = None
    under: str | None = None
    service_point: str | None = None
    service_class: str | None = None
    scheme: str | None = None
    device: str | None = None
    survey: str | None = None
    question: str | None = None
    language: str | None = None
    channel: str | None = None
    background: str | None = None
    from_: str | None = Field(None, alias="from")
    to: str | None = None


InAddress = Annotated[Asked, Query()]
NAMES = tuple(field.alias or name for name, field in Asked.model_fields.items())  # as they are in the address


def filters(connection: Database, asked: InAddress) -> Filters:
    """Return the filters of a request; raise Unknown for what is not stored and Invalid for what cannot be."""
    given = {name: value for name, value in vars(asked).items() if value is not None}
    for name, _, table, column in KNOWN:
        if name in given:
            existing(connection, table, column, given[name], name)
    if "under" in given:
        existing(connection, "units", "code", given["under"], "under")
    if "language" in given:
        check_language(connection, given["language"])
    if "channel" in given and given["channel"] not in CHANNELS:
        raise Invalid("channel", given["channel"], f"one of {', '.join(CHANNELS)}")
    if "background" in given:
        check_background(connection, given["background"])
    if "question" in given:
        check_question(connection, given["question"], given.get("survey"))
    columns = [(name, column) for name, column, *_ in KNOWN] + list(FREE)
    equal = {column: given[name] for name, column in columns if name in given}
    period, shown = a_period(given, time_zone_of(connection, given.get("unit") or given.get("under")))
    units = units_under(connection, given)
    check_class(connection, given)
    echoed = {name: value for name, value in given.items() if name not in ("from_", "to")} | shown
    return Filters(equal, period, echoed, units)


def units_under(connection: Connection, given: Mapping[str, str]) -> tuple[str, ...] | None:
    """Return the units that belong under the one that is named; raise Invalid when the unit asked about does not."""
    if "under" not in given:
        return None
    units = tuple(under(connection, given["under"]))
    if given.get("unit", given["under"]) not in units:
        raise Invalid("unit", given["unit"], f"a unit under {given['under']}: {', '.join(sorted(units)[:KNOWN_SHOWN])}")
    return units


def check_class(connection: Connection, given: Mapping[str, str]) -> None:
    """Raise Unknown when the class that is asked about is not in the list that is: no response has both."""
    if "scheme" in given and "service_class" in given:
        named = {"scheme": given["scheme"], "code": given["service_class"]}
        if find(connection, "service_classes", named) is None:
            raise Unknown("service_class", given["service_class"], f"a class of the list {given['scheme']}")


def by_names(given: Mapping[str, str]) -> Asked:
    """Return filters by the names that they have in an address; raise Invalid for one that reports do not have."""
    for name, value in given.items():
        if name not in NAMES:
            raise Invalid(f"filters.{name}", value, f"one of these filters: {', '.join(NAMES)}")
    return Asked(**given)


def check_language(connection: Connection, language: str) -> None:
    """Raise Unknown unless a stored survey version has the language."""
    rows = connection.execute("SELECT definition FROM surveys").fetchall()
    known = sorted({each for row in rows for each in json.loads(row["definition"])["languages"]})
    if language not in known:
        raise Unknown("language", language, "a language of a survey: " + (", ".join(known) or "there is none"))


def check_background(connection: Connection, background: str) -> None:
    """Raise Unknown unless a survey has marked the question as background, and has the option: `age:65-`."""
    known = [f"{question}:{option}" for question, options in backgrounds(connection).items() for option in options]
    if background not in known:
        raise Unknown(
            "background",
            background,
            "question:option of one that surveys mark as background: " + (", ".join(known) or "there is none"),
        )


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


def a_period(given: Mapping[str, str], time_zone: str) -> tuple[Period, dict[str, Any]]:
    """Return a half-open period and its echo; `to` is not part of it."""
    ends: dict[str, int] = {}
    for name, label in (("from_", "from"), ("to", "to")):
        if name in given:
            # An unescaped plus in an address arrives as a space.
            ends[label] = moment_ms(given[name].replace(" ", "+"), time_zone, label)
    shown = {label: shown_moment(at_ms) for label, at_ms in ends.items()}
    if len(ends) == 2 and ends["to"] <= ends["from"]:
        raise Invalid("to", given["to"], f"a moment after {shown['from']}")
    return Period(ends.get("from"), ends.get("to"), time_zone), {**shown, "time_zone": time_zone}


Filtered = Annotated[Filters, Depends(filters)]
