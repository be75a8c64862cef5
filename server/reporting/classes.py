"""Reads reports in the classes of one list, whichever list a response was classed by at its time.

A share of a class is a share of its counts: the n of such a report says how much of it was split that way, and is no
number of people any more where it has decimals.
"""

from collections.abc import Sequence
from dataclasses import replace

from broker_bridge.database.connect import Connection
from broker_bridge.database.crosswalks import WHOLE, Reading, crosswalk
from server.reporting.filters import Filters
from server.reporting.tallies import Group, Tallies, Tally, plus, tallies

CLASS = ("scheme", "service_class")
PLACE = ("unit", "service_point")
UNMAPPED = ""


def read(connection: Connection, filters: Filters, by: Sequence[str], scheme: str) -> dict[Group, Tallies]:
    """Return the tallies of each group, a group being the values of `by` and the class in the list; '' for unmapped.

    A filter on the class is one on the class as it is read, and not as it was stored.
    """
    reading = Reading(crosswalk(connection), scheme)
    others = {name: value for name, value in filters.equal.items() if name not in CLASS}
    stored = replace(filters, equal=others)
    columns = [*by, *CLASS, *(name for name in PLACE if reading.by_place and name not in by)]
    wanted = filters.equal.get("service_class")
    groups: dict[Group, Tallies] = {}
    for group, counted in tallies(connection, stored, columns).items():
        named = dict(zip(columns, group, strict=True))
        for code, share_ppm in (reading.read(named) or {UNMAPPED: WHOLE}).items():
            if wanted in (None, code):
                put(groups.setdefault((*(named[name] for name in by), code), {}), counted, share_ppm)
    return {group: {asked: unscaled(tally) for asked, tally in groups[group].items()} for group in sorted(groups)}


def put(of_group: Tallies, counted: Tallies, share_ppm: int) -> None:
    """Add a share of tallies to a group, in millionths."""
    for asked, tally in counted.items():
        part = scaled(tally, share_ppm)
        of_group[asked] = plus(of_group[asked], part) if asked in of_group else part


def scaled(tally: Tally, share_ppm: int) -> Tally:
    """Return so many millionths of a tally, counted in millionths."""
    return Tally(
        tally.n * share_ppm,
        tally.bounded * share_ppm,
        tally.flagged * share_ppm,
        tally.undone * share_ppm,
        [n * share_ppm for n in tally.values],
        {option: n * share_ppm for option, n in tally.options.items()},
        tally.surveys,
        0 if share_ppm == WHOLE else tally.n * share_ppm,
    )


def unscaled(tally: Tally) -> Tally:
    """Return a tally that was counted in millionths in ones."""
    return Tally(
        ones(tally.n),
        ones(tally.bounded),
        ones(tally.flagged),
        ones(tally.undone),
        [ones(n) for n in tally.values],
        {option: ones(n) for option, n in tally.options.items()},
        tally.surveys,
        ones(tally.split),
    )


def ones(millionths: float) -> float:
    """Return a count in ones: whole where it is."""
    return millionths // WHOLE if millionths % WHOLE == 0 else millionths / WHOLE
