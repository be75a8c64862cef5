"""Service classes: imported as a whole list, and doubts about linking one to a unit."""

import json
from dataclasses import asdict
from typing import Any

from broker_bridge.database.class_files import COARSE, ServiceClass, read
from broker_bridge.database.connect import Connection, transaction
from broker_bridge.database.invalid import Unknown
from broker_bridge.database.ranges import Range, of_days
from broker_bridge.database.rows import find, insert


def import_service_classes(connection: Connection, scheme: str, content: bytes, source: str = "file") -> dict[str, int]:
    """Import the file of a list; return how many rows were `imported`, `new`, `changed`, and how many are `coarse`.

    All or nothing: raises Invalid naming row, column, value and what is allowed. Classes of the scheme that the file
    does not have stay as they are, because responses may be linked to them.
    """
    classes = read(scheme, content, source)
    with transaction(connection):
        done = [stored(connection, each) for each in classes]
    return {
        "imported": len(classes),
        "new": done.count("new"),
        "changed": done.count("changed"),
        "coarse": sum(each.level == COARSE for each in classes),
    }


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
    if not of_days(row["valid_from"], row["valid_to"], time_zone).encloses(valid):
        listed = f"{row['valid_from'] or 'since ever'} to {row['valid_to'] or 'open end'}"
        found.append(f"{code} is listed in {scheme} from {listed}, which does not hold all of {valid}")
    return found


def schemes(connection: Connection) -> str:
    """Return the imported schemes as words."""
    rows = connection.execute("SELECT DISTINCT scheme FROM service_classes ORDER BY scheme").fetchall()
    return ", ".join(row["scheme"] for row in rows) or "there is none"
