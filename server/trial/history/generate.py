"""Makes a past up: draws it cell by cell, writes it month by month, and keeps account of what is true."""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from broker_bridge.database.connect import Connection, is_file, path_of, transaction
from broker_bridge.database.migrate import open_database
from server.trial.history import rows, tables
from server.trial.history.county import OLD_SCHEME, County, Plan
from server.trial.history.journals import Journal
from server.trial.history.presses import Cell, cells, draw
from server.trial.history.rollup_rows import Rollups
from server.trial.history.truth import Truth

BYTES_A_RESPONSE = 520  # with its answers, indexes and rollups, and room for the log
SMALLEST_BYTES = 100_000_000

Say = Callable[[str], None]


class NoRoom(OSError):
    """The disk has not enough room; nothing was written."""


@dataclass
class Making:
    """A past that is being made."""

    connection: Connection
    county: County
    truth: Truth
    counted: Rollups
    journals: dict[str, Journal]
    next_id: int = 1

    def record(self, cell: Cell, count: int) -> None:
        """Draw the responses of a cell and write them."""
        chance = random.Random(f"{self.county.plan.seed} {cell.device.device_id} {cell.month} {cell.stretch.since}")
        journal = self.journals[cell.device.device_id]
        lost_before = len(journal.lost)
        journal.mishaps(chance)
        drawn = draw(chance, cell, count)
        survey = f"{cell.device.form}@{1 if cell.stretch.scheme == OLD_SCHEME else 2}"
        recorder = rows.Recorder(drawn, journal, survey, self.next_id)
        written = recorder.responses()
        first_ms = written[0][10] if written else 0
        written += [
            rows.lost(journal, seq, self.next_id + len(written), first_ms) for seq in journal.lost[lost_before:]
        ]
        self.connection.append("responses", rows.COLUMNS, written)
        self.connection.append("answers", rows.ANSWER_COLUMNS, list(recorder.answers()))
        self.next_id += len(written)
        self.truth.note(drawn)
        self.counted.add(drawn, survey)


def generate(url: str, plan: Plan, truth: Path, say: Say) -> dict[str, Any]:
    """Write a past into an empty database, and what is true of it into a file; return how much there is.

    Raises NotEmpty, and NoRoom before anything is written.
    """
    check_room(url, plan)
    begun = time.monotonic()
    county = County(plan)
    connection = open_database(url)
    try:
        tables.refuse_unless_empty(connection)
        tables.registry(connection, county)
        journals = {device.device_id: Journal(device, plan) for device in county.devices}
        making = Making(connection, county, Truth(), Rollups(), journals)
        with tables.quickly(connection):
            months(making, say)
            finish(making)
        making.truth.write(truth, county, journals.values())
    finally:
        connection.close()
    seconds = time.monotonic() - begun
    return {
        "responses": plan.responses,
        "units": len(county.units),
        "devices": len(county.devices),
        "seconds": round(seconds, 1),
        "responses_per_s": round(plan.responses / seconds),
        "truth": str(truth),
    }


def months(making: Making, say: Say) -> None:
    """Write every month in a transaction of its own, and say how far we are."""
    begun, written = time.monotonic(), 0
    for month, of_month in groupby(shared(making.county), key=lambda each: each[0].month):
        making.counted.begin()
        with transaction(making.connection):
            for cell, count in of_month:
                if count:
                    making.record(cell, count)
                written += count
            tables.rollups(making.connection, making.counted)
        rate = written / (time.monotonic() - begun)
        of = making.county.plan.responses
        say(f"{month // 100}-{month % 100:02}: {written:,} of {of:,} responses, {rate:,.0f} a second")


def shared(county: County) -> Iterator[tuple[Cell, int]]:
    """Yield each cell with its share of the responses; the shares add up to what was asked for."""
    total = sum(cell.weight for cell in cells(county))
    so_far, given = 0.0, 0
    for cell in cells(county):
        so_far += cell.weight
        upto = round(county.plan.responses * so_far / total)
        yield cell, upto - given
        given = upto


def finish(making: Making) -> None:
    """Write the journals."""
    chance = random.Random(f"{making.county.plan.seed} end")
    for journal in making.journals.values():
        journal.finish(chance)
    with transaction(making.connection):
        tables.journals(making.connection, making.journals.values())
    tables.number_on(making.connection)


def check_room(url: str, plan: Plan) -> None:
    """Raise NoRoom when a database file of that size would fill the disk; a server has its own."""
    if not is_file(url):
        return
    folder = path_of(url).resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    needed, free = SMALLEST_BYTES + BYTES_A_RESPONSE * plan.responses, shutil.disk_usage(folder).free
    if needed > free:
        raise NoRoom(f"{plan.responses:,} responses need {needed / 1e9:.1f} GB; {folder} has {free / 1e9:.1f} GB free")
