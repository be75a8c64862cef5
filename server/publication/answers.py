"""Reports for the county and the public: cells of the grid that were released, and a refusal of everything else."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid
from server.publication import series
from server.publication.grid import ALL, GRAINS, MONTH, QUARTER, YEAR, Cell, background_of, bucket_of, closed
from server.publication.series import EVERYWHERE, Series
from server.reporting.figures import figures, levels

Report = dict[str, Any]
Given = Mapping[str, str]  # the filters by their names in an address
ALLOWED = ("question", "unit", "under", "language", "background", "from", "to")


class Suppressed(Invalid):
    """A question whose answer could tell what single people said, alone or together with others."""


@dataclass(frozen=True)
class Question:
    """What an audience asks: a report with its step or what it compares by, and the filters by their names."""

    audience: str
    report: str
    given: Mapping[str, str]
    shape: Mapping[str, str]

    @property
    def place(self) -> str:
        """Return the place that is asked about."""
        return self.given.get("unit") or self.given.get("under") or EVERYWHERE

    @property
    def part(self) -> str:
        """Return the language or background that is asked about, '' for all."""
        return self.given.get("language") or self.given.get("background") or ALL


def answer(connection: Connection, question: Question) -> Report:
    """Return a report of released cells: all that may leave for an audience. Raises Suppressed for anything else.

    Whoever gives figures to others than a unit's own staff has them from here, or from a release: nothing that is
    decided anywhere else can know what has been told already.
    """
    check(question.given)
    asked = series.opened(connection, question.given["question"])
    months = series.released(connection, asked.question, question.audience)
    buckets = sorted(bucket for grain in GRAINS[question.audience] for bucket in closed(grain, months))
    shown = [told(asked, cell) for cell in cells(asked, question, buckets)]
    about: Report = {
        "report": question.report,
        "audience": question.audience,
        "kind": asked.kind,
        "filters": question.given,
    }
    about |= {"threshold": asked.ledger.threshold, "released": buckets}
    return about | ({"groups": shown} if question.report != "summary" else shown[0])


def check(given: Given) -> None:
    """Raise Suppressed for a filter that the grid does not have; two questions may differ by one visitor."""
    for name, value in given.items():
        if name not in ALLOWED:
            raise Suppressed(name, value, f"one of these filters for this audience: {', '.join(ALLOWED)}")
    if "question" not in given:
        raise Suppressed("question", None, "one question")
    for one, other in (("unit", "under"), ("background", "language")):
        if one in given and other in given:
            raise Suppressed(one, given[one], f"either {one} or {other}")


def bucket_asked(given: Given, buckets: Iterable[str]) -> str:
    """Return the bucket that from and to name together; raise Suppressed when they name none."""
    ends = (given.get("from", ""), given.get("to", ""))
    for bucket in buckets:
        if ends == days_of(bucket):
            return bucket
    allowed = "; ".join("{} to {}".format(*days_of(bucket)) for bucket in buckets) or "none yet"
    raise Suppressed("from", " to ".join(ends), f"the days of a closed period: {allowed}")


def between(given: Given, grain: str, buckets: Iterable[str]) -> list[str]:
    """Return the buckets of a grain from one day up to another; raise Suppressed for a day that none begins or ends."""
    of_grain = {bucket: days_of(bucket) for bucket in buckets if grain_of(bucket) == grain}
    for place, name in enumerate(("from", "to")):
        known = [ends[place] for ends in of_grain.values()]
        if name in given and given[name] not in known:
            raise Suppressed(name, given[name], f"the end of a released {grain}: {', '.join(known) or 'none yet'}")
    return [
        bucket
        for bucket, (first, after) in of_grain.items()
        if given.get("from", first) <= first and after <= given.get("to", after)
    ]


def days_of(bucket: str) -> tuple[str, str]:
    """Return the first day of a bucket, and the first day after it."""
    year, _, rest = bucket.partition("-")
    first, length = (int(rest[1]) * 3 - 2, 3) if rest.startswith("Q") else (int(rest or 1), 1 if rest else 12)
    after = first + length
    end = f"{int(year) + 1}-01" if after > 12 else f"{year}-{after:02}"
    return f"{year}-{first:02}-01", f"{end}-01"


def cells(asked: Series, question: Question, buckets: list[str]) -> list[Cell]:
    """Return the cells that a report is made of."""
    place, part, grid = question.place, question.part, asked.ledger.grid
    slices = "background" if background_of(part) else "language"
    parts = [each for each in grid.parts if bool(background_of(each)) is bool(background_of(part))]
    for where, value, allowed in (("unit", place, grid.places()), (slices, part, [ALL, *parts])):
        if value not in allowed:
            raise Suppressed(where, value, "one of those published: " + (", ".join(filter(None, allowed)) or "none"))
    if question.report == "trend":
        grain = question.shape["step"]
        if grain not in GRAINS[question.audience]:
            raise Suppressed("step", grain, f"one of {', '.join(GRAINS[question.audience])} for this audience")
        return [Cell(place, bucket, part) for bucket in between(question.given, grain, buckets)]
    if question.report in ("hours", "distribution"):
        raise Suppressed("report", question.report, "summary, trend or comparison for this audience")
    bucket = bucket_asked(question.given, buckets)
    if question.report == "summary":
        return [Cell(place, bucket, part)]
    if question.shape["by"] == "unit":
        return [Cell(each, bucket, part) for each in grid.places()]
    if question.shape["by"] == "language":
        return [Cell(place, bucket, each) for each in grid.parts if not background_of(each)]
    raise Suppressed("by", question.shape["by"], "unit or language for this audience")


def grain_of(bucket: str) -> str:
    """Return whether a bucket is a month, a quarter or a year."""
    return QUARTER if "Q" in bucket else MONTH if "-" in bucket else YEAR


def told(asked: Series, cell: Cell) -> Report:
    """Return what an audience may know of a cell: its figures, or that it is suppressed."""
    slices = "background" if background_of(cell.part) else "language"
    about = {"place": cell.place, "period": cell.bucket, "language": None, slices: cell.part or None}
    if not asked.ledger.shown.get(cell, False):
        return about | {"suppressed": True, "n": None}
    counts = dict(zip(levels(asked.kind), counts_of(asked, cell), strict=True))
    return about | {"suppressed": False} | figures(asked.kind, counts)


def counts_of(asked: Series, cell: Cell) -> list[float]:
    """Return the counts of a cell, as they were when its months closed."""
    grain = grain_of(cell.bucket)
    below = {unit for unit in asked.ledger.grid.units if cell.place in asked.ledger.grid.line(unit)}
    rows = [
        counts
        for atom, counts in asked.ledger.counts.items()
        if atom.place in below
        and bucket_of(grain, atom.bucket) == cell.bucket
        and (cell.part == atom.part or cell.part == ALL == background_of(atom.part))
    ]
    return [sum(column) for column in zip(*rows, strict=True)]
