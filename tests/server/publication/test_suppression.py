"""Patterns: by hand, and attacked on made-up tables."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.publication.grid import Cell
from server.publication.suppression import Before, pattern
from tests.attack.attacker import recovered

TABLE = {  # two units, two months, with all sums
    "a1": [0],
    "a2": [1],
    "b1": [2],
    "b2": [3],
    "a": [0, 1],
    "b": [2, 3],
    "1": [0, 2],
    "2": [1, 3],
    "all": [0, 1, 2, 3],
}
CELLS = {Cell(name, ""): frozenset(atoms) for name, atoms in TABLE.items()}


def names(cells):
    return {cell.place for cell in cells}


def decided(n, cells=CELLS, before=Before(), threshold=5):
    return pattern(n, cells, CELLS.values(), before, threshold)


def test_large_cells_are_all_shown():
    assert names(decided([10, 20, 30, 40]).hidden) == set()


def test_a_small_cell_takes_others_with_it():
    found = decided([3, 20, 30, 40])

    assert {"a1"} < names(found.hidden)
    assert {"all", "a", "b", "1", "2"} <= names(found.shown)
    assert names(found.hidden) == {"a1", "a2", "b1", "b2"}


def test_without_its_sums_a_small_cell_hides_alone():
    lone = {cell: atoms for cell, atoms in CELLS.items() if len(atoms) == 1}

    assert names(decided([3, 20, 30, 40], lone).hidden) == {"a1"}


def test_two_noughts_are_not_given_away_by_their_sum():
    row = {Cell(str(i), ""): frozenset([i]) for i in range(4)} | {Cell("all", ""): frozenset(range(4))}

    found = pattern([0, 0, 30, 40], row, row.values())

    assert {"0", "1"} < names(found.hidden)
    assert "all" in names(found.shown)


def test_small_cells_that_are_few_together_are_not_told_as_a_rest():
    row = {Cell(str(i), ""): frozenset([i]) for i in range(4)} | {Cell("all", ""): frozenset(range(4))}

    assert names(pattern([1, 2, 30, 40], row, row.values()).hidden) == {"0", "1", "2"}
    assert names(pattern([3, 4, 30, 40], row, row.values()).hidden) == {"0", "1"}


def test_what_was_shown_before_is_reckoned_with():
    before = Before(frozenset([CELLS[Cell("a", "")], CELLS[Cell("a2", "")] | CELLS[Cell("b2", "")]]))
    rest = {cell: atoms for cell, atoms in CELLS.items() if cell.place == "a2"}

    assert names(decided([3, 20, 30, 40], rest, before).hidden) == {"a2"}
    assert names(decided([3, 20, 30, 40], rest).shown) == {"a2"}


def test_what_was_hidden_before_stays_so_though_it_is_large():
    hidden = Before(frozenset([CELLS[Cell("all", "")]]), frozenset([CELLS[Cell("a", "")]]))
    rest = {cell: atoms for cell, atoms in CELLS.items() if cell.place == "b"}

    assert names(decided([10, 20, 30, 40], rest, hidden).hidden) == {"b"}


def test_a_cell_that_is_out_already_cannot_be_protected_any_more():
    before = Before(frozenset([CELLS[Cell("a1", "")]]))

    with pytest.raises(ValueError, match="follows from earlier releases"):
        decided([3, 20, 30, 40], CELLS, before)


def test_staff_of_a_unit_cannot_subtract_their_own():
    row = {Cell(str(i), ""): frozenset([i]) for i in range(4)} | {Cell("all", ""): frozenset(range(4))}
    n = [3, 9, 30, 40]

    alone = pattern(n, row, row.values())
    with_staff = pattern(n, row, row.values(), insiders=[frozenset([i]) for i in range(4)])

    assert names(alone.hidden) == {"0", "1"}
    assert names(with_staff.hidden) == {"0", "1", "2"}


def test_small_cells_of_ones_own_are_no_secret():
    row = {Cell("0", ""): frozenset([0, 1]), Cell("1", ""): frozenset([0]), Cell("2", ""): frozenset([1])}

    found = pattern([3, 30], row, row.values(), insiders=[frozenset([0, 1])])

    assert names(found.hidden) == {"1", "2"}


COUNTS = st.lists(st.integers(0, 12), min_size=8, max_size=8)
CUBE = {  # two units, two months, two parts, with every sum
    Cell(place, month, part): frozenset(
        4 * u + 2 * m + p
        for u in range(2)
        for m in range(2)
        for p in range(2)
        if place in ("", str(u)) and month in ("", str(m)) and part in ("", str(p))
    )
    for place in ("", "0", "1")
    for month in ("", "0", "1")
    for part in ("", "0", "1")
}


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(2, 6))
def test_nobody_solves_a_cube(n, threshold):
    found = pattern(n, CUBE, CUBE.values(), threshold=threshold)
    published = {CUBE[cell]: sum(n[atom] for atom in CUBE[cell]) for cell in found.shown}

    assert found.shown | found.hidden == CUBE.keys()
    assert all(total >= threshold for total in published.values())
    assert not published or recovered(published, [CUBE[cell] for cell in found.hidden]) == {}


@settings(max_examples=30, deadline=None)
@given(COUNTS)
def test_no_staff_solves_a_cube(n):
    staff = [CUBE[Cell(unit, "", "")] for unit in ("0", "1")]

    found = pattern(n, CUBE, CUBE.values(), insiders=staff)

    published = {CUBE[cell]: sum(n[atom] for atom in CUBE[cell]) for cell in found.shown}
    for own in staff:
        known = published | {frozenset([atom]): n[atom] for atom in own}
        small = [atoms for atoms in CUBE.values() if sum(n[atom] for atom in atoms) < 5 and not atoms <= own]
        assert recovered(known, small) == {}


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.randoms(use_true_random=False))
def test_nobody_solves_a_cube_that_came_out_in_two_releases(n, random):
    first = dict(random.sample(sorted(CUBE.items()), 13))
    one = pattern(n, first, CUBE.values())
    before = Before(*(frozenset(CUBE[cell] for cell in cells) for cells in (one.shown, one.hidden)))

    two = pattern(n, {cell: atoms for cell, atoms in CUBE.items() if cell not in first}, CUBE.values(), before)

    shown, hidden = one.shown | two.shown, one.hidden | two.hidden
    published = {CUBE[cell]: sum(n[atom] for atom in CUBE[cell]) for cell in shown}
    assert not published or recovered(published, [CUBE[cell] for cell in hidden]) == {}
