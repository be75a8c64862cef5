"""The ledger of a question on the tables: months are closed, and releases are made, one writer at a time."""

import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from broker_bridge.database import publications, releases
from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import Because, changing, note
from broker_bridge.database.invalid import Conflict, Invalid, Unknown
from broker_bridge.database.local_times import read_month
from broker_bridge.database.publications import Published
from broker_bridge.database.ranges import shown_moment
from broker_bridge.database.surveys import backgrounds
from server.publication.counts import at_own, at_units, by_all, by_background, by_language
from server.publication.grid import ALL, Cell, Grid, background_of, own
from server.publication.release import Counts, Ledger, Release, release
from server.publication.suppression import THRESHOLD
from server.reporting import queries

EVERYWHERE = "*"  # the place that all units belong to which belong to no other
MOST_ATOMS = 40_000  # in a year: some minutes; 10,800 took 37 s
GRACE_DAYS = 14  # after a month, for devices that were offline; later answers never go out


Value = TypeVar("Value")


@dataclass(frozen=True)
class Series:
    """A question as it is published: its kind, and its ledger."""

    question: str
    kind: str
    ledger: Ledger


def opened(connection: Connection, question: str) -> Series:
    """Return the series of a question; raise Unknown when no month of it was ever closed."""
    stored = publications.read(connection, question)
    if stored is None:
        raise Unknown("question", question, "a question of which a month was closed")
    return of_stored(stored)


def of_stored(stored: Published) -> Series:
    """Return a series as it is stored."""
    counts = {Cell(*key): values for key, values in stored.counts.items()}
    grid = a_grid(stored.parents, stored.parts, counts)
    shown = {Cell(*key): is_shown for key, is_shown in stored.shown.items()}
    return Series(stored.question, stored.kind, Ledger(grid, stored.threshold, counts, shown))


def close(
    connection: Connection, question: str, through: str, because: Because, given: Iterable[str] = ()
) -> list[str]:
    """Close the months of a question up to one (`2026-10`), at the counts that they have now; return all closed ones.

    From then on they are divided by the backgrounds that are given too. Raises Invalid for a month that is not over for
    two weeks, and for a question without figures; Unknown for a background that no survey has.
    """
    check_over(through)
    with changing(connection):
        was = publications.read(connection, question)
        counts = by_language(connection, question)
        done = {month for _, month, _ in was.counts} if was else set()
        new = {cell: each for cell, each in counts.items() if cell.bucket <= through and cell.bucket not in done}
        divisions = divided(connection, was, given).items()
        apart = [by_background(connection, question, background, options, new) for background, options in divisions]
        # A slice that only open months have, or late answers, would tell of these when it appeared.
        ledger = grown(connection, was, {cell for each in (new, *apart) for cell in each})
        months = sorted({cell.bucket for cell in counts if cell.bucket <= through})
        if months:
            months = list(between(min((*ledger.months[:1], months[0])), through))
        counts |= {cell: each for of_background in apart for cell, each in of_background.items()}
        ledger = ledger.closed(months, at_own(counts, ledger.grid.parents))
        keep(connection, was, Series(question, was.kind if was else queries.kind_of(connection, question), ledger))
        note(connection, because, "published_months", {"question": question, "through": through}, 0)
    return list(ledger.months)


def check_over(month: str) -> None:
    """Raise Invalid unless a month is over for so long that a report of it may be final."""
    first = datetime(*divmod(read_month("through", month), 100), 1, tzinfo=UTC)
    after = (first + timedelta(days=32)).replace(day=1) + timedelta(days=GRACE_DAYS)
    if after.timestamp() > time.time():
        raise Invalid("through", month, f"a month that ended {GRACE_DAYS} days ago or earlier")


def between(first: str, last: str) -> Iterator[str]:
    """Yield the months from one to another."""
    year, month = map(int, first.split("-"))
    while (name := f"{year}-{month:02}") <= last:
        yield name
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


def divided(connection: Connection, was: Published | None, given: Iterable[str]) -> dict[str, list[str]]:
    """Return by which backgrounds a question is divided, with their options: those given now, and those of before.

    Raises Unknown for what no survey marks as background.
    """
    known = backgrounds(connection)
    for name in given:
        if name not in known:
            raise Unknown("background", name, "one that a survey marks as background: " + (", ".join(known) or "none"))
    before = {background_of(part) for part in (was.parts if was else ())} - {ALL}
    return {name: known[name] for name in sorted({*given} | before)}


