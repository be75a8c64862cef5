"""Which sums are in doubt, how far, and to whom: by hand."""

from itertools import pairwise

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from server.publication import doubts
from server.publication.doubts import Doubts, Truth
from server.publication.suppression import room

A, B, C = (frozenset([atom]) for atom in range(3))
ALL = A | B | C


def nowhere(_):
    yield from ()


def made(counts, guarded, told=(ALL,), insiders=(), near=nowhere, **kwargs):
    truth = Truth(counts, frozenset(told), insiders=insiders, **kwargs)
    return Doubts(truth, [B, C], guarded, near)


def test_a_sum_is_in_doubt_as_far_as_wished_in_both_directions():
    found = made([(3,), (9,), (30,)], {A: (2, 1)})

    found.satisfy([A])

    assert sorted(doubt.moves[A] for doubt in found.moving[A]) == [-1, 2]
    assert found.in_doubt() == {A, B}
    assert found.lack(A) is None


def test_doubts_of_two_scores_add_up():
    found = made([(1, 1), (2, 2), (1, 1)], {A: (6, 2)})

    found.satisfy([A])

    assert sum(found.reached(A, 1).values()) == 6
    assert found.reached(A, 1).keys() == {0, 1}
    assert sum(found.reached(A, -1).values()) == 2


def test_what_must_only_not_be_certain_is_so_after_one_table():
    found = made([(9,), (9,), (9,)], {A: (0, 0)})

    assert len(found.satisfy([A])) == 1
    assert found.lack(A) is None


@pytest.mark.parametrize(("counts", "move"), [([(0,), (1,), (0,)], 1), ([(1,), (0,), (0,)], -1)])
def test_it_may_be_more_or_less_whichever_there_is_room_for(counts, move):
    found = made(counts, {A: (0, 0)})

    assert [doubt.moves[A] for doubt in found.satisfy([A])] == [move]


def test_whoever_knows_the_other_half_of_a_doubt_needs_one_of_his_own():
    found = made([(3,), (9,), (30,)], {A: (1, 0)}, insiders=[A, B, C])

    found.satisfy([A])

    assert frozenset.intersection(*(doubt.staff for doubt in found.moving[A])) == {0}
    assert found.in_doubt() == {A, B, C}


def test_a_sum_that_is_large_is_no_secret_to_staff():
    found = made([(9,), (9,), (9,)], {A: (0, 0)}, insiders=[A, B, C])

    assert len(found.satisfy([A])) == 1


def test_a_sum_that_follows_is_an_error_that_names_it():
    with pytest.raises(ValueError, match=r"\[0\] follows from earlier releases"):
        made([(3,), (9,), (30,)], {A: (2, 1)}, told=(ALL, B | C)).satisfy([A])


def test_where_nothing_is_found_nearby_all_atoms_are_tried():
    def near(_):
        yield A

    found = made([(3,), (9,), (30,)], {A: (2, 1)}, near=near)
    found.satisfy([A])

    assert found.in_doubt() == {A, B}
    assert set(found.areas) == {A, ALL}


def test_two_ways_to_divide_what_is_not_near_are_left_alone():
    def near(_):
        yield A | B

    found = made([(3,), (9,), (30,), (30,)], {A: (2, 1)}, near=near, equal=[(C, frozenset([3]))])
    found.satisfy([A])

    assert set(found.areas) == {A | B}
    assert found.in_doubt() == {A, B}


def test_no_programme_is_wasted_on_less_than_nothing():
    found = made([(0, 3), (9, 0), (30, 0)], {A: (0, 2)})
    found.satisfy([A])

    assert found.programmes == 1


@pytest.mark.parametrize("change", [{0: 1, 1: 1}, {0: -4, 1: -4, 2: 8}, {0: 1, 2: -1}])
def test_a_table_that_does_not_fit_is_never_taken(change):
    found = made([(3,), (9,), (30,)], {A: (2, 1)}, equal=[(A, B)])

    assert found.doubt(0, {0: 1, 1: 1, 2: -2}).moves == {A: 1, B: 1, C: -2}
    with pytest.raises(ArithmeticError, match="does not fit"):
        found.doubt(0, change)


def test_what_is_hidden_twice_over_is_shown_again():
    found = made([(3,), (9,), (30,)], {A: (2, 1)})
    found.satisfy([A])
    for change in ({0: 2, 2: -2}, {0: -1, 2: 1}):
        found.add(found.doubt(0, change))

    found.cheapen()

    assert found.in_doubt() == {A, B}
    assert found.lack(A) is None


def test_what_cannot_be_cheaper_stays():
    found = made([(3,), (9,), (30,)], {A: (2, 1)})
    found.satisfy([A])
    before = {atoms: list(each) for atoms, each in found.moving.items()}

    found.cheapen()

    assert {atoms: len(each) for atoms, each in found.moving.items() if each} == {A: len(before[A]), B: len(before[B])}


def test_what_is_in_doubt_already_costs_nothing():
    found = made([(3,), (9,), (30,)], {A: (0, 0)})
    dear = found.doubt(0, {0: 1, 2: -1})
    found.area(ALL)

    chosen = []
    for change in (found.add, found.drop):
        change(dear)
        chosen.append(found.find(A, [(0, 1)], frozenset()).moves.keys())
        assert (found.price(C) == 0) is (change == found.add)

    assert chosen == [{A, C}, {A, B}]


def test_patience_ends(monkeypatch):
    found = made([(3,), (9,), (30,)], {A: (2, 1)})
    found.satisfy([A])
    found.add(found.doubt(0, {0: 2, 2: -2}))
    monkeypatch.setattr(doubts, "PATIENCE", found.programmes)

    found.cheapen()

    assert found.programmes == 2
    assert found.in_doubt() == {A, B, C}


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 20), min_size=9, max_size=9))
@example([9, 2, 12, 0, 1, 1, 9, 0, 3])
def test_other_tables_are_taken_only_if_they_hide_less(counts):
    lines = [frozenset(line) for first in range(3) for line in (range(3 * first, 3 * first + 3), range(first, 9, 3))]
    sums = {*lines, *(frozenset([atom]) for atom in range(9))}
    truth = Truth([(n,) for n in counts], frozenset([frozenset(range(9))]))
    small = {atoms: room(truth.n(atoms), 5) for atoms in sums if truth.n(atoms) < 5}
    assume(truth.n(range(9)) >= 20)
    found = Doubts(truth, sums - small.keys(), small, nowhere)
    found.satisfy(small)

    spent = [cost(found)]
    for atoms in sorted(found.in_doubt() - small.keys(), key=sorted):
        found.replace(list(found.moving[atoms]))
        spent.append(cost(found))

    assert all(after <= before + 1e-9 for before, after in pairwise(spent))
    assert not any(map(found.lack, small))


def cost(found):
    return sum(found.prices.get(atoms, 0) for atoms in found.in_doubt())
