"""The cheapest table that fits, by hand and against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from server.publication.tables import Tables

ONE, TWO, BOTH = frozenset([0]), frozenset([1]), frozenset([0, 1])


def tables(counts, prices, **kwargs):
    return Tables(counts, range(len(counts)), prices, **kwargs)


def test_a_known_sum_is_kept_by_an_opposite_change():
    found = tables([(2,), (7,)], {ONE: 1, TWO: 1, BOTH: None})

    assert found.other(ONE, 0, 3) == {0: 3, 1: -3}
    assert found.other(ONE, 0, -2) == {0: -2, 1: 2}


def test_no_count_is_negative_in_any_table():
    found = tables([(2,), (7,)], {ONE: 1, TWO: 1, BOTH: None})

    assert found.other(ONE, 0, 8) is None
    assert found.other(ONE, 0, -3) is None
    assert found.other(ONE, 0, 7) == {0: 7, 1: -7}


def test_each_score_is_a_table_by_itself():
    found = tables([(2, 0), (0, 7)], {ONE: 1, TWO: 1, BOTH: None})

    assert found.other(ONE, 0, 1) is None
    assert found.other(ONE, 1, 1) == {0: 1, 1: -1}


@pytest.mark.parametrize(("price", "change"), [(9, {0: 1, 1: -1}), (0.5, {0: 1})])
def test_what_costs_least_is_changed(price, change):
    assert tables([(2,), (7,)], {ONE: 1, TWO: 1, BOTH: price}).other(ONE, 0, 1) == change


def test_a_price_can_change():
    found = tables([(2,), (7,)], {ONE: 1, TWO: 1, BOTH: 9})

    found.price(BOTH, 0.5)

    assert found.other(ONE, 0, 1) == {0: 1}


def test_who_knows_an_atom_finds_it_in_no_other_state():
    found = tables([(2,), (7,), (7,)], {ONE: 1, TWO: 1, frozenset([2]): 5, frozenset([0, 1, 2]): None})

    assert found.other(ONE, 0, 1) == {0: 1, 1: -1}
    assert found.other(ONE, 0, 1, frozenset([1])) == {0: 1, 2: -1}
    assert found.other(ONE, 0, 1, frozenset([1, 2])) is None
    assert found.other(ONE, 0, 1) == {0: 1, 1: -1}


def test_two_ways_to_divide_the_same_answers_agree():
    found = tables([(2,), (7,)], {ONE: 1, TWO: 1}, equal=[(ONE, TWO)])

    assert found.other(ONE, 0, 1) == {0: 1, 1: 1}


def test_a_known_sum_itself_is_not_changed():
    found = tables([(2,), (7,)], {ONE: 1, TWO: 1, BOTH: None})

    assert found.other(BOTH, 0, 1) is None
    assert found.other(ONE, 0, 1) == {0: 1, 1: -1}


def test_a_table_is_of_whole_numbers_where_halves_would_do():
    pairs = [frozenset(pair) for pair in ((0, 1), (1, 2), (0, 2))]
    found = tables([(5,)] * 4, {**dict.fromkeys(pairs, 3.0), frozenset(range(4)): None, frozenset([0, 1, 2]): 1.0})

    change = found.other(frozenset([0, 1, 2]), 0, 1)

    assert sum(change.values()) == 0
    assert all(isinstance(more, int) for more in change.values())


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.dictionaries(
        st.frozensets(st.integers(0, 5), min_size=1), st.none() | st.integers(1, 5), min_size=2, max_size=6
    ),
    st.integers(-3, 3).filter(bool),
)
def test_no_whole_table_of_scipy_costs_less(counts, prices, more):
    asked = min(prices, key=sorted)
    parts = list(prices)
    # By scipy: x are the atoms, z how far each sum is from the truth at least.
    sums = np.array([[float(atom in part) for atom in range(6)] for part in parts])
    cost = np.concatenate([np.zeros(6), [price or 0 for price in prices.values()]])
    rows, eye = np.vstack([sums, -sums]), -np.eye(len(parts))
    limits = [(-n, None) for n in counts] + [(0, 0 if price is None else None) for price in prices.values()]
    asked_row = np.concatenate([sums[parts.index(asked)], np.zeros(len(parts))])
    expected = linprog(
        cost,
        A_ub=np.hstack([rows, np.vstack([eye, eye])]),
        b_ub=np.zeros(2 * len(parts)),
        A_eq=[asked_row],
        b_eq=[more],
        bounds=limits,
        integrality=np.concatenate([np.ones(6), np.zeros(len(parts))]),
    )

    found = tables([(n,) for n in counts], prices).other(asked, 0, more)

    assert (found is None) == (expected.status == 2)
    if found is not None:
        moved = {part: sum(found.get(atom, 0) for atom in part) for part in parts}
        assert moved[asked] == more
        assert sum((prices[part] or 0) * abs(moves) for part, moves in moved.items()) == pytest.approx(expected.fun)
