"""CSV in two dialects: one that Excel opens right on a Finnish or Swedish computer, and a plain one for programs."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from server.exports.columns import BOOLEAN, MOMENT, NUMBER, TEXT, Column, Row, checked

BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What makes Excel take a text for a formula; the wide forms count in some of its languages.
WIDE_SIGNS = "\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}"
FORMULA_SIGNS = (*"=+-@\t\r\n", *WIDE_SIGNS)
LINES_AT_A_TIME = 500
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Dialect:
    """How a file looks: its beginning, the sign between columns, and how values are written."""

    beginning: str
    separator: str
    written: Callable[[str, Any], str]


def finnish(time_zone: str) -> Dialect:
    """Return the dialect of Excel in Finnish and Swedish, with moments on the wall clock of a time zone.

    A text that Excel would reckon out is given an apostrophe in front: somebody may write =HYPERLINK(...) into a field.
    """
    zone = ZoneInfo(time_zone)

    def written(kind: str, value: Any) -> str:
        if kind == NUMBER:
            return number(value).replace(".", ",")
        if kind == MOMENT:
            return f"{moment(value).astimezone(zone):%d.%m.%Y %H:%M:%S}"
        if kind == TEXT:
            return neutral(value)
        return plainly(kind, value)

    return Dialect(BYTE_ORDER_MARK, ";", written)


def plainly(kind: str, value: Any) -> str:
    """Return a value as programs read it: a decimal point, moments in UTC, texts as they are."""
    if kind == MOMENT:
        return moment(value).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if kind == BOOLEAN:
        return "true" if value else "false"
    return number(value) if kind == NUMBER else str(value)


PLAIN = Dialect("", ",", plainly)


def delimited(columns: Sequence[Column], rows: Iterable[Row], dialect: Dialect = PLAIN) -> Iterator[bytes]:
    """Yield a CSV file in UTF-8 (RFC 4180) in pieces, the header first; a missing value is empty."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=dialect.separator, lineterminator="\r\n")
    buffer.write(dialect.beginning)
    writer.writerow([column.name for column in columns])
    for count, row in enumerate(checked(columns, rows), 1):
        writer.writerow([cell(dialect, column.kind, row.get(column.name)) for column in columns])
        if count % LINES_AT_A_TIME == 0:
            yield taken(buffer)
    yield taken(buffer)


def cell(dialect: Dialect, kind: str, value: Any) -> str:
    """Return what stands in a cell."""
    return "" if value is None else dialect.written(kind, value)


def taken(buffer: io.StringIO) -> bytes:
    """Return what a buffer holds, and empty it."""
    content = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return content


def neutral(text: str) -> str:
    """Return a text that a spreadsheet takes for one."""
    return f"'{text}" if text.lstrip(" \N{NO-BREAK SPACE}").startswith(FORMULA_SIGNS) else text


def number(value: float) -> str:
    """Return a number without an exponent, as short as it can be said exactly."""
    return format(Decimal(repr(value)), "f")


def moment(at_ms: int) -> datetime:
    """Return a moment; whole milliseconds, without the rounding of floats."""
    return EPOCH + timedelta(milliseconds=at_ms)