def grown(connection: Connection, was: Published | None, counts: Iterable[Cell]) -> Ledger:
    """Return the ledger with the units and languages that are new: of months closed before they have no cells.

    A unit stays below the place that it was first published under: sums of closed months never change.
    """
    rows = connection.execute("SELECT code, parent FROM units")
    parents = {row["code"]: row["parent"] or EVERYWHERE for row in rows} | dict(was.parents if was else {})
    above = set(parents.values())
    answering = {row["unit"] for row in connection.execute("SELECT DISTINCT unit FROM service_point_units")}
    answering |= {cell.place for cell in counts}
    parents |= {own(unit, above): unit for unit in answering & above}
    parts = tuple(sorted({cell.part for cell in counts} | set(was.parts if was else ())))
    before = of_stored(was).ledger if was else Ledger(Grid({}, (), ()), THRESHOLD)
    return replace(before, grid=a_grid(parents, parts, before.counts))


def a_grid(parents: Mapping[str, str], parts: tuple[str, ...], counts: Iterable[Cell]) -> Grid:
    """Return the grid in which answers are counted at places that no other belongs to, and where they were before."""
    units = (parents.keys() - {*parents.values()}) | {cell.place for cell in counts}
    return Grid(parents, tuple(sorted(units)), parts)


def make(connection: Connection, question: str, audience: str, title: str, because: Because) -> tuple[int, Release]:
    """Release all closed months of a question to an audience; return the id of what is kept, and the release.

    Reckons before it writes, since that may take minutes and nobody should wait: raises Conflict when somebody else
    has published meanwhile, and Invalid for more cells than can be reckoned.
    """
    series, was = opened(connection, question), publications.read(connection, question)
    beside = publications.beside(connection, question)
    ledger, made = year_by_year(series.ledger, audience, [of_stored(each).ledger for each in beside])
    with changing(connection):
        if (publications.read(connection, question), publications.beside(connection, question)) != (was, beside):
            raise Conflict("question", question, "to release it again; somebody has published it meanwhile")
        keep(connection, was, Series(question, series.kind, ledger))
        asked = {"publication": question, "audience": audience, "months": list(made.months)}
        text = made.content().decode()
        row_id = releases.insert_one(connection, releases.Release(audience, title, asked, text), because)
    return row_id, made


def year_by_year(ledger: Ledger, audience: str, others: Iterable[Ledger] = ()) -> tuple[Ledger, Release]:
    """Return what may be released of all years: no bucket reaches into two, so each is decided by itself."""
    shown: dict[Cell, bool] = {}
    cells: dict[Cell, Counts | None] = {}
    for year in sorted({month[:4] for month in ledger.months}):
        of_year, *beside = (in_year(each, year) for each in (ledger, *others))
        if len(of_year.counts) > MOST_ATOMS:
            allowed = (
                f"at most {MOST_ATOMS} units x months x languages and backgrounds a year; more would take too long"
            )
            raise Invalid("question", len(of_year.counts), allowed)
        decided, made = release(of_year, audience, beside)
        shown |= decided.shown
        cells |= made.cells
    return replace(ledger, shown=shown), Release(1, audience, ledger.months, ledger.threshold, cells)


def in_year(ledger: Ledger, year: str) -> Ledger:
    """Return what a ledger has of a year."""
    return replace(ledger, counts=within(ledger.counts, year), shown=within(ledger.shown, year))


def within(values: Mapping[Cell, Value], year: str) -> dict[Cell, Value]:
    """Return what belongs to a year."""
    return {cell: value for cell, value in values.items() if cell.bucket[:4] == year}


def late(connection: Connection, question: str) -> list[dict[str, Any]]:
    """Return where closed months would have other counts today; for the unit's own staff, and for nobody else."""
    ledger = opened(connection, question).ledger
    found = replace(ledger, counts=at_units(by_all(ledger.counts))).late(by_language(connection, question))
    return [
        {"where": cell._asdict(), "released": list(then), "today": list(now)}
        for cell, (then, now) in sorted(found.items())
    ]


def released(connection: Connection, question: str, audience: str) -> list[str]:
    """Return the months that were released to an audience."""
    made = releases_to(connection, question, audience)
    return sorted({month for each in made for month in each["asked"]["months"]})


def released_until(connection: Connection, question: str, audience: str) -> str | None:
    """Return when something was last released to an audience: nothing that came later is in what it reads."""
    made = releases_to(connection, question, audience)
    return shown_moment(made[0]["released_ms"]) if made else None


def releases_to(connection: Connection, question: str, audience: str) -> list[dict[str, Any]]:
    """Return the releases of a question to an audience, the latest first."""
    return [
        each
        for each in releases.listed(connection)
        if each["audience"] == audience and each["asked"].get("publication") == question
    ]


def keep(connection: Connection, was: Published | None, series: Series) -> None:
    """Store what is new in a series."""
    ledger = series.ledger
    counts = {tuple(cell): tuple(map(int, values)) for cell, values in ledger.counts.items()}
    shown: Any = {tuple(cell): is_shown for cell, is_shown in ledger.shown.items()}
    state: Any = (dict(ledger.grid.parents), ledger.grid.parts, counts, shown)
    publications.add(connection, was, Published(series.question, series.kind, ledger.threshold, *state))
