"""Parquet there and back, with types."""

import io
from datetime import UTC, datetime

import pyarrow.parquet as pq
import pytest

from server.exports import parquet
from server.exports.columns import BOOLEAN, INTEGER, MOMENT, NUMBER, Column
from server.exports.parquet import write_parquet

COLUMNS = [Column("unit"), Column("n", INTEGER), Column("nps", NUMBER), Column("ok", BOOLEAN), Column("at", MOMENT)]


def read(rows):
    file = io.BytesIO()
    count = write_parquet(COLUMNS, rows, file)
    return count, pq.ParquetFile(io.BytesIO(file.getvalue()))


def test_rows_come_back_with_their_types():
    count, file = read([{"unit": "Salla", "n": 3, "nps": -1.5, "ok": True, "at": 1_795_341_600_250}, {"n": 0}])

    assert count == 2
    assert [str(field.type) for field in file.schema_arrow] == [
        "string",
        "int64",
        "double",
        "bool",
        "timestamp[ms, tz=UTC]",
    ]
    assert file.read().to_pylist() == [
        {"unit": "Salla", "n": 3, "nps": -1.5, "ok": True, "at": datetime(2026, 11, 22, 10, 0, 0, 250_000, UTC)},
        {"unit": None, "n": 0, "nps": None, "ok": None, "at": None},
    ]


def test_without_rows_the_columns_are_there():
    count, file = read([])

    assert count == 0
    assert file.schema_arrow.names == ["unit", "n", "nps", "ok", "at"]


def test_many_rows_are_written_in_groups(monkeypatch):
    monkeypatch.setattr(parquet, "ROWS_AT_A_TIME", 10)

    count, file = read({"n": i} for i in range(25))

    assert (count, file.num_row_groups) == (25, 3)
    assert file.read()["n"].to_pylist() == list(range(25))


def test_a_row_that_does_not_fit_is_an_error():
    with pytest.raises(ValueError, match="row 1, column n"):
        read([{"n": 1.5}])
