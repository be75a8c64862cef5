"""Makes a past up: one process draws it, this one writes it month by month."""

import shutil
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from broker_bridge.database.connect import Connection, is_file, path_of
from broker_bridge.database.local_times import shown_month
from broker_bridge.database.migrate import open_database
from server.trial.history import tables
from server.trial.history.apart import apart
from server.trial.history.blocks import MONTH, Block, blocks
from server.trial.history.county import County, Plan

BYTES_A_RESPONSE = 520  # with its answers, indexes and rollups, and room for the log
SMALLEST_BYTES = 100_000_000

Say = Callable[[str], None]


class NoRoom(OSError):
    """The disk has not enough room; nothing was written."""


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
        with tables.quickly(connection):
            write(connection, apart(blocks, plan, truth), plan, say)
            tables.number_on(connection)
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


def write(connection: Connection, drawn: Iterable[Block], plan: Plan, say: Say) -> None:
    """Write blocks, each month in a transaction of its own, and say how far we are."""
    begun = time.monotonic()
    connection.begin()
    for table, columns, rows in drawn:
        if table == MONTH:
            connection.execute("COMMIT")
            ((month, done),) = rows
            rate = done / (time.monotonic() - begun)
            say(f"{shown_month(month)}: {done:,} of {plan.responses:,} responses, {rate:,.0f} a second")
            connection.begin()
        else:
            connection.append(table, columns, rows)
    connection.execute("COMMIT")


def check_room(url: str, plan: Plan) -> None:
    """Raise NoRoom when a database file of that size would fill the disk; a server has its own."""
    if not is_file(url):
        return
    folder = path_of(url).resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    needed, free = SMALLEST_BYTES + BYTES_A_RESPONSE * plan.responses, shutil.disk_usage(folder).free
    if needed > free:
        raise NoRoom(f"{plan.responses:,} responses need {needed / 1e9:.1f} GB; {folder} has {free / 1e9:.1f} GB free")
