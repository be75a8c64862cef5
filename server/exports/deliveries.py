"""The file of a month for the national comparison: made once, of cells that were released to the county, and kept.

Whether a cell is shown was decided when its month was released, for every audience, at the counts of that day. A shown
cell is told apart by class and role only as a whole: when every part of it is as large as a cell has to be.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from broker_bridge.database import releases
from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import Because, changing
from broker_bridge.database.invalid import Conflict, Invalid, Unknown
from broker_bridge.database.local_times import read_month
from broker_bridge.database.releases import Release
from server.exports.national import FIGURES, PROFILE, Record, document, record
from server.publication import series
from server.publication.grid import COUNTY, OWN, Cell, background_of
from server.publication.series import Series
from server.registry import templates
from server.reporting.figures import levels
from server.reporting.filters import Filters
from server.reporting.tallies import tallies

AUDIENCE = "national"
PATIENT = "patient"
GROUP = ("scheme", "service_class", "respondent_role")

Counts = tuple[float, ...]
Told = Callable[[str], None]


class Part(NamedTuple):
    """What answers of one cell may differ by, besides: the class, and who answered."""

    scheme: str | None
    service_class: str | None
    respondent_role: str | None


class Kept(NamedTuple):
    """A file as it was released: the id of its release, whether it was made just now, and its text."""

    id: int
    new: bool
    content: str


@dataclass(frozen=True)
class Wanted:
    """A month of a provider."""

    month: str
    provider: str
    oids: Mapping[str, str | None]  # by unit

    @property
    def asked(self) -> dict[str, str]:
        """Return how the release is found again."""
        return {"profile": PROFILE, "month": self.month, "provider": self.provider}


def wanted(connection: Connection, month: str, provider: str | None) -> Wanted:
    """Return what is asked for; raise Invalid for a month or provider that cannot be."""
    read_month("month", month)
    providers = {code: business_id for code, _, business_id in of_units(connection)}
    known = sorted({each for each in providers.values() if each})
    if provider is None and len(known) == 1:
        provider = known[0]
    if provider is None or provider not in known:
        allowed = f"one that units have: {', '.join(known)}" if known else "a business id; set `provider` of the units"
        raise Invalid("provider", provider, allowed)
    own = {provider} if len(known) > 1 else {provider, None}
    oids = {code: oid for code, oid, _ in of_units(connection) if providers[code] in own}
    return Wanted(month, provider, oids)


def of_units(connection: Connection) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield each unit with its OID and its provider: its own, or that of the nearest unit that it belongs under."""
    rows = {row["code"]: row for row in connection.execute("SELECT code, oid, provider, parent FROM units")}
    for code, row in sorted(rows.items()):
        above = row
        while above["provider"] is None and above["parent"] is not None:
            above = rows[above["parent"]]
        yield code, row["oid"], above["provider"]


def made(
    connection: Connection, month: str, provider: str | None, because: Because, say: Told = lambda line: None
) -> Kept:
    """Return the file of a month, made and kept as a release unless it was before.

    Raises Invalid for a month or provider that cannot be, and Conflict when a question was not released to the county.
    """
    asked = wanted(connection, month, provider)
    if kept := find(connection, asked):
        return kept
    content = put_together(connection, asked, say).decode()
    title = f"{PROFILE} of {asked.provider}, {asked.month}"
    with changing(connection):
        if kept := find(connection, asked):  # somebody else was quicker
            return kept
        row_id = releases.insert_one(connection, Release(AUDIENCE, title, asked.asked, content), because)
    return Kept(row_id, new=True, content=content)


def stored(connection: Connection, month: str, provider: str | None) -> Kept:
    """Return the file of a month as it was released; raise Unknown when it was not, saying how it is made."""
    asked = wanted(connection, month, provider)
    kept = find(connection, asked)
    if kept is None:
        raise Unknown("month", month, "a month whose file was made: POST /api/v1/exports/national makes one")
    return kept


def find(connection: Connection, asked: Wanted) -> Kept | None:
    """Return the file of a month, None when it was not made."""
    for each in releases.listed(connection):
        if each["asked"] == asked.asked:
            return Kept(each["id"], new=False, content=releases.find(connection, each["id"]).content)
    return None


def put_together(connection: Connection, asked: Wanted, say: Told) -> bytes:
    """Return the document of a month."""
    all_series = list(released(connection, asked.month))
    records: list[Record] = []
    for number, each in enumerate(all_series, 1):
        records += of_series(connection, asked, each)
        say(f"{each.question}: {number} of {len(all_series)} questions")
    threshold = max(each.ledger.threshold for each in all_series)
    without = [unit for unit, oid in asked.oids.items() if oid is None and unit in answering(all_series, asked.month)]
    return document(asked.provider, (asked.month, asked.month), records, threshold, without)


def unit_of(cell: Cell) -> str:
    """Return the unit whose own answers a cell of released counts is."""
    return cell.place.removesuffix(OWN)


