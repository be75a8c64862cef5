"""Reads tables as people export them, from CSV or Excel, and says which row and column is wrong."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from broker_bridge.database import excel
from broker_bridge.database.invalid import Invalid

LARGEST_FILE = 8_000_000  # bytes; a national list has some hundred rows


@dataclass(frozen=True)
class Line:
    """One row of a file, numbered as a spreadsheet numbers it; the header is row 1."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    def invalid(self, column: str, allowed: str) -> Invalid:
        """Return what is to be raised about the value in a column."""
        return Invalid(self.where(column), self[column], allowed)

    def where(self, column: str) -> str:
        """Return how errors name a cell of this row."""
        return f"row {self.number}, column {column}"

    @contextmanager
    def blamed(self) -> Iterator[None]:
        """Let what is raised about a field name this row and the column of the field."""
        try:
            yield
        except Invalid as mistake:
            column = mistake.where.replace(".", "_")
            raise type(mistake)(self.where(column), mistake.value, mistake.allowed) from mistake

    def names(self) -> dict[str, str]:
        """Return {language: name} from the columns `name_fi`, `name_sv` and so on, without the empty ones."""
        columns = [column for column in self.cells if column.startswith("name_") and self.cells[column]]
        return {column.removeprefix("name_"): self.cells[column] for column in columns}


NO_OTHER_NAMES: Mapping[str, str] = {}


def lines(content: bytes, required: Sequence[str], other_names: Mapping[str, str] = NO_OTHER_NAMES) -> list[Line]:
    """Return the rows of an Excel workbook, or of a CSV file in UTF-8 with commas or semicolons, without empty ones.

    `other_names` are what a column may also be called, in lower case, by somebody else. Raises Invalid when it is
    neither, a required column is missing, or a row has more cells than the header.
    """
    check_size(content)
    header, *rows = (excel.records(content) if excel.is_workbook(content) else records(text_of(content))) or [[]]
    columns = [other_names.get(cell.strip().lower(), cell.strip()) for cell in header]
    for column in required:
        if column not in columns:
            raise Invalid("row 1", ", ".join(columns), f"a header with the column {column}")
    for column in columns:
        if column and columns.count(column) > 1:
            raise Invalid("row 1", column, "each column once")
    return list(numbered(columns, rows))


def check_size(content: bytes) -> None:
    """Raise Invalid for a file that is too large to be a list."""
    if len(content) > LARGEST_FILE:
        raise Invalid("file", f"{len(content)} bytes", f"at most {LARGEST_FILE} bytes")


def text_of(content: bytes) -> str:
    """Return the text of a file, without the mark that Excel puts before it."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as mistake:
        line = content.count(b"\n", 0, mistake.start) + 1
        raise Invalid(f"row {line}", content[mistake.start : mistake.start + 10], "text in UTF-8") from mistake


def records(text: str) -> list[list[str]]:
    """Split the text into cells; the header tells whether commas or semicolons separate them."""
    header = text.partition("\n")[0]
    delimiter = ";" if header.count(";") > header.count(",") else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as mistake:
        raise Invalid("file", str(mistake), "a CSV file with a comma or semicolon between cells") from mistake


def numbered(columns: list[str], rows: list[list[str]]) -> Iterator[Line]:
    """Yield the rows that hold anything, with the number that a spreadsheet shows for them."""
    for number, row in enumerate(rows, start=2):
        if any(cell.strip() for cell in row):
            if len(row) > len(columns):
                raise Invalid(f"row {number}", f"{len(row)} cells", f"at most {len(columns)}, as many as in the header")
            yield Line(number, dict(zip(columns, (cell.strip() for cell in row), strict=False)))


def refuse_repeats(found: list[Line], column: str) -> None:
    """Raise Invalid when a value stands in two rows of a column."""
    first: dict[str, int] = {}
    for line in found:
        if line[column] in first:
            raise line.invalid(column, f"a value of its own; row {first[line[column]]} has this one already")
        first[line[column]] = line.number
