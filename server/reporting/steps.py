"""Weeks, quarters and years: made of the days and months that the rollups have."""

from collections.abc import Callable, Sequence
from datetime import date

from broker_bridge.database.local_times import day_of
from server.reporting.tallies import Group, Tallies, plus

# What a step is made of, and what its name is for one of those.
MADE_OF: dict[str, tuple[str, Callable[[int], str]]] = {
    "week": ("day", lambda day: iso_week(day_of(day))),
    "quarter": ("month", lambda month: f"{month // 100}-Q{(month % 100 + 2) // 3}"),
    "year": ("month", lambda month: str(month // 100)),
}


def iso_week(day: date) -> str:
    """Return the week of a day by ISO 8601: it begins on Monday and belongs to the year of its Thursday."""
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def columns(by: Sequence[str]) -> list[str]:
    """Return the columns to count by."""
    return [MADE_OF[name][0] if name in MADE_OF else name for name in by]


def together(by: Sequence[str], found: dict[Group, Tallies]) -> dict[Group, Tallies]:
    """Return what was counted by `columns(by)` as it is by `by`, in order."""
    if not {*by} & {*MADE_OF}:
        return found
    groups: dict[Group, Tallies] = {}
    for group, counted in found.items():
        key = tuple(
            MADE_OF[name][1](value) if name in MADE_OF else value for name, value in zip(by, group, strict=False)
        )
        of_group = groups.setdefault((*key, *group[len(by) :]), {})
        for asked, tally in counted.items():
            of_group[asked] = plus(of_group[asked], tally) if asked in of_group else tally
    return {group: groups[group] for group in sorted(groups)}
