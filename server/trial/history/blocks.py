"""Draws a whole past, month by month, as blocks of rows: nothing here knows of a database."""

import random
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from server.trial.history import journals, rows
from server.trial.history.county import OLD_SCHEME, County, Plan
from server.trial.history.journals import Journal
from server.trial.history.presses import Cell, cells, draw
from server.trial.history.rollup_rows import Rollups
from server.trial.history.truth import Truth

Block = tuple[str, tuple[str, ...], list[tuple[Any, ...]]]  # table, columns, rows
MONTH = ""  # in place of a table: a month is complete, and its only row says which, and how many responses there are


def blocks(plan: Plan, truth: Path) -> Iterator[Block]:
    """Yield all rows of responses, answers, rollups and journals; write at the end what is true."""
    past = Past(County(plan))
    written = 0
    for month, of_month in groupby(shared(past.county), key=lambda each: each[0].month):
        past.counted.begin()
        for cell, count in of_month:
            yield from past.record(cell, count)
            written += count
        yield from past.counted.appended()
        yield MONTH, (), [(month, written)]
    yield from past.end()
    past.truth.write(truth, past.county, past.journals.values())


class Past:
    """A past that is being drawn."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.truth = Truth()
        self.counted = Rollups()
        self.journals = {device.device_id: Journal(device, county.plan) for device in county.devices}
        self.next_id = 1

    def record(self, cell: Cell, count: int) -> Iterator[Block]:
        """Draw the responses of a cell."""
        if not count:
            return
        chance = random.Random(f"{self.county.plan.seed} {cell.device.device_id} {cell.month} {cell.stretch.since}")
        journal = self.journals[cell.device.device_id]
        lost = journal.mishaps(chance)
        drawn = draw(chance, cell, count)
        survey = f"{cell.device.form}@{1 if cell.stretch.scheme == OLD_SCHEME else 2}"
        recorder = rows.Recorder(drawn, journal, survey, self.next_id)
        written = recorder.responses()
        first_ms = drawn.presses[0][0] * 1000
        written += [rows.lost(journal, seq, self.next_id + len(written), first_ms) for seq in lost]
        self.next_id += len(written)
        self.truth.note(drawn, survey)
        self.counted.add(drawn, survey)
        yield "responses", rows.COLUMNS, written
        yield "answers", rows.ANSWER_COLUMNS, list(recorder.answers())

    def end(self) -> Iterator[Block]:
        """Return what is known of the journals in the end."""
        chance = random.Random(f"{self.county.plan.seed} end")
        for journal in self.journals.values():
            journal.finish(chance)
        for table, columns in journals.COLUMNS.items():
            yield table, columns, [row for journal in self.journals.values() for row in journal.rows()[table]]


def shared(county: County) -> Iterator[tuple[Cell, int]]:
    """Yield each cell with its share of the responses; the shares add up to what was asked for."""
    all_cells = list(cells(county))
    total = sum(cell.weight for cell in all_cells)
    so_far, given = 0.0, 0
    for cell in all_cells:
        so_far += cell.weight
        upto = round(county.plan.responses * so_far / total)
        yield cell, upto - given
        given = upto
