"""Which sums are in doubt, how far, and to whom: by hand."""

import pytest

from server.publication import doubts
from server.publication.doubts import Doubts, Truth

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

    assert chosen == [{A, C}, {A, B}]


def test_patience_ends(monkeypatch):
    monkeypatch.setattr(doubts, "PATIENCE", 0)
    found = made([(3,), (9,), (30,)], {A: (2, 1)})
    found.satisfy([A])
    found.add(found.doubt(0, {0: 2, 2: -2}))

    found.cheapen()

    assert found.in_doubt() == {A, B, C}
