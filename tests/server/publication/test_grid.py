"""The grid of what may be asked for."""

import pytest

from server.publication.grid import COUNTY, PUBLIC, Cell, Grid, bucket_of, closed, own

GRID = Grid({"salla": "north", "inari": "north", "north": "county"}, ("salla", "inari"), ("fi", "sv"))
QUARTER = ("2026-01", "2026-02", "2026-03")


def test_a_month_falls_into_its_quarter_and_year():
    assert [bucket_of("quarter", f"2026-{month:02}") for month in (1, 3, 4, 12)] == [
        "2026-Q1",
        "2026-Q1",
        "2026-Q2",
        "2026-Q4",
    ]
    assert bucket_of("year", "2026-03") == "2026"


def test_a_bucket_is_closed_when_all_of_its_months_are():
    assert closed("quarter", [*QUARTER, "2026-04"]) == ["2026-Q1"]
    assert closed("year", [f"2026-{month:02}" for month in range(1, 12)]) == []
    assert closed("year", [f"2026-{month:02}" for month in range(1, 13)]) == ["2026"]


def test_the_public_has_no_months():
    public = {cell.bucket for cell in GRID.cells(PUBLIC, QUARTER)}
    county = {cell.bucket for cell in GRID.cells(COUNTY, QUARTER)}

    assert public == {"2026-Q1"}
    assert county == {*QUARTER, "2026-Q1"}


def test_cells_are_of_every_place_with_and_without_parts():
    cells = GRID.cells(PUBLIC, QUARTER)

    assert {cell.place for cell in cells} == {"salla", "inari", "north", "county"}
    assert {cell.part for cell in cells} == {"", "fi", "sv"}


def test_an_atom_is_part_of_all_that_holds_it():
    holders = set(GRID.holders(Cell("salla", "2026-02", "fi")))

    assert len(holders) == 3 * 3 * 2
    assert Cell("county", "2026", "") in holders
    assert Cell("inari", "2026-02", "fi") not in holders


def test_a_background_is_a_slice_and_all_are_counted_by_language():
    grid = Grid({"salla": "north"}, ("salla",), ("age:", "age:65-", "fi"))

    assert {cell.part for cell in grid.holders(Cell("salla", "2026-02", "age:65-"))} == {"age:65-"}
    assert {cell.part for cell in grid.holders(Cell("salla", "2026-02", "age:"))} == {"age:"}
    assert {cell.part for cell in grid.holders(Cell("salla", "2026-02", "fi"))} == {"", "fi"}


def test_answers_are_counted_where_no_other_belongs_to():
    parents = {"salla": "kokkola", "kokkola/own": "kokkola", "kokkola": "*"}
    grid = Grid(parents, ("kokkola", "kokkola/own", "salla"), ("fi",))

    assert [own(place, {"kokkola", "*"}) for place in ("salla", "kokkola")] == ["salla", "kokkola/own"]
    assert {atom.place for atom in grid.atoms(QUARTER)} == {"salla", "kokkola/own"}


def test_places_in_a_circle_are_an_error():
    with pytest.raises(ValueError, match="belongs to itself: a in b in a"):
        Grid({"a": "b", "b": "a"}, ("a",), ()).places()
