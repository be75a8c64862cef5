"""The groups that a judgement is about: counted now for the unit's own staff, for others as they were released."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.local_times import shown_month
from server.publication import series
from server.publication.answers import Suppressed
from server.publication.grid import Grid
from server.reporting import queries
from server.reporting.audiences import Asking
from server.reporting.figures import levels
from server.reporting.filters import Filters
from server.reporting.reports import By, complete
from server.reporting.samples import FIGURES_OF, Sample, sample
from server.reporting.tallies import Group, tallies

Answer = dict[str, Any]


@dataclass(frozen=True)
class Groups:
    """The answers of each group by its name, those that are suppressed, and who asks about which figure of them.

    `grid` says which places hold which others, None where no group holds another.
    """

    asker: Asking
    figure: str
    samples: Mapping[str, Sample]
    hidden: Sequence[str] = ()
    grid: Grid | None = None

    def one_of(self, where: str, name: str) -> Sample:
        """Return the answers of a group; raise Unknown when there are none, with the groups that have some, and
        Suppressed for one that is hidden."""
        known = ", ".join(sorted(self.samples)) or "there is none"
        if name in self.hidden:
            raise Suppressed(where, name, f"one that is shown: {known}")
        if name not in self.samples:
            raise Unknown(where, name, f"a group with answers under these filters: {known}")
        return self.samples[name]

    def side_by_side(self) -> dict[str, Sample]:
        """Return the groups that have a name, none of which holds another."""
        holds = set(self.grid.parents.values()) if self.grid else set()
        return {name: one for name, one in self.samples.items() if name.strip() and name not in holds}

    def seal(self, name: str, told: Answer) -> Answer:
        """Return what is told of them, sealed."""
        asker = self.asker
        if asker.is_staff:
            return complete(asker.connection, name, asker.filters, told)
        about = {"report": name, "audience": asker.audience.value, "filters": asker.given}
        return asker.seal(about | told, len(self.hidden))


def of_groups(asker: Asking, by: By, figure: str | None) -> Groups:
    """Return the groups of a comparison. Raises Suppressed."""
    if asker.is_staff:
        return counted(asker, by.columns, figure)
    found = of_released(
        asker, asker.released("comparison", by=by.value), "place" if by is By.UNIT else by.value, figure
    )
    grid = series.opened(asker.connection, asker.given["question"]).ledger.grid if by is By.UNIT else None
    return Groups(asker, found.figure, found.samples, found.hidden, grid)


def of_months(asker: Asking, figure: str | None) -> Groups:
    """Return the months (`2026-10`) of a trend. Raises Suppressed."""
    if not asker.is_staff:
        return of_released(asker, asker.released("trend", step="month"), "period", figure)
    found = counted(asker, ["month"], figure)
    return Groups(asker, found.figure, {shown_month(int(month)): one for month, one in found.samples.items()})


def counted(asker: Asking, columns: Sequence[str], figure: str | None) -> Groups:
    """Return the groups as they are counted now, a class being named with its list."""
    _, figure, found = samples(asker.connection, asker.filters, columns, figure)
    return Groups(asker, figure, {" ".join(map(str, group)): one for group, one in found.items()})


def of_released(asker: Asking, report: Answer, name: str, figure: str | None) -> Groups:
    """Return the groups of a report of released cells."""
    figure = one_figure(report["kind"], figure)
    told = {each[name] or "": each for each in report["groups"]}
    shown = {
        each: sample(figure, report["kind"], {int(value): n for value, n in cell["distribution"].items()})
        for each, cell in told.items()
        if not cell["suppressed"]
    }
    return Groups(asker, figure, shown, [each for each in told if each not in shown])


def kind_and_figure(connection: Connection, question: str | None, figure: str | None) -> tuple[str, str]:
    """Return the kind of a question, and the figure that is asked for or else its first."""
    kind = queries.kind_of(connection, question)
    return kind, one_figure(kind, figure)


def one_figure(kind: str, figure: str | None) -> str:
    """Return the figure that is asked for, or else the first that a kind of question has; raise Invalid for another."""
    if figure is not None and figure not in FIGURES_OF[kind]:
        raise Invalid("figure", figure, f"for {kind} one of {', '.join(FIGURES_OF[kind])}")
    return figure or FIGURES_OF[kind][0]


def samples(
    connection: Connection, filters: Filters, by: Sequence[str], figure: str | None
) -> tuple[str, str, dict[Group, Sample]]:
    """Return kind, figure and the answers of each group."""
    kind, figure = kind_and_figure(connection, filters.question, figure)
    found = {
        group: sample(figure, kind, {level: tally.values[level] for level in levels(kind)})
        for group, counted in tallies(connection, filters, by).items()
        for asked, tally in counted.items()
        if asked.kind == kind
    }
    return kind, figure, found


def check_apart(found: Groups, by: By, one: str, other: str) -> None:
    """Raise Invalid for two groups that share people: the interval of their difference would be another."""
    if one == other:
        raise Invalid("other", other, "another group than `one`")
    if by is By.BACKGROUND and one.partition(":")[0] != other.partition(":")[0]:
        raise Invalid("other", other, f"another answer to the same question as {one}: somebody may be of both")
    if found.grid and (one in found.grid.line(other) or other in found.grid.line(one)):
        raise Invalid("other", other, f"a place that does not hold {one}, nor is held by it")


def shown(one: Sample) -> Answer:
    """Return a sample's figure with n and interval."""
    interval = one.estimate.interval
    return {"n": one.n, "value": one.estimate.value, "interval": None if interval is None else list(interval)}
