"""Imports units and service points from CSV files, all rows or none; what is stored already is brought up to date."""

from collections.abc import Callable

from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import OF_UNIT, UNSAID, changing, note
from broker_bridge.database.moving import moving
from broker_bridge.database.names import a_code, a_time_zone, names_json
from broker_bridge.database.rows import existing, find, insert
from broker_bridge.database.service_points import belongs
from broker_bridge.database.spreadsheets import Line, lines, refuse_repeats

Row = dict[str, str]


def import_units(connection: Connection, content: bytes) -> dict[str, int]:
    """Import units from the columns code, name_fi (and other languages) and time_zone, which may be empty.

    Returns how many rows were `imported`, `new` and `changed`; raises Invalid naming row and column.
    """
    return import_rows(connection, content, ("code", "name_fi"), unit)


def import_service_points(connection: Connection, content: bytes) -> dict[str, int]:
    """Import service points from the columns code, unit and name_fi (and other languages).

    Returns how many rows were `imported`, `new` and `changed`; raises Invalid, or Conflict when a stored point belongs
    to another unit.
    """
    return import_rows(connection, content, ("code", "unit", "name_fi"), service_point)


def import_rows(
    connection: Connection, content: bytes, required: tuple[str, ...], take: Callable[[Connection, Line], str]
) -> dict[str, int]:
    """Take every row of a file in one transaction."""
    found = lines(content, required)
    refuse_repeats(found, "code")
    done = []
    with changing(connection):
        for line in found:
            with line.blamed():
                done.append(take(connection, line))
    return {"imported": len(done), "new": done.count("new"), "changed": done.count("changed")}


def unit(connection: Connection, line: Line) -> str:
    """Take one unit; return `new`, `changed` or `same`."""
    time_zone = a_time_zone("time_zone", line["time_zone"] or DEFAULT_TIME_ZONE)
    row = named(line) | {"time_zone": time_zone}
    old = find(connection, "units", {"code": row["code"]})
    if old is None or old["time_zone"] == time_zone:
        return put(connection, "units", row)
    # Other days and hours for all that was ever answered there.
    of_unit = f"responses.unit = :unit AND responses.device_id IN ({OF_UNIT})"
    with moving(connection, of_unit, {"unit": row["code"]}) as count:
        done = put(connection, "units", row)
    note(connection, UNSAID, "time_zone", {"unit": row["code"], "time_zone": time_zone}, count)
    return done


def service_point(connection: Connection, line: Line) -> str:
    """Take one service point; return `new`, `changed` or `same`."""
    existing(connection, "units", "code", line["unit"], "unit")
    done = put(connection, "service_points", named(line))
    belongs(connection, line["code"], line["unit"])
    return done


def named(line: Line) -> Row:
    """Return the columns that every row has: a code, and names."""
    return {"code": a_code("code", line["code"]), "names": names_json("name", line.names())}


def put(connection: Connection, table: str, row: Row) -> str:
    """Insert a row, or bring the stored one of its code up to date; return `new`, `changed` or `same`."""
    old = find(connection, table, {"code": row["code"]})
    if old is None:
        insert(connection, table, row)
        return "new"
    if all(old[column] == value for column, value in row.items()):
        return "same"
    changes = ", ".join(f"{column} = :{column}" for column in row)
    connection.execute(f"UPDATE {table} SET {changes} WHERE code = :code", row)
    return "changed"
