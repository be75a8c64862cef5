"""Responses as files: one row for each answer, in the formats of the exports."""

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from broker_bridge.database.calendars import DEFAULT_TIME_ZONE
from broker_bridge.database.connect import Connection
from server.exports import whole
from server.exports.columns import INTEGER, MOMENT, Column
from server.exports.delimited import PLAIN, delimited, finnish
from server.exports.json_lines import json_lines
from server.exports.parquet import write_parquet
from server.reporting.filters import by_names, filters
from server.responses import queries

COLUMNS = (
    Column("response", INTEGER),
    Column("device_id"),
    Column("at", MOMENT),
    Column("earliest", MOMENT),
    Column("latest", MOMENT),
    Column("time_quality"),
    Column("service_point"),
    Column("unit"),
    Column("scheme"),
    Column("service_class"),
    Column("survey"),
    Column("language"),
    Column("channel"),
    Column("flags"),
    Column("undone", INTEGER),
    Column("question"),
    Column("value", INTEGER),
    Column("option"),
    Column("text"),
    Column("n", INTEGER),
)
SAME = (
    "device_id",
    "time_quality",
    "service_point",
    "unit",
    "scheme",
    "service_class",
    "survey",
    "language",
    "channel",
)
PIECE = 1 << 16
TOLD_EVERY = 50_000
EXCEL_ROWS = 1_048_576  # of a sheet, the header among them

Rows = Iterable[dict[str, Any]]


class Format(NamedTuple):
    """A kind of file: the end of its name, its media type, and what makes it of rows."""

    suffix: str
    media_type: str
    made: Callable[[Rows], Iterator[bytes]]


def rows(responses: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield a row for each answer of each response; one without answers has a row too."""
    for response in responses:
        shared = {name: response[name] for name in (*SAME, "flags", "undone")}
        shared |= {name: response[f"{name}_ms"] for name in ("at", "earliest", "latest")}
        for answer in response["answers"] or [{}]:
            yield {"response": response["id"], "n": response["n"]} | shared | answer


def excel(given: Rows) -> Iterator[bytes]:
    """Yield the CSV that opens right in Excel in Finnish and Swedish."""
    return delimited(COLUMNS, given, finnish(DEFAULT_TIME_ZONE))


def parquet(given: Rows) -> Iterator[bytes]:
    """Yield a Parquet file: its end says where everything is, so it is made as a whole before it goes out."""
    with tempfile.TemporaryFile() as file:
        write_parquet(COLUMNS, given, file)
        yield from pieces(file)


def pieces(file: BinaryIO) -> Iterator[bytes]:
    """Yield a file from its beginning."""
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


FORMATS = {
    "excel": Format("csv", "text/csv; charset=utf-8", excel),
    "csv": Format("csv", "text/csv; charset=utf-8", lambda given: delimited(COLUMNS, given, PLAIN)),
    "jsonl": Format("jsonl", "application/jsonl", lambda given: json_lines(COLUMNS, given)),
    "parquet": Format("parquet", "application/vnd.apache.parquet", parquet),
}


def write(connection: Connection, given: Mapping[str, str], kind: str, target: Path, say: Callable[[str], None]) -> int:
    """Write the responses under filters, by their names in an address, to a file; return how many.

    The file is there when it is whole, and not before. Raises Invalid and Unknown for filters that cannot be.
    """
    asked = filters(connection, by_names(given))
    counted = Counted(queries.every(connection, asked), say)
    found = rows(counted)
    whole.write(target, FORMATS[kind].made(doubted(found, say) if kind == "excel" else found))
    return counted.count


def doubted(given: Rows, say: Callable[[str], None]) -> Rows:
    """Yield rows, and say so when Excel would not show all of them."""
    for number, row in enumerate(given, 2):
        if number == EXCEL_ROWS + 1:
            say(f"Excel shows {EXCEL_ROWS:,} rows and leaves the rest out: choose a shorter period, or another format")
        yield row


class Counted:
    """Responses on their way into a file, of which somebody hears how many there were."""

    def __init__(self, responses: Iterable[dict[str, Any]], say: Callable[[str], None]) -> None:
        self.count = 0
        self._responses = responses
        self._say = say

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for response in self._responses:
            self.count += 1
            if self.count % TOLD_EVERY == 0:
                self._say(f"{self.count:,} responses written")
            yield response
