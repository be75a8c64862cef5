"""Service classes: imported as a whole list, and doubts about linking one to a unit."""

import json
import re
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from broker_bridge.database.connect import Connection, Row, transaction
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.names import a_code, names_json
from broker_bridge.database.ranges import SINCE_EVER_MS, Range, day_start_ms
from broker_bridge.database.rows import find, insert
from broker_bridge.database.spreadsheets import Line, lines, refuse_repeats

FIRST_YEAR = "first_fiscal_year_seen"
LAST_YEAR = "last_fiscal_year_seen_in_kunta_list"
REQUIRED = ("code", "name_fi", "level", "parent_code", FIRST_YEAR, LAST_YEAR)
CODE = "[0-9]{4}"
COARSE = "coarse"
LEVELS = ("exact", COARSE)


@dataclass(frozen=True)
class ServiceClass:
    """A row of `service_classes`; validity is half-open, in local days, and None is an open end."""

    scheme: str
    code: str
    names: str
    level: str
    parent: str | None
    valid_from: str | None
    valid_to: str | None
    source: str


def import_service_classes(connection: Connection, scheme: str, content: bytes, source: str = "file") -> dict[str, int]:
    """Import the CSV of a list; return how many rows were `imported`, `new`, `changed`, and how many are `coarse`.

    All or nothing: raises Invalid naming row, column, value and what is allowed. Classes of the scheme that the file
    does not have stay as they are, because responses may be linked to them.
    """
    a_code("scheme", scheme)
    found = lines(content, REQUIRED)
    if not found:
        raise Invalid("file", "no rows", "a header and at least one class")
    refuse_repeats(found, "code")
    classes = [service_class(line, scheme, source) for line in found]
    with transaction(connection):
        done = [stored(connection, each) for each in classes]
    return {
        "imported": len(classes),
        "new": done.count("new"),
        "changed": done.count("changed"),
        "coarse": sum(each.level == COARSE for each in classes),
    }


def service_class(line: Line, scheme: str, source: str) -> ServiceClass:
    """Return the class of one row; raise Invalid for the first cell that is wrong."""
    if not re.fullmatch(CODE, line["code"]):
        raise line.invalid("code", "four digits")
    if not re.fullmatch(f"({CODE})?", line["parent_code"]):
        raise line.invalid("parent_code", "four digits, or nothing")
    if not line["name_fi"]:
        raise line.invalid("name_fi", "a name")
    if line["level"] not in LEVELS:
        raise line.invalid("level", " or ".join(LEVELS))
    valid_from = day_of(line, "valid_from") or first_day(line, FIRST_YEAR, 0)
    valid_to = day_of(line, "valid_to") or first_day(line, LAST_YEAR, 1)
    if valid_from and valid_to and valid_to <= valid_from:
        column = "valid_to" if line["valid_to"] else LAST_YEAR
        raise line.invalid(column, f"an end after the beginning, {valid_from}")
    with line.blamed():
        names = names_json("name", line.names())
    parent = line["parent_code"] or None
    return ServiceClass(scheme, line["code"], names, line["level"], parent, valid_from, valid_to, source)


def first_day(line: Line, column: str, years_later: int) -> str | None:
    """Return 1 January of a fiscal year, or of one after it; None when the cell is empty."""
    if not line[column]:
        return None
    if not re.fullmatch("(19|20)[0-9]{2}", line[column]):
        raise line.invalid(column, "a year such as 2022, or nothing")
    return f"{int(line[column]) + years_later}-01-01"


def day_of(line: Line, column: str) -> str | None:
    """Return a day as it stands in a cell; None when the cell is empty."""
    if not line[column]:
        return None
    try:
        return date.fromisoformat(line[column]).isoformat()
    except ValueError as mistake:
        raise line.invalid(column, "a day such as 2026-01-01, or nothing") from mistake


def stored(connection: Connection, new: ServiceClass) -> str:
    """Store a class; return `new`, `changed` or `same`."""
    old = find(connection, "service_classes", {"scheme": new.scheme, "code": new.code})
    row = asdict(new)
    if old is None:
        insert(connection, "service_classes", row)
        return "new"
    if all(old[column] == value for column, value in row.items() if column != "source"):
        return "same"
    connection.execute(
        """UPDATE service_classes SET names = :names, level = :level, parent = :parent, valid_from = :valid_from,
                  valid_to = :valid_to, source = :source
           WHERE scheme = :scheme AND code = :code""",
        row,
    )
    return "changed"


def service_classes(connection: Connection, scheme: str | None = None) -> list[dict[str, Any]]:
    """Return the classes of one scheme or of all, by scheme and code, their names by language."""
    rows = connection.execute(
        """SELECT * FROM service_classes WHERE CAST(:scheme AS TEXT) IS NULL OR scheme = :scheme
           ORDER BY scheme, code""",
        {"scheme": scheme},
    )
    return [{**dict(row), "names": json.loads(row["names"])} for row in rows]


def doubts(connection: Connection, scheme: str, code: str, valid: Range, time_zone: str) -> list[str]:
    """Return what a person should look at again before linking a class; raise Unknown when there is no such class."""
    row = find(connection, "service_classes", {"scheme": scheme, "code": code})
    if row is None:
        raise Unknown("code", f"{scheme} {code}", "a class of an imported scheme: " + schemes(connection))
    found = []
    if row["level"] == COARSE:
        found.append(f"{code} is a coarse class, for purchased services only; a unit that provides needs an exact one")
    if not validity(row, time_zone).encloses(valid):
        listed = f"{row['valid_from'] or 'since ever'} to {row['valid_to'] or 'open end'}"
        found.append(f"{code} is listed in {scheme} from {listed}, which does not hold all of {valid}")
    return found


def validity(row: Row, time_zone: str) -> Range:
    """Return the moments at which a class is listed, its local days taken in the given time zone."""
    from_ms = day_start_ms(row["valid_from"], time_zone) if row["valid_from"] else SINCE_EVER_MS
    return Range(from_ms, day_start_ms(row["valid_to"], time_zone) if row["valid_to"] else None)


def schemes(connection: Connection) -> str:
    """Return the imported schemes as words."""
    rows = connection.execute("SELECT DISTINCT scheme FROM service_classes ORDER BY scheme").fetchall()
    return ", ".join(row["scheme"] for row in rows) or "there is none"
