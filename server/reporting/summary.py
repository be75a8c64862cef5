"""Puts a summary together: n, the figures of each question, what was left out, and what is missing."""

from collections.abc import Iterable
from typing import Any

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection, Row
from broker_bridge.database.surveys import KIND_RANGES
from server.reporting import queries
from server.reporting.figures import figures
from server.reporting.filters import Filters


def summary(connection: Connection, filters: Filters) -> dict[str, Any]:
    """Return the report; `responses` counts visitors, `n` too unless the figures of a single numeric question are
    lifted.

    Those stand at the top level, with their own n, when no other numeric question was answered under the filters.
    """
    found = questions(connection, filters)
    totals = queries.totals(connection, filters)
    return {
        "n": totals["responses"],
        **lifted(connection, filters, found),
        **totals,
        "questions": found,
        "filters": filters.shown,
        "completeness": missing(connection, queries.devices_concerned(connection, filters)),
    }


def lifted(connection: Connection, filters: Filters, found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the figures of the only numeric question, or its empty ones when nobody answered the one asked about."""
    numeric = [question for question in found if question["kind"] in KIND_RANGES]
    if not found and filters.question:
        kinds = queries.kinds(connection, filters.question)
        numeric = [
            {"question": filters.question, "kind": kind, **figures(kind, {})} for kind in kinds & set(KIND_RANGES)
        ]
    return numeric[0] if len(numeric) == 1 else {}


def questions(connection: Connection, filters: Filters) -> list[dict[str, Any]]:
    """Return the figures of each question, in the order of the survey; questions of another kind are other
    questions."""
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in queries.answered(connection, filters):
        rows.setdefault((row["question"], row["kind"]), []).append(row)
    return [
        {
            "question": question,
            "kind": kind,
            "surveys": sorted({row["survey"] for row in given}),
            **figures_of(connection, filters, kind, given),
        }
        for (question, kind), given in rows.items()
    ]


def figures_of(connection: Connection, filters: Filters, kind: str, given: list[Row]) -> dict[str, Any]:
    """Return the figures that the kind of a question allows: of a text only how many there are."""
    if kind in KIND_RANGES:
        return figures(kind, counted(given, "value"))
    if kind == "choice":
        n = queries.choosers(connection, filters, given[0]["question"])
        return {"n": n, "distribution": counted(given, "option")}
    return {"n": sum(int(row["n"]) for row in given)}


def counted(given: Iterable[Row], column: str) -> dict[Any, int]:
    """Return how often each value or option was given, over all survey versions."""
    counts: dict[Any, int] = {}
    for row in given:
        counts[row[column]] = counts.get(row[column], 0) + int(row["n"])
    return counts


def missing(connection: Connection, devices: set[str] | None) -> dict[str, int]:
    """Return how many records are missing by number, still held by devices, lost on them, or rejected."""
    journals = [each for each in completeness.journals(connection) if devices is None or each["device_id"] in devices]
    return {
        "gaps": sum(last - first + 1 for each in journals for first, last in each["gaps"]),
        "held": sum(each["held_by_device"] for each in journals),
        "lost": sum(each["lost"] for each in journals),
        "rejected": sum(each["rejected"] for each in journals),
    }
