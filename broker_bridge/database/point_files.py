"""Imports service points from tables, all rows or none; what is stored already is brought up to date."""

from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import changing
from broker_bridge.database.names import a_code, names_json
from broker_bridge.database.rows import existing, put
from broker_bridge.database.service_points import belongs
from broker_bridge.database.spreadsheets import Line, lines, refuse_repeats


def import_service_points(connection: Connection, content: bytes) -> dict[str, int]:
    """Import service points from the columns code, unit and name_fi (and other languages).

    Returns how many rows were `imported`, `new` and `changed`; raises Invalid, or Conflict when a stored point belongs
    to another unit.
    """
    found = lines(content, ("code", "unit", "name_fi"))
    refuse_repeats(found, "code")
    with changing(connection):
        done = [taken(connection, line) for line in found]
    return {"imported": len(done), "new": done.count("new"), "changed": done.count("changed")}


def taken(connection: Connection, line: Line) -> str:
    """Take one row; return `new`, `changed` or `same`. Mistakes name the row."""
    with line.blamed():
        existing(connection, "units", "code", line["unit"], "unit")
        point = {"code": a_code("code", line["code"]), "names": names_json("name", line.names())}
        done = put(connection, "service_points", ("code",), point)
        belongs(connection, line["code"], line["unit"])
    return done
