"""The reports by name, each with what makes it reproducible: until when data came in, rule versions, and a hash."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.ranges import shown_moment
from broker_bridge.database.releases import sha256
from broker_bridge.database.rows import existing
from server.reporting.distributions import distribution
from server.reporting.filters import Filters
from server.reporting.summary import Report, grouped, in_classes, missing, summary

# Raised by one whenever the same answers would give another figure, or be counted otherwise.
RULES = {"attachment": 1, "figures": 1, "times": 1}


class Step(StrEnum):
    """How fine a trend is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class By(StrEnum):
    """What a comparison tells apart."""

    UNIT = "unit"
    SERVICE_POINT = "service_point"
    SERVICE_CLASS = "service_class"
    LANGUAGE = "language"
    CHANNEL = "channel"
    DEVICE = "device"
    SURVEY = "survey"
    BACKGROUND = "background"

    @property
    def columns(self) -> list[str]:
        """Return the columns that tell its groups apart; a class is one of its list."""
        return {By.SERVICE_CLASS: ["scheme", "service_class"], By.DEVICE: ["device_id"]}.get(self, [self.value])


@dataclass(frozen=True)
class Shape:
    """How a report is laid out: the step of a trend, what a comparison is by, and the list of classes to read it in."""

    step: Step = Step.MONTH
    by: By = By.UNIT
    classes_in: str | None = None


def trend(connection: Connection, filters: Filters, shape: Shape) -> Report:
    """Return the figures step by step."""
    if shape.classes_in:
        return in_classes(connection, filters, [shape.step.value], list_of_classes(connection, shape.classes_in))
    return grouped(connection, filters, [shape.step.value])


def comparison(connection: Connection, filters: Filters, shape: Shape) -> Report:
    """Return the figures of one group beside the other."""
    if shape.classes_in:
        columns = [] if shape.by is By.SERVICE_CLASS else shape.by.columns
        return in_classes(connection, filters, columns, list_of_classes(connection, shape.classes_in))
    return grouped(connection, filters, shape.by.columns)


def list_of_classes(connection: Connection, scheme: str) -> str:
    """Return the name of a list of classes; raise Unknown when there is none of that name."""
    return str(existing(connection, "service_classes", "scheme", scheme, "classes_in")["scheme"])


REPORTS: dict[str, Callable[[Connection, Filters, Shape], Report]] = {
    "summary": lambda connection, filters, _: summary(connection, filters),
    "trend": trend,
    "comparison": comparison,
    "hours": lambda connection, filters, _: grouped(connection, filters, ["weekday", "hour"]),
    "distribution": lambda connection, filters, _: distribution(connection, filters),
}


def run(connection: Connection, name: str, filters: Filters, shape: Shape) -> Report:
    """Return a report, sealed."""
    return sealed({"report": name, **REPORTS[name](connection, filters, shape)}, data_until(connection))


def complete(connection: Connection, name: str, filters: Filters, told: Report) -> Report:
    """Return what is told with its filters, and what it may lack, sealed."""
    about = {"filters": filters.shown, "completeness": missing(connection, filters)}
    return sealed({"report": name, **told} | about, data_until(connection))


def sealed(report: Report, until: str | None, hidden: int = 0) -> Report:
    """Return a report with how many `suppressed_cells` it has, `data_until`, `rules`, and the `hash` of all the rest of
    it in canonical JSON.

    The same responses and the same rules give the same hash, on any machine. `hidden` are cells that it was made
    without.
    """
    hidden += sum(bool(cell.get("suppressed")) for cell in (report, *report.get("groups", ())))
    report = report | {"suppressed_cells": hidden, "data_until": until, "rules": RULES}
    return report | {"hash": sha256(canonical(report))}


def data_until(connection: Connection) -> str | None:
    """Return when a device was last heard; what it or another one still holds is not in the report."""
    heard_ms = connection.execute("SELECT max(heard_ms) FROM journals").fetchone()[0]
    return None if heard_ms is None else shown_moment(heard_ms)


def canonical(report: Any) -> str:
    """Return JSON that is the same for the same values."""
    return json.dumps(report, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
