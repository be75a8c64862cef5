"""The rules: each looks at the presses of one device, and says of which ones it doubts that they are opinions.

A rule that changes gets a new number. A verdict names the one that it is from, so that an old report can be told from a
new one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from server.labels.hours import Hours
from server.labels.presses import Press, dated, runs

BURST, MASH, STAFF, CLOSED = "burst/1", "mash/1", "staff/1", "closed/1"


@dataclass(frozen=True)
class Limits:
    """Where the rules draw their lines; `scaled` ones show how much depends on that."""

    burst_gap_ms: int = 3000
    burst_presses: int = 5
    mash_gap_ms: int = 2000
    mash_presses: int = 4
    mash_buttons: int = 3
    staff_gap_ms: int = 60_000
    staff_chance: float = 0.001
    closed_margin_ms: int = 900_000

    def scaled(self, factor: float) -> "Limits":
        """Return limits that label more presses (a factor above one) or fewer."""
        return Limits(
            round(self.burst_gap_ms * factor),
            max(2, round(self.burst_presses / factor)),
            round(self.mash_gap_ms * factor),
            max(3, round(self.mash_presses / factor)),
            self.mash_buttons,
            round(self.staff_gap_ms * factor),
            self.staff_chance * factor,
            round(self.closed_margin_ms / factor),
        )


@dataclass(frozen=True)
class Verdict:
    """A doubt about one response: the rule with its version, and what it saw."""

    response: int
    rule: str
    reason: Mapping[str, int] = field(default_factory=dict)


def bursts(presses: Iterable[Press], limits: Limits) -> Iterator[Verdict]:
    """Doubt all but the first of a run that is faster than a queue can be: the first may be a visitor."""
    for run in runs(dated(presses), limits.burst_gap_ms):
        if len(run) >= limits.burst_presses:
            yield from (Verdict(press.response, BURST, seen(run)) for press in run[1:])


def mashes(presses: Iterable[Press], limits: Limits) -> Iterator[Verdict]:
    """Doubt all of a fast run over several buttons, as children play: none of them says what was meant."""
    for run in runs(dated(presses), limits.mash_gap_ms):
        buttons = len({press.value for press in run})
        if len(run) >= limits.mash_presses and buttons >= limits.mash_buttons:
            yield from (Verdict(press.response, MASH, seen(run) | {"buttons": buttons}) for press in run)


def staff(presses: Iterable[Press], limits: Limits) -> Iterator[Verdict]:
    """Doubt a streak of one value, press upon press, that visitors of this device would hardly ever make.

    A streak of k comes by chance at most n * p^k times among n presses, p being the share of the value on the device
    with one press of each kind added: Boole's inequality. The streak itself raises p, which errs on the side of the
    visitors.
    """
    known = dated(presses)
    values = [press.value for press in known]
    for run in runs(known, limits.staff_gap_ms):
        for value, same in groupby(run, key=lambda press: press.value):
            streak = list(same)
            share = (values.count(value) + 1) / (len(values) + 2)
            if len(values) * share ** len(streak) < limits.staff_chance:
                yield from (Verdict(press.response, STAFF, seen(streak)) for press in streak)


def outside(presses: Iterable[Press], limits: Limits, hours: Hours) -> Iterator[Verdict]:
    """Doubt what can only have been pressed while the point was closed; a press that may have been in time is none."""
    for press in presses:
        if not hours.is_open(press.earliest_ms, press.latest_ms, limits.closed_margin_ms):
            yield Verdict(press.response, CLOSED)


def seen(run: Sequence[Press]) -> dict[str, int]:
    """Return how many presses there were, and within how many seconds."""
    return {"presses": len(run), "seconds": -(-(run[-1].latest_ms - run[0].latest_ms) // 1000)}


def verdicts(presses: Sequence[Press], hours: Hours | None = None, limits: Limits = Limits()) -> list[Verdict]:
    """Return what all rules say of one device's presses; of unknown opening hours nothing is said."""
    found = [*bursts(presses, limits), *mashes(presses, limits), *staff(presses, limits)]
    return found if hours is None else [*found, *outside(presses, limits, hours)]
