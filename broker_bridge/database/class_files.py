"""Reads lists of service classes: a table in CSV or Excel, or the JSON of the national code service."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from broker_bridge.database.invalid import Invalid
from broker_bridge.database.names import a_code, names_json
from broker_bridge.database.spreadsheets import Line, check_size, lines, refuse_repeats, text_of

FIRST_YEAR = "first_fiscal_year_seen"
LAST_YEAR = "last_fiscal_year_seen_in_kunta_list"
LAST_DAY = "last_day"
REQUIRED = ("code", "name_fi")
# What the national code service calls our columns in its own tables.
OTHER_NAMES = {
    "codevalue": "code",
    "broader": "parent_code",
    "status": "status",
    "startdate": "valid_from",
    "enddate": LAST_DAY,
} | {f"preflabel_{language}": f"name_{language}" for language in ("fi", "sv", "en")}
CODE = "[0-9]{4}"
EXACT, COARSE = "exact", "coarse"
LEVELS = (EXACT, COARSE)
DRAFTS = ("DRAFT", "INCOMPLETE", "INVALID", "SUBMITTED", "SUGGESTED")  # of the code service: not in force, or never


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


def read(scheme: str, content: bytes, source: str) -> list[ServiceClass]:
    """Return the classes of a list; raise Invalid naming row, column, value and what is allowed.

    Drafts of the code service are left out. Of a file without levels, codes that end in 0 are coarse.
    """
    a_code("scheme", scheme)
    found = [line for line in table(content) if line["status"].upper() not in DRAFTS]
    if not found:
        raise Invalid("file", "no rows", "a header and at least one class")
    refuse_repeats(found, "code")
    return [service_class(line, scheme, source) for line in found]


def table(content: bytes) -> list[Line]:
    """Return the rows of a list, whichever kind of file it is."""
    check_size(content)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return list(codes(text_of(content)))
    return lines(content, REQUIRED, OTHER_NAMES)


def codes(text: str) -> Iterator[Line]:
    """Yield the codes of the code service's JSON, numbered as rows of a table would be."""
    try:
        given = json.loads(text)
    except ValueError as mistake:
        raise Invalid("file", str(mistake), "JSON") from mistake
    given = given.get("results") if isinstance(given, Mapping) else given
    if not isinstance(given, list) or not all(isinstance(each, Mapping) for each in given):
        raise Invalid("file", type(given).__name__, "a list of codes, or an object with such a list as results")
    for number, each in enumerate(given, start=2):
        yield Line(number, cells(each))


def cells(code: Mapping[str, Any]) -> dict[str, str]:
    """Return one code of the code service as the cells of a row."""
    labels = code.get("prefLabel")
    flat = {key: value for key, value in code.items() if isinstance(value, str | int)}
    flat |= {f"name_{language}": label for language, label in labels.items()} if isinstance(labels, Mapping) else {}
    return {OTHER_NAMES.get(key.lower(), key): str(value).strip() for key, value in flat.items()}


def service_class(line: Line, scheme: str, source: str) -> ServiceClass:
    """Return the class of one row; raise Invalid for the first cell that is wrong."""
    if not re.fullmatch(CODE, line["code"]):
        raise line.invalid("code", "four digits")
    if not re.fullmatch(f"({CODE})?", line["parent_code"]):
        raise line.invalid("parent_code", "four digits, or nothing")
    if not line["name_fi"]:
        raise line.invalid("name_fi", "a name")
    if line["level"] not in ("", *LEVELS):
        raise line.invalid("level", " or ".join(LEVELS))
    level = line["level"] or (COARSE if line["code"].endswith("0") else EXACT)
    valid_from = day_of(line, "valid_from") or first_day(line, FIRST_YEAR, 0)
    valid_to = day_of(line, "valid_to") or day_after(line) or first_day(line, LAST_YEAR, 1)
    if valid_from and valid_to and valid_to <= valid_from:
        column = next(name for name in ("valid_to", LAST_DAY, LAST_YEAR) if line[name])
        raise line.invalid(column, f"an end after the beginning, {valid_from}")
    with line.blamed():
        names = names_json("name", line.names())
    parent = line["parent_code"] or None
    return ServiceClass(scheme, line["code"], names, level, parent, valid_from, valid_to, source)


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


def day_after(line: Line) -> str | None:
    """Return the day after a class's last one; None when the cell is empty."""
    last = day_of(line, LAST_DAY)
    return (date.fromisoformat(last) + timedelta(days=1)).isoformat() if last else None