def answering(all_series: Iterable[Series], month: str) -> set[str]:
    """Return the units with a cell in a month that is shown."""
    return {
        unit_of(cell)
        for each in all_series
        for cell in each.ledger.counts
        if cell.bucket == month and each.ledger.shown.get(cell)
    }


def released(connection: Connection, month: str) -> Iterator[Series]:
    """Yield the series of each national question with answers in a month; raise Conflict for one not released."""
    found = False
    for question, kind in national_questions():
        if not parts_of(connection, question, kind, month):
            continue
        found = True
        if month not in series.released(connection, question, COUNTY):
            base = f"/api/v1/publication/{question}"
            allowed = f'a month released to the county: POST {base}/months {{"through": "{month}"}}, then POST '
            raise Conflict(question, month, f'{allowed}{base}/releases {{"audience": "{COUNTY}", "title": "..."}}')
        yield series.opened(connection, question)
    if not found:
        names = ", ".join(question for question, _ in national_questions())
        raise Invalid("month", month, f"a month with answers to a national question: {names}")


def national_questions() -> list[tuple[str, str]]:
    """Return the questions of the national surveys that have a figure, with their kinds."""
    asked = [question for name in templates.ROLES for question in templates.survey(name)["questions"]]
    return list(dict.fromkeys((each["id"], each["kind"]) for each in asked if each["kind"] in FIGURES))


def of_series(connection: Connection, asked: Wanted, each: Series) -> Iterator[Record]:
    """Yield the records of a question: of each unit and language that was reckoned with in the month."""
    parts = parts_of(connection, each.question, each.kind, asked.month)
    of_month = {cell: counts for cell, counts in each.ledger.counts.items() if cell.bucket == asked.month}
    for cell, counts in sorted(of_month.items()):
        oid = asked.oids.get(unit_of(cell))
        if oid is None or background_of(cell.part):
            continue
        about = {"month": cell.bucket, "unit_oid": oid, "language": cell.part or None}
        about |= {"question": each.question, "kind": each.kind}
        if not each.ledger.shown.get(cell, False):
            yield record(about | dict.fromkeys(GROUP), None)
            continue
        of_cell = parts.get(cell._replace(place=unit_of(cell)), {})
        for part, of_part in told_apart(counts, of_cell, each.ledger.threshold):
            values = zip(levels(each.kind), map(int, of_part), strict=True)
            yield record(about | part._asdict(), dict(values))


def told_apart(counts: Counts, parts: Mapping[Part, Counts], threshold: int) -> list[tuple[Part, Counts]]:
    """Return the parts of a shown cell, when each is large enough and they add up to it; else it as a whole.

    The whole has the class and role that all of its answers share. Answers since the month was closed do not add up.
    """
    sums = tuple(map(sum, zip(*parts.values(), strict=True)))
    if len(parts) > 1 and sums == tuple(counts) and all(sum(each) >= threshold for each in parts.values()):
        return sorted(parts.items(), key=str)
    schemes = {part[:2] for part in parts}
    roles = {part.respondent_role for part in parts}
    scheme, service_class = schemes.pop() if len(schemes) == 1 else (None, None)
    return [(Part(scheme, service_class, roles.pop() if len(roles) == 1 else None), counts)]


def parts_of(connection: Connection, question: str, kind: str, month: str) -> dict[Cell, dict[Part, Counts]]:
    """Return how often each value was given as it is counted today, by cell and part; without what has no unit."""
    roles = {row["survey"]: role(row["definition"]) for row in connection.execute("SELECT * FROM surveys")}
    by = ("unit", "month", "language", "scheme", "service_class", "survey")
    wanted_month = read_month("month", month)
    found: dict[Cell, dict[Part, Counts]] = {}
    for group, of_group in tallies(connection, Filters({"question": question}), by).items():
        unit, number, language, scheme, service_class, survey = group
        if not unit or number != wanted_month:
            continue
        part = Part(scheme or None, service_class or None, roles[survey])
        of_cell = found.setdefault(Cell(unit, month, language), {})
        for asked, tally in of_group.items():
            if asked.kind == kind and tally.n:
                values = [tally.values[level] for level in levels(kind)]
                before = of_cell.get(part, (0,) * len(values))
                of_cell[part] = tuple(map(sum, zip(before, values, strict=True)))
    return {cell: parts for cell, parts in found.items() if parts}


def role(definition: str) -> str:
    """Return who answers a survey; nobody says so of a patient or client."""
    return str(json.loads(definition).get("role", PATIENT))


def late(connection: Connection, month: str) -> list[dict[str, Any]]:
    """Return where the cells of a file would have other counts today, as its questions were released."""
    questions = [question for question, _ in national_questions()]
    return [
        {"question": question} | each
        for question in questions
        if series.released(connection, question, COUNTY)
        for each in series.late(connection, question)
        if each["where"]["bucket"] == month
    ]
