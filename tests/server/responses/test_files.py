"""Responses on their way into a file: what the person at the terminal hears, and that nothing is left half."""

import pytest

from broker_bridge.database.invalid import Unknown
from server.responses import files


@pytest.fixture
def two(press):
    press()
    press("box-2", answers={"smiley": 1, "reason": ["waiting", "staff"]})


def written(county, tmp_path, kind, **filters):
    told = []
    count = files.write(county, filters, kind, tmp_path / "out", told.append)
    return count, told


@pytest.mark.parametrize("kind", files.FORMATS)
def test_the_person_hears_how_far_it_is(county, two, tmp_path, monkeypatch, kind):
    monkeypatch.setattr(files, "TOLD_EVERY", 1)

    assert written(county, tmp_path, kind) == (2, ["1 responses written", "2 responses written"])


def test_more_rows_than_a_sheet_has_are_said_for_excel_and_for_nothing_else(county, two, tmp_path, monkeypatch):
    monkeypatch.setattr(files, "EXCEL_ROWS", 4)
    said = "Excel shows 4 rows and leaves the rest out: choose a shorter period, or another format"

    assert (written(county, tmp_path, "excel")[1], written(county, tmp_path, "csv")[1]) == ([said], [])
    assert written(county, tmp_path, "excel", unit="salla")[1] == []


def test_a_filter_that_names_nothing_leaves_no_file(county, tmp_path):
    with pytest.raises(Unknown, match="unit: 'slla'"):
        written(county, tmp_path, "csv", unit="slla")
    assert not (tmp_path / "out").exists()


def test_a_file_that_breaks_off_is_not_there(county, two, tmp_path, monkeypatch):
    monkeypatch.setattr(files.queries, "answer", lambda row: 1 / 0)

    with pytest.raises(ZeroDivisionError):
        written(county, tmp_path, "jsonl")
    assert [path.name for path in tmp_path.iterdir() if "out" in path.name] == []
