"""Imports units: tables of the organisation's own, or the national register's units in XML or as a table.

The register calls a unit by its OID. One that is not stored yet gets its OID for a code; one that is keeps its code.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from broker_bridge.database import units
from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection
from broker_bridge.database.corrections import changing
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.rows import find, insert
from broker_bridge.database.spreadsheets import Line, check_size, lines, refuse_repeats

# What the register's tables and elements call our columns.
OTHER_NAMES = {
    "id": "oid",
    "codeid": "oid",
    "conceptcodeid": "oid",
    "longname": "name_fi",
    "longname_fi": "name_fi",
    "longname_sv": "name_sv",
    "longname_en": "name_en",
    "parentid": "parent_oid",
    "y-tunnus": "provider",
    "begindate": "valid_from",
    "expirationdate": "expires",
}
ENTRY, ATTRIBUTE = "termitementry", "attribute"


def import_units(connection: Connection, content: bytes, today: date | None = None) -> dict[str, int]:
    """Import units, all rows or none; columns that a file does not have stay as they are.

    Columns: code or oid, name_fi (and other languages), time_zone, provider, parent (a code) or parent_oid. Units of
    the register that have expired by `today` are left out. Returns how many were `imported`, `new`, `changed`,
    `left_out`; raises Invalid, Unknown or Conflict naming row and column.
    """
    day = (today or date.today()).isoformat()
    found = read(content)
    valid = [line for line in found if not line["expires"] or line["expires"][:10] > day]
    refuse_repeats([line for line in valid if line["oid"]], "oid")
    with changing(connection):
        codes = {line.number: code_of(connection, line) for line in valid}
        refuse_repeats([Line(line.number, {"code": codes[line.number]}) for line in valid], "code")
        done = [taken(connection, line, codes[line.number]) for line in valid]
        moved = [below(connection, line, codes[line.number]) for line in valid]
    new = done.count("new")
    changed = sum(first != "new" and (first == "changed" or later) for first, later in zip(done, moved, strict=True))
    return {"imported": len(done), "new": new, "changed": changed, "left_out": len(found) - len(valid)}


def read(content: bytes) -> list[Line]:
    """Return the rows of a file, whichever kind it is; raise Invalid when none can be read."""
    check_size(content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return list(entries(content))
    found = lines(content, ("name_fi",), OTHER_NAMES)
    for line in found:
        if not line["code"] and not line["oid"]:
            raise line.invalid("code", "a code, or an OID in the column oid")
    return found


def entries(content: bytes) -> Iterator[Line]:
    """Yield the units of the register's XML, numbered as rows of a table would be."""
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError) as mistake:
        raise Invalid("file", str(mistake) or type(mistake).__name__, "XML as the code server exports it") from mistake
    found = [element for element in root.iter() if named(element) == ENTRY]
    if not found:
        raise Invalid("file", named(root), f"XML with at least one {ENTRY}")
    for number, element in enumerate(found, start=2):
        yield Line(number, cells(element))


def cells(entry: Element) -> dict[str, str]:
    """Return one unit of the register as the cells of a row."""
    found = {"oid": entry.get("id", ""), "expires": entry.get("expirationdate", "")}
    for attribute in entry:
        kind = (attribute.get("type") or "").lower()
        text = (attribute.text or "").strip()
        if named(attribute) == ATTRIBUTE and text:
            column = f"name_{attribute.get('language', 'fi')}" if kind == "longname" else OTHER_NAMES.get(kind)
            found |= {column: text} if column else {}
    return found


def named(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def code_of(connection: Connection, line: Line) -> str:
    """Return the code under which a row is stored, or will be."""
    if line["code"]:
        return line["code"]
    stored = find(connection, "units", {"oid": line["oid"]})
    return str(stored["code"]) if stored else line["oid"]


def taken(connection: Connection, line: Line, code: str) -> str:
    """Take one row without its parent; return `new`, `changed` or `same`. Mistakes name the row."""
    with line.blamed():
        given: dict[str, Any] = {"code": code, "names": line.names()}
        given |= {column: line[column] or None for column in ("oid", "provider") if column in line.cells}
        given |= {"time_zone": line["time_zone"] or DEFAULT_TIME_ZONE} if "time_zone" in line.cells else {}
        row = units.checked(given)
        if find(connection, "units", {"code": row["code"]}):
            return "changed" if units.put(connection, row) else "same"
        units.check_free(connection, row["code"], row)
        insert(connection, "units", {"time_zone": DEFAULT_TIME_ZONE} | row)
    return "new"


def below(connection: Connection, line: Line, code: str) -> bool:
    """Put one row below its parent, once all rows are there; tell whether it was elsewhere."""
    with line.blamed():
        if line["parent_oid"]:
            parent = find(connection, "units", {"oid": line["parent_oid"]})
            if parent is None:
                raise Unknown("parent_oid", line["parent_oid"], "the OID of a unit that is stored or in this file")
            return units.put(connection, {"code": code, "parent": parent["code"]})
        if "parent" in line.cells:
            return units.put(connection, {"code": code, "parent": line["parent"] or None})
    return False
