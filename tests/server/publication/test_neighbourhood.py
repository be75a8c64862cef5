"""Where other tables are looked for: the places beside one, in its year."""

import pytest

from server.publication import neighbourhood
from server.publication.grid import Grid
from server.publication.neighbourhood import Neighbourhood, together

UNITS = ("inari", "kittila", "salla", "utsjoki")
AREAS = {"inari": "north", "utsjoki": "north", "kittila": "south", "salla": "south"}
GRID = Grid(AREAS | {"north": "*", "south": "*"}, UNITS, ("fi", "sv"))
ATOMS = sorted(GRID.atoms(["2025-12", "2026-01", "2026-02"]))
COUNTS = {atom: (9 if atom.place == "salla" else 1,) for atom in ATOMS}


def around(place, bucket, grid=GRID):
    of_cell = frozenset([0])
    for cell in grid.cells("county", ["2025-12", "2026-01", "2026-02"]):
        if (cell.place, cell.bucket) == (place, bucket):
            found = Neighbourhood(grid, COUNTS, {of_cell: cell})
            return {(ATOMS[number].place, ATOMS[number].bucket) for each in found(of_cell) for number in each}
    raise AssertionError(f"{place} in {bucket} is no cell")


def test_a_unit_has_those_of_its_area_around_it_in_its_year():
    assert around("inari", "2026-01") == {
        (unit, month) for unit in ("inari", "utsjoki") for month in ("2026-01", "2026-02")
    }
    assert around("inari", "2025-12") == {("inari", "2025-12"), ("utsjoki", "2025-12")}


def test_an_area_has_the_other_areas_around_it_with_their_largest_units(monkeypatch):
    assert {place for place, _ in around("north", "2026-01")} == set(UNITS)

    grid = Grid({**AREAS, "kittila": "south", "kolari": "south", "north": "*", "south": "*"}, (*UNITS, "kolari"), ())
    monkeypatch.setattr(neighbourhood, "MOST_UNITS", 4)
    found = Neighbourhood(grid, COUNTS, {})
    assert {ATOMS[number].place for number in found.among("south", "2026")} == {"inari", "utsjoki", "salla", "kittila"}


@pytest.mark.parametrize(
    ("most", "runs"), [(9, ["abcdefg"]), (7, ["abcdefg"]), (4, ["abcd", "efg"]), (3, ["abc", "de", "fg"])]
)
def test_too_many_places_are_runs_of_about_equal_length(monkeypatch, most, runs):
    monkeypatch.setattr(neighbourhood, "MOST_UNITS", most)

    assert list(dict.fromkeys("".join(together("abcdefg", place)) for place in "abcdefg")) == runs
