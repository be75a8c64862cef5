"""Puts reports together: n, the figures of each question, what was left out, and what is missing."""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any

from broker_bridge.database import completeness
from broker_bridge.database.connect import Connection
from broker_bridge.database.local_times import shown_day, shown_month
from broker_bridge.database.surveys import KIND_RANGES
from server.reporting import classes, queries, steps
from server.reporting.figures import DIGITS, figures, levels
from server.reporting.filters import Filters
from server.reporting.sources import source_of
from server.reporting.tallies import VISITORS, Asked, Group, Tallies, Tally, plus, tallies

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
    columns = steps.columns(by)
    found = steps.together(by, tallies(connection, filters, columns, source))
    groups = [named(by, group) | entry(connection, filters, counted) for group, counted in found.items()]
    return {"groups": groups} | about(connection, filters, columns, source)


def in_classes(connection: Connection, filters: Filters, by: Sequence[str], scheme: str) -> Report:
    """Return the figures of each group and class, the classes being those of one list; null is what has none there.

    `n_split` says how much of n is a share of a class that was split.
    """
    columns = steps.columns(by)
    groups = [
        named((*by, "service_class"), group)
        | entry(connection, filters, counted)
        | {"n_split": split(filters, counted)}
        for group, counted in steps.together(by, classes.read(connection, filters, columns, scheme)).items()
    ]
    return {"groups": groups, "classes_in": scheme} | about(connection, filters, (*columns, "service_class"), None)


def named(by: Sequence[str], group: Group) -> Report:
    """Return the values of a group by name, null where there is none; days and months as people write them."""
    return {name: SHOWN.get(name, or_null)(value) for name, value in zip(by, group, strict=True)}


def or_null(value: Any) -> Any:
    """Return a value, null for the empty word that stands for none."""
    return None if value == "" else value


SHOWN: dict[str, Callable[[Any], Any]] = {
    "month": shown_month,
    "day": shown_day,
}


def split(filters: Filters, counted: Tallies) -> float:
    """Return how much of n is a share of a class that was split."""
    asked = filters.question or VISITORS
    return round(sum(tally.split for each, tally in counted.items() if each.question == asked), DIGITS)


def about(connection: Connection, filters: Filters, by: Sequence[str], source: str | None) -> Report:
    """Return what a report says of itself."""
    return {
        "filters": filters.shown,
        "source": source or source_of(connection, filters, by),
        "completeness": missing(connection, filters),
    }


def entry(connection: Connection, filters: Filters, counted: Tallies) -> Report:
    """Return the figures of one group."""
    found = [shown(asked, tally) for asked, tally in counted.items() if asked.question != VISITORS and tally.n]
    sums = totals(filters, counted)
    return {"n": sums["responses"], **lifted(connection, filters, found), **sums, "questions": found}


def totals(filters: Filters, counted: Tallies) -> dict[str, float]:
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


def missing(connection: Connection, filters: Filters) -> dict[str, int]:
    """Return how many records a report may lack, by reason; those of its devices that may have been made in its period.

    `gaps` are missing by number and may still come, `held` are still on a device, `gone` will never come, `lost` could
    not be read any more, `rejected` are kept with a reason and not counted.
    """
    devices = queries.devices_concerned(connection, filters)
    counts = dict.fromkeys(("gaps", "held", "gone", "lost", "rejected"), 0)
    journals = completeness.journals(connection, devices)
    lacking = completeness.missing(connection, journals, filters.period.from_ms, filters.period.to_ms)
    for lack in chain.from_iterable(lacking.values()):
        counts[CALLED[lack["why"]]] += lack["last"] - lack["first"] + 1
    return counts | {"rejected": sum(journal["rejected"] for journal in journals)}


CALLED = {"awaited": "gaps", "held": "held", "gone": "gone", "lost": "lost"}
