"""Units: who provides, what the national register calls them, and which belong under which."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import OF_UNIT, UNSAID, Because, changing, note
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.moving import moving
from broker_bridge.database.names import a_code, a_time_zone, names_json
from broker_bridge.database.rows import existing, find

# Loosely: the register has other kinds of nodes than those that are documented.
OID = r"1\.2\.246\.10\.[0-9]{6,8}(\.[0-9]+)+"
LONGEST_OID = 64
BUSINESS_ID = "[0-9]{6,7}-[0-9]"

UNDER = """
WITH RECURSIVE under (code) AS (
    SELECT CAST(:unit AS TEXT)
    UNION SELECT units.code FROM units JOIN under ON units.parent = under.code)
SELECT code FROM under ORDER BY code
"""

Row = dict[str, Any]


def checked(given: Mapping[str, Any]) -> Row:
    """Return the columns of a unit that are given, each as it is stored; raise Invalid for the first that is wrong."""
    return {column: CHECKS[column](column, value) for column, value in given.items()}


def an_oid(where: str, value: str | None) -> str | None:
    """Return an OID of the register, None for none; raise Invalid for what cannot be one."""
    if value is None or (len(value) <= LONGEST_OID and re.fullmatch(OID, value)):
        return value
    raise Invalid(where, value, "an OID such as 1.2.246.10.1234567.10.1")


def a_business_id(where: str, value: str | None) -> str | None:
    """Return a business id, None for none; raise Invalid for what cannot be one."""
    if value is None or re.fullmatch(BUSINESS_ID, value):
        return value
    raise Invalid(where, value, "a business id such as 1234567-8")


def a_parent(where: str, value: str | None) -> str | None:
    """Return the code of a unit, None for none."""
    return None if value is None else a_code(where, value)


CHECKS: dict[str, Callable[[str, Any], str | None]] = {
    "code": a_code,
    "names": lambda _, names: names_json("name", names),
    "time_zone": a_time_zone,
    "oid": an_oid,
    "provider": a_business_id,
    "parent": a_parent,
}


def check_free(connection: Connection, code: str, row: Mapping[str, Any]) -> None:
    """Raise Conflict when another unit has the OID, or when the parent is below the unit; Unknown without a parent."""
    if row.get("oid"):
        other = find(connection, "units", {"oid": row["oid"]})
        if other and other["code"] != code:
            raise Conflict("oid", row["oid"], f"another OID; unit {other['code']} has this one")
    if row.get("parent"):
        if row["parent"] in under(connection, code):
            raise Conflict("parent", row["parent"], f"a unit that does not belong under {code}")
        existing(connection, "units", "code", row["parent"], "parent")


def under(connection: Connection, unit: str) -> list[str]:
    """Return the codes of a unit and of all that belong under it, however far down."""
    return [row["code"] for row in connection.execute(UNDER, {"unit": unit})]


def change(connection: Connection, code: str, given: Mapping[str, Any], because: Because = UNSAID) -> bool:
    """Change columns of a stored unit; tell whether anything is another now. Runs in a transaction of its own."""
    with changing(connection):
        existing(connection, "units", "code", code, "code")
        return put(connection, {"code": code, **checked(given)}, because)


def put(connection: Connection, row: Row, because: Because = UNSAID) -> bool:
    """Write columns of a stored unit; tell whether any differs. Runs in the caller's transaction.

    Another time zone means other days and hours for all that was ever answered there: the rollups follow.
    """
    old = find(connection, "units", {"code": row["code"]})
    if old is None or all(old[column] == value for column, value in row.items()):
        return False
    check_free(connection, row["code"], row)
    if row.get("time_zone", old["time_zone"]) == old["time_zone"]:
        update(connection, row)
        return True
    of_unit = f"responses.unit = :unit AND responses.device_id IN ({OF_UNIT})"
    with moving(connection, of_unit, {"unit": row["code"]}) as count:
        update(connection, row)
    note(connection, because, "time_zone", {"unit": row["code"], "time_zone": row["time_zone"]}, count)
    return True


def update(connection: Connection, row: Row) -> None:
    """Write columns of a row of `units`."""
    changes = ", ".join(f"{column} = :{column}" for column in row)
    connection.execute(f"UPDATE units SET {changes} WHERE code = :code", row)
