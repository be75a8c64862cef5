"""A fleet from its county to its reckoning, for the person who typed `hymio simulate`."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from server.trial.fleet.judgement import figures, untrue
from server.trial.fleet.run import Plan, Say, simulated
from server.trial.fleet.storm import said
from server.trial.reckoning import Reckoning, read_journals, read_rows, reckon
from server.trial.unstartable import Unstartable


@dataclass
class Account:
    """What came of a fleet: its figures, what does not hold of them, and every press against the database."""

    measured: dict[str, Any]
    untrue: list[str]
    reckoning: Reckoning

    @property
    def figures(self) -> dict[str, Any]:
        """Return the account in numbers, for programs."""
        reckoned = self.reckoning.figures()
        return self.measured | {name: reckoned[name] for name in ("lost", "doubled", "unpressed")}

    @property
    def holds(self) -> bool:
        """Tell whether every press arrived once, and every figure is within its bound."""
        return self.reckoning.holds() and not self.untrue

    def table(self) -> str:
        """Return the account for people."""
        rows = [f"  {name.replace('_', ' '):<22}{value:>10,}" for name, value in self.measured.items()]
        wrong = [f"It is not so that {each}." for each in self.untrue]
        return "\n".join([*rows, self.reckoning.table(), *wrong])


def simulate(plan: Plan, data: Path | None, say: Say) -> Account:
    """Run a fleet in an empty folder, a temporary one unless given, and reckon."""
    with ExitStack() as stack:
        folder = data or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hymio-fleet-")))
        if (folder / "hymio.db").exists():
            raise Unstartable(f"{folder} has a database already; choose an empty folder with --data.")
        found = simulated(plan, folder, say)
        database = str(folder / "hymio.db")
        reckoning = reckon(said(sorted(folder.glob("boxes/*/log.jsonl"))), read_rows(database), read_journals(database))
        reckoning.drained = found.drained
    return Account(figures(plan, found), untrue(plan, found), reckoning)
