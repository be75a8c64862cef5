"""Reads the first sheet of an Excel workbook as the cells of a CSV file would be."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from broker_bridge.database.invalid import Invalid

ZIP = b"PK\x03\x04"
LARGEST_UNPACKED = 100_000_000  # bytes; a small file may unpack to one that fills the memory
BROKEN = (InvalidFileException, KeyError, OSError, ValueError, zipfile.BadZipFile)


def is_workbook(content: bytes) -> bool:
    """Tell whether a file is a workbook of today's Excel: those are archives, and no text begins like one."""
    return content.startswith(ZIP)


def records(content: bytes) -> list[list[str]]:
    """Return the rows of the first sheet as texts; raise Invalid when the file is no workbook that can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > LARGEST_UNPACKED:
            raise Invalid("file", f"{unpacked} bytes unpacked", f"at most {LARGEST_UNPACKED} bytes")
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = workbook.worksheets[0]
        return [[text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except BROKEN as mistake:
        raise Invalid("file", str(mistake) or type(mistake).__name__, "an Excel workbook (.xlsx) or CSV") from mistake


def text(value: Any) -> str:
    """Return what a cell holds as text: a whole number without decimals, a day as 2026-01-31."""
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
