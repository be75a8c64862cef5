"""How many people were asked, by month and unit: visits or texts sent; imported, since devices cannot know."""

import re
from collections.abc import Sequence
from typing import Any

from broker_bridge.database import rows
from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.invalid import Invalid
from broker_bridge.database.local_times import read_month
from broker_bridge.database.responses import CHANNELS
from broker_bridge.database.rows import existing, find
from broker_bridge.database.spreadsheets import Line, lines

KEY = ("month", "unit", "scheme", "service_class", "channel")
REQUIRED = ("month", "unit", "asked")
LONGEST_NUMBER = 9  # digits


def import_people_asked(connection: Connection, content: bytes) -> dict[str, int]:
    """Import the columns month (2026-11), unit, asked, and optionally scheme with service_class, and channel.

    All rows or none; a row of the same month, unit, class and channel replaces the stored one. Returns how many were
    `imported` and `new`; raises Invalid or Unknown naming row and column.
    """
    found = lines(content, REQUIRED)
    if not found:
        raise Invalid("file", "no rows", "a header and at least one month")
    with transaction(connection):
        new = [put(connection, line) for line in found]
        refuse_repeats(found)
    return {"imported": len(new), "new": sum(new)}


def refuse_repeats(found: Sequence[Line]) -> None:
    """Raise Invalid when two rows say how many were asked of the same: the first number would be lost."""
    first: dict[tuple[str, ...], int] = {}
    for line in found:
        key = tuple(line[name] for name in KEY)
        if key in first:
            raise line.invalid("month", f"each month, unit, class and channel once; row {first[key]} has these already")
        first[key] = line.number


def put(connection: Connection, line: Line) -> bool:
    """Store one row; tell whether it is new. Mistakes name the row."""
    with line.blamed():
        return rows.put(connection, "people_asked", KEY, checked(connection, line)) == "new"


def checked(connection: Connection, line: Line) -> dict[str, Any]:
    """Return a row as it is stored."""
    month = read_month("month", line["month"])
    if not re.fullmatch(f"[0-9]{{1,{LONGEST_NUMBER}}}", line["asked"]):
        raise Invalid("asked", line["asked"], "a whole number of people")
    existing(connection, "units", "code", line["unit"], "unit")
    if line["service_class"]:
        of_class = {"scheme": line["scheme"], "code": line["service_class"]}
        if find(connection, "service_classes", of_class) is None:
            raise Invalid("service_class", line["service_class"], "a class of the list in the column scheme")
    if line["channel"] not in ("", *CHANNELS):
        raise Invalid("channel", line["channel"], f"one of {', '.join(CHANNELS)}, or nothing for all")
    words = {name: line[name] for name in ("unit", "scheme", "service_class", "channel")}
    return {"month": month, "n": int(line["asked"])} | words


def people_asked(connection: Connection) -> list[dict[str, Any]]:
    """Return all rows, by month and unit."""
    return [dict(row) for row in connection.execute(f"SELECT * FROM people_asked ORDER BY {', '.join(KEY)}")]
