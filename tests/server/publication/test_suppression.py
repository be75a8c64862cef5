"""Patterns: by hand, and attacked on made-up tables."""

from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.publication.doubts import Truth
from server.publication.grid import Cell
from server.publication.suppression import pattern, room
from tests.attack.attacker import narrowed, recovered

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
ROW = {Cell(str(i), ""): frozenset([i]) for i in range(4)} | {Cell("all", ""): frozenset(range(4))}


def sets(*cells):
    return frozenset(CELLS[Cell(cell, "")] for cell in cells)


def names(cells):
    return {cell.place for cell in cells}


def decided(n, cells=CELLS, told=(), hidden=(), *, threshold=5, insiders=(), elsewhere=MappingProxyType({})):
    truth = Truth([each if isinstance(each, tuple) else (each,) for each in n], frozenset(told), insiders=insiders)
    watched = {**CELLS, **cells} if len(n) == len(ROW) - 1 else cells
    return pattern(truth, cells, watched.values(), threshold, hidden=hidden, elsewhere=elsewhere)


def test_large_cells_are_all_shown():
    assert names(decided([10, 20, 30, 40]).hidden) == set()


def test_a_small_cell_takes_others_with_it():
    found = decided([3, 20, 30, 40])

    assert names(found.hidden) == {"a1", "a2", "b1", "b2"}
    assert names(found.shown) == {"all", "a", "b", "1", "2"}


def test_without_its_sums_a_small_cell_hides_alone():
    lone = {cell: atoms for cell, atoms in CELLS.items() if len(atoms) == 1}

    assert names(decided([3, 20, 30, 40], lone).hidden) == {"a1"}


def test_a_cell_is_large_from_the_threshold_on():
    lone = {cell: atoms for cell, atoms in CELLS.items() if len(atoms) == 1}

    assert names(decided([4, 5, 6, 0], lone).hidden) == {"a1", "b2"}
    assert names(decided([2, 3, 6, 0], lone, threshold=3).hidden) == {"a1", "b2"}


def test_two_noughts_are_not_given_away_by_their_sum():
    found = decided([0, 0, 30, 40], ROW)

    assert {"0", "1"} < names(found.hidden)
    assert "all" in names(found.shown)


@pytest.mark.parametrize("n", [[1, 2, 30, 40], [2, 2, 30, 40], [4, 0, 30, 40], [1, 1, 30, 40]])
def test_small_cells_that_are_few_together_are_not_told_as_a_rest(n):
    assert names(decided(n, ROW).hidden) == {"0", "1", "2"}


def test_small_cells_that_are_enough_together_need_no_other():
    assert names(decided([3, 4, 30, 40], ROW).hidden) == {"0", "1"}


@pytest.mark.parametrize(("other", "hidden"), [(3, {"0", "1"}), (2, {"0", "1", "2"}), (1, {"0", "1", "2"})])
def test_a_small_cell_may_be_one_as_well_as_the_threshold_for_all_that_is_told(other, hidden):
    told = frozenset([0, 1, 2])
    row = {Cell(str(i), ""): frozenset([i]) for i in range(3)} | {Cell("all", ""): told}

    assert names(decided([2, other, 30], row).hidden) == hidden


def test_a_small_count_may_be_one_and_the_threshold_and_nought_and_one_less():
    assert [room(n, 5) for n in range(5)] == [(4, 0), (4, 0), (3, 1), (2, 2), (1, 3)]
    assert room(0, 1) == (0, 0)


def test_what_need_not_be_hidden_after_all_is_shown():
    assert len(decided([2, 12, 2, 2]).hidden) == 7


def test_cells_whose_scores_have_nothing_in_common_do_not_cover_each_other():
    alike = decided([(1, 2), (12, 12), (12, 12), (20, 20)])
    apart = decided([(1, 2), (24, 0), (0, 24), (20, 20)])

    assert names(alike.hidden) == {"a1", "a2", "b1", "b2"}
    assert names(apart.hidden) != names(alike.hidden)


def test_what_was_shown_before_is_reckoned_with():
    told = {*sets("a"), CELLS[Cell("a2", "")] | CELLS[Cell("b2", "")]}
    rest = {cell: atoms for cell, atoms in CELLS.items() if cell.place == "a2"}

    assert names(decided([3, 20, 30, 40], rest, told).hidden) == {"a2"}
    assert names(decided([3, 20, 30, 40], rest).shown) == {"a2"}


def test_what_was_hidden_before_stays_so_though_it_is_large():
    rest = {cell: atoms for cell, atoms in CELLS.items() if cell.place == "b"}

    assert names(decided([10, 20, 30, 40], rest, sets("all"), sets("a")).hidden) == {"b"}


