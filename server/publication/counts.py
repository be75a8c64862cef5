"""How often each value was given, by unit, month and slice: what a publication is made of."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from broker_bridge.database.connect import Connection
from broker_bridge.database.local_times import read_month, shown_month
from broker_bridge.database.surveys import KIND_RANGES
from server.publication.grid import ALL, OWN, Cell, background_of, own
from server.publication.release import Counts
from server.reporting.figures import levels
from server.reporting.filters import Filters, Period
from server.reporting.tallies import tallies

UNKNOWN_LANGUAGE = "und"  # as ISO 639-2 names it; '' are all languages
A_DAY = timedelta(days=1)


def by_language(connection: Connection, question: str) -> dict[Cell, Counts]:
    """Return the counts by unit, month and language; what belongs to no unit is nobody's."""
    found = counted(connection, Filters({"question": question}), ("unit", "month", "language"))
    return {Cell(unit, month, language or UNKNOWN_LANGUAGE): counts for (unit, month, language), counts in found}


def by_background(
    connection: Connection, question: str, background: str, options: Iterable[str], everyone: Mapping[Cell, Counts]
) -> dict[Cell, Counts]:
    """Return the counts of `everyone` by the options of a background, and of those who chose none, or several.

    Rollups do not tell of backgrounds, so the responses are read, month by month.
    """
    rest: dict[Cell, Counts] = {}
    for cell, counts in everyone.items():
        nobody = Cell(cell.place, cell.bucket, f"{background}:")
        rest[nobody] = plus(rest.get(nobody, (0,) * len(counts)), counts)
    found = dict(rest)
    for option in options:
        part = f"{background}:{option}"
        for month in sorted({cell.bucket for cell in everyone}):
            filters = Filters({"question": question, "background": part}, around(month))
            for (unit, of_month), counts in counted(connection, filters, ("unit", "month")):
                if of_month == month:
                    nobody = Cell(unit, month, f"{background}:")
                    found[Cell(unit, month, part)] = counts
                    found[nobody] = plus(found[nobody], tuple(-n for n in counts))
    return found


def counted(connection: Connection, filters: Filters, by: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Counts]]:
    """Yield each group of a unit and what else, its month as people write it, with how often each value was given."""
    for (unit, month, *others), of_group in tallies(connection, filters, by).items():
        for asked, tally in of_group.items():
            if unit and asked.kind in KIND_RANGES:
                yield (unit, shown_month(month), *others), tuple(int(tally.values[each]) for each in levels(asked.kind))


def around(month: str) -> Period:
    """Return a period that holds a month wherever on earth it is."""
    first = datetime(*divmod(read_month("month", month), 100), 1, tzinfo=UTC)
    after = (first + 32 * A_DAY).replace(day=1)
    return Period(int((first - A_DAY).timestamp()) * 1000, int((after + A_DAY).timestamp()) * 1000)


def plus(one: Counts, other: Counts) -> Counts:
    """Return counts added up."""
    return tuple(map(sum, zip(one, other, strict=True)))


def at_own(counts: Mapping[Cell, Counts], parents: Mapping[str, str]) -> dict[Cell, Counts]:
    """Return the counts with those of units that others belong to at their own places."""
    above = set(parents.values())
    return {cell._replace(place=own(cell.place, above)): each for cell, each in counts.items()}


def at_units(counts: Mapping[Cell, Counts]) -> dict[Cell, Counts]:
    """Return the counts with those at a unit's own place at the unit, as `by_language` has them."""
    found: dict[Cell, Counts] = {}
    for cell, each in counts.items():
        at_unit = cell._replace(place=cell.place.removesuffix(OWN))
        found[at_unit] = plus(found[at_unit], each) if at_unit in found else each
    return found


def by_all(counts: Mapping[Cell, Counts]) -> dict[Cell, Counts]:
    """Return the counts by language only, of which every answer has one."""
    return {cell: each for cell, each in counts.items() if background_of(cell.part) == ALL}
