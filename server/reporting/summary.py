"""Puts reports together: n, the figures of each question, what was left out, and what is missing."""

from collections.abc import Sequence
from typing import Any

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection
from broker_bridge.database.surveys import KIND_RANGES
from server.reporting import queries
from server.reporting.figures import figures, levels
from server.reporting.filters import Filters
from server.reporting.sources import source_of
from server.reporting.tallies import VISITORS, Asked, Tallies, Tally, plus, tallies

Report = dict[str, Any]


def summary(connection: Connection, filters: Filters, source: str | None = None) -> Report:
    """Return the report; `responses` counts visitors, `n` too unless the figures of a single numeric question are
    lifted.

    Those stand at the top level, with their own n, when no other numeric question was answered under the filters.
    """
    found = tallies(connection, filters, (), source)
    return entry(connection, filters, found.get((), {})) | about(connection, filters, (), source)


def grouped(connection: Connection, filters: Filters, by: Sequence[str], source: str | None = None) -> Report:
    """Return the same for each group, in order: a group is the values of the columns `by`, null where there is none."""
    found = tallies(connection, filters, by, source)
    groups = [
        {name: None if value == "" else value for name, value in zip(by, group, strict=True)}
        | entry(connection, filters, counted)
        for group, counted in found.items()
    ]
    return {"groups": groups} | about(connection, filters, by, source)


def about(connection: Connection, filters: Filters, by: Sequence[str], source: str | None) -> Report:
    """Return what a report says of itself."""
    return {
        "filters": filters.shown,
        "source": source or source_of(connection, filters, by),
        "completeness": missing(connection, queries.devices_concerned(connection, filters)),
    }


def entry(connection: Connection, filters: Filters, counted: Tallies) -> Report:
    """Return the figures of one group."""
    found = [shown(asked, tally) for asked, tally in counted.items() if asked.question != VISITORS and tally.n]
    sums = totals(filters, counted)
    return {"n": sums["responses"], **lifted(connection, filters, found), **sums, "questions": found}


def totals(filters: Filters, counted: Tallies) -> dict[str, int]:
    """Return how many visitors responded, how many were left out, and how many have a time that is only bounded."""
    total = Tally()
    for asked, tally in counted.items():
        if asked.question == (filters.question or VISITORS):
            total = plus(total, tally)
    return {
        "responses": total.n,
        "flagged_left_out": total.flagged,
        "undone_left_out": total.undone,
        "time_bounded": total.bounded,
    }


def shown(asked: Asked, tally: Tally) -> Report:
    """Return a question with the figures that its kind allows: of a text only how many there are."""
    named = {"question": asked.question, "kind": asked.kind, "surveys": sorted(tally.surveys)}
    if asked.kind in KIND_RANGES:
        return named | figures(asked.kind, {level: tally.values[level] for level in levels(asked.kind)})
    if asked.kind == "choice":
        chosen = {option: n for option, n in sorted(tally.options.items()) if n}
        return named | {"n": tally.n, "distribution": chosen}
    return named | {"n": tally.n}


def lifted(connection: Connection, filters: Filters, found: list[Report]) -> Report:
    """Return the figures of the only numeric question, or its empty ones when nobody answered the one asked about."""
    numeric = [question for question in found if question["kind"] in KIND_RANGES]
    if not found and filters.question:
        kinds = queries.kinds(connection, filters.question)
        numeric = [
            {"question": filters.question, "kind": kind, **figures(kind, {})} for kind in kinds & set(KIND_RANGES)
        ]
    return numeric[0] if len(numeric) == 1 else {}


def missing(connection: Connection, devices: set[str] | None) -> dict[str, int]:
    """Return how many records are missing by number, still held by devices, lost on them, or rejected."""
    journals = [each for each in completeness.journals(connection) if devices is None or each["device_id"] in devices]
    return {
        "gaps": sum(last - first + 1 for each in journals for first, last in each["gaps"]),
        "held": sum(each["held_by_device"] for each in journals),
        "lost": sum(each["lost"] for each in journals),
        "rejected": sum(each["rejected"] for each in journals),
    }