def test_a_cell_that_is_out_already_cannot_be_protected_any_more():
    with pytest.raises(ValueError, match="follows from earlier releases"):
        decided([3, 20, 30, 40], CELLS, sets("a1"))


def test_staff_of_a_unit_cannot_subtract_their_own():
    everyone = [frozenset([i]) for i in range(4)]

    alone = decided([3, 9, 30, 40], ROW)
    with_staff = decided([3, 9, 30, 40], ROW, insiders=everyone)

    assert names(alone.hidden) == {"0", "1"}
    assert names(with_staff.hidden) == {"0", "1", "2"}


def test_small_cells_of_ones_own_are_no_secret():
    row = {Cell("0", ""): frozenset([0, 1]), Cell("1", ""): frozenset([0]), Cell("2", ""): frozenset([1])}

    assert names(decided([3, 30], row, insiders=[frozenset([0, 1])]).hidden) == {"1", "2"}


def test_what_another_question_hides_is_hidden_and_does_not_follow():
    found = decided([10, 20, 30, 40], elsewhere=dict.fromkeys(sets("a1"), False))

    assert names(found.hidden) == {"a1", "a2", "b1", "b2"}


def test_what_another_question_told_is_hidden_last():
    everyone, second, third = frozenset(range(3)), frozenset([1]), frozenset([2])
    row = {Cell(str(i), ""): frozenset([i]) for i in range(3)} | {Cell("all", ""): everyone}

    assert names(decided([3, 20, 30], row).hidden) == {"0", "1"}
    assert names(decided([3, 20, 30], row, elsewhere={second: True}).hidden) == {"0", "2"}
    assert names(decided([3, 20, 30], row, {everyone, third}, elsewhere={second: True}).hidden) == {"0", "1"}


def test_what_this_question_told_before_another_hid_it_is_no_error():
    rest = {cell: atoms for cell, atoms in CELLS.items() if cell.place == "b"}

    found = decided([10, 20, 30, 40], rest, sets("all", "a"), elsewhere=dict.fromkeys(sets("b"), False))

    assert names(found.hidden) == {"b"}


def test_nothing_to_decide_is_a_pattern_of_nothing():
    found = decided([3, 20, 30, 40], {})

    assert (found.shown, found.hidden) == (set(), set())


COUNTS = st.lists(st.tuples(st.integers(0, 8), st.integers(0, 4)), min_size=8, max_size=8)
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


def told(counts, cells):
    return {CUBE[cell]: tuple(map(sum, zip(*(counts[atom] for atom in CUBE[cell]), strict=True))) for cell in cells}


def size(counts, atoms):
    return sum(sum(counts[atom]) for atom in atoms)


@settings(max_examples=60, deadline=None)
@given(COUNTS, st.integers(1, 6))
def test_nobody_solves_a_cube(counts, threshold):
    found = pattern(Truth(counts), CUBE, CUBE.values(), threshold)

    published = told(counts, found.shown)
    small = [atoms for atoms in CUBE.values() if size(counts, atoms) < threshold]
    assert found.shown | found.hidden == CUBE.keys()
    assert all(sum(scores) >= threshold for scores in published.values())
    assert not published or recovered(published, [CUBE[cell] for cell in found.hidden]) == {}
    assert not published or narrowed(published, small, threshold) == []


@settings(max_examples=30, deadline=None)
@given(COUNTS)
def test_no_staff_solves_a_cube(counts):
    staff = [CUBE[Cell(unit, "", "")] for unit in ("0", "1")]

    found = pattern(Truth(counts, insiders=staff), CUBE, CUBE.values())

    for own in staff:
        known = told(counts, found.shown) | {frozenset([atom]): counts[atom] for atom in own}
        small = [atoms for atoms in CUBE.values() if size(counts, atoms) < 5 and not atoms <= own]
        assert recovered(known, small) == {}


@settings(max_examples=40, deadline=None)
@given(COUNTS, st.randoms(use_true_random=False))
def test_nobody_solves_a_cube_that_came_out_in_two_releases(counts, random):
    first = dict(random.sample(sorted(CUBE.items()), 13))
    one = pattern(Truth(counts), first, CUBE.values())
    shown, hidden = ({CUBE[cell] for cell in cells} for cells in (one.shown, one.hidden))

    rest = {cell: atoms for cell, atoms in CUBE.items() if cell not in first}
    two = pattern(Truth(counts, frozenset(shown)), rest, CUBE.values(), hidden=hidden)

    published = told(counts, one.shown | two.shown)
    assert not published or recovered(published, [CUBE[cell] for cell in one.hidden | two.hidden]) == {}
