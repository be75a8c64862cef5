"""The ends between which hidden counts lie, by hand and against scipy."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from server.publication.bounds import Bounds, room


def sets(*published):
    return {frozenset(atoms) for atoms in published}


def test_two_hidden_cells_share_their_sum():
    low, high, proof = Bounds([2, 7, 20], sets([0, 1, 2], [2])).of(frozenset([0]))

    assert (low, high) == (0, 9)
    assert proof <= sets([0, 1, 2], [2])
    assert frozenset([0, 1, 2]) in proof


def test_a_cell_that_no_sum_holds_has_no_upper_end():
    assert Bounds([2, 7], sets([0])).of(frozenset([1]))[1] == math.inf


def test_a_sum_taken_back_proves_nothing_any_more():
    bounds = Bounds([2, 7], sets([0], [0, 1]))
    before = bounds.of(frozenset([1]))[:2]

    bounds.take_back(frozenset([0]))

    assert before == (7, 7)
    assert bounds.of(frozenset([1]))[:2] == (0, 9)


@pytest.mark.parametrize(
    ("low", "high", "apart"), [(0, 4, 4), (0.5, 1.5, 0), (0.2, 3.9, 2), (2, 2, 0), (0, 0.5, 0), (0, math.inf, math.inf)]
)
def test_room_is_counted_in_whole_numbers(low, high, apart):
    assert room(low, high) == apart


@settings(max_examples=50)
@given(
    st.lists(st.integers(0, 9), min_size=6, max_size=6),
    st.lists(st.frozensets(st.integers(0, 5), min_size=1), min_size=1, max_size=6),
    st.frozensets(st.integers(0, 5), min_size=1),
)
def test_the_ends_are_those_of_scipy(counts, published, asked):
    sums = np.array([[float(atom in each) for atom in range(6)] for each in published])
    cost = np.array([float(atom in asked) for atom in range(6)])
    expected = [linprog(sign * cost, A_eq=sums, b_eq=sums @ counts) for sign in (1, -1)]

    low, high, _ = Bounds(counts, published).of(asked)

    assert low == pytest.approx(expected[0].fun, abs=1e-6)
    assert high == (pytest.approx(-expected[1].fun, abs=1e-6) if expected[1].status == 0 else math.inf)


def test_what_a_solution_shows_of_other_cells_is_remembered():
    asked, other = frozenset([0]), frozenset([1])
    bounds = Bounds([2, 7, 20], sets([0, 1, 2], [2]), [asked, other])

    before = dict(bounds.seen)
    bounds.of(asked)

    assert before == {asked: (2, 2), other: (7, 7)}
    assert bounds.seen == {asked: (0, 9), other: (0, 9)}
