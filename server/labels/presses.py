"""A press as the rules see it, and runs of presses that follow each other closely."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Press:
    """A response on one device: its id, the earliest and the latest moment that it can have, and its value."""

    response: int
    earliest_ms: int
    latest_ms: int
    value: int

    @property
    def is_dated(self) -> bool:
        """Tell whether its moment is known; one that is only bounded is near to nothing."""
        return self.earliest_ms == self.latest_ms


def dated(presses: Iterable[Press]) -> list[Press]:
    """Return the presses whose moment is known, in the order of time."""
    return sorted((one for one in presses if one.is_dated), key=lambda one: (one.latest_ms, one.response))


def runs(presses: Iterable[Press], gap_ms: int) -> Iterator[list[Press]]:
    """Yield runs in which each press comes at most a gap after the one before; single presses are runs too."""
    run: list[Press] = []
    for press in presses:
        if run and press.latest_ms - run[-1].latest_ms > gap_ms:
            yield run
            run = []
        run.append(press)
    if run:
        yield run
