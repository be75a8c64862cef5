"""The national profile `hymio-national/1`: our own until an official delivery format is established, and it says so."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from server.reporting.figures import figures

PROFILE = "hymio-national/1"
STATUS = "own format; no official one is established"
SCHEMA: dict[str, Any] = json.loads((Path(__file__).parent / "national-1.schema.json").read_text(encoding="utf-8"))
IDENTITY = ("month", "unit_oid", "scheme", "service_class", "language", "respondent_role", "question")


FIGURES = {"nps": "nps", "agree5": "mean"}


@dataclass(frozen=True)
class Record:
    """How often each value was given to a question by a group in a month; None for n and distribution: hidden."""

    month: str
    unit_oid: str
    scheme: str | None
    service_class: str | None
    language: str | None
    respondent_role: str | None
    question: str
    kind: str
    n: int | None
    distribution: Mapping[str, int] | None
    figure: float | None


def record(of: Mapping[str, Any], counts: Mapping[int, int] | None) -> Record:
    """Return the record of a group, from its identity with `kind` and its counts by value, None where they are hidden.

    What is hidden is the publication's to decide: a file like this can be subtracted from what is public.
    """
    if counts is None:
        return Record(**of, n=None, distribution=None, figure=None)
    given = {str(value): n for value, n in sorted(counts.items()) if n}
    return Record(**of, n=sum(given.values()), distribution=given, figure=figure(of["kind"], given))


def figure(kind: str, distribution: Mapping[str, int]) -> float | None:
    """Return the figure of a distribution: an NPS, or a mean; None for a kind that has neither."""
    counts = {int(value): n for value, n in distribution.items()}
    return figures(kind, counts)[FIGURES[kind]] if kind in FIGURES else None


def document(
    provider: str,
    months: tuple[str, str],
    records: Iterable[Record],
    suppressed_below: int,
    units_without_oid: Iterable[str] = (),
) -> bytes:
    """Return the file, records in the order of their identity, after it passed its own check; ValueError says where
    not.

    A group without answers has no record.
    """
    rows = sorted((asdict(one) for one in records if one.n != 0), key=lambda row: [str(row[name]) for name in IDENTITY])
    made: dict[str, Any] = {"profile": PROFILE, "status": STATUS, "provider": provider, "first_month": months[0]}
    made |= {"last_month": months[1], "suppressed_below": suppressed_below, "records": rows}
    made |= {"left_out": {"units_without_oid": sorted(units_without_oid)}}
    if mistakes := list(validated(made)):
        raise ValueError(f"{PROFILE}: " + "; ".join(mistakes[:5]))
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def validated(made: Any) -> Iterator[str]:
    """Yield what is wrong with a document, where and why; nothing when it is right."""
    found = list(Draft202012Validator(SCHEMA).iter_errors(made))
    yield from (f"{error.json_path}: {error.message}" for error in found)
    if not found:
        yield from consistent(made)


def consistent(made: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a schema cannot see: sums, figures, months, small counts and records that are there twice."""
    seen = set()
    for number, row in enumerate(made["records"]):
        where = f"$.records[{number}]"
        if not made["first_month"] <= row["month"] <= made["last_month"]:
            yield f"{where}.month: {row['month']} is not from {made['first_month']} to {made['last_month']}"
        if row["n"] is not None:
            yield from (f"{where}.{mistake}" for mistake in of_counts(row, made["suppressed_below"]))
        if (key := tuple(row[name] for name in IDENTITY)) in seen:
            yield f"{where}: a second record of {', '.join(str(part) for part in key)}"
        seen.add(key)


def of_counts(row: Mapping[str, Any], suppressed_below: int) -> Iterator[str]:
    """Yield what is wrong with the numbers of a record that is not hidden."""
    total = sum(row["distribution"].values())
    if row["n"] != total:
        yield f"n: {row['n']} is not the sum of the distribution, {total}"
    if row["n"] < suppressed_below:
        yield f"n: {row['n']} is below {suppressed_below} and must be hidden"
    if row["figure"] != (expected := figure(row["kind"], row["distribution"])):
        yield f"figure: {row['figure']} is not what the distribution says, {expected}"
