"""Exact elimination: what follows from sums, against the ranks that numpy finds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from server.publication.knowledge import Knowledge, as_set

SETS = st.lists(st.frozensets(st.integers(0, 6), min_size=1), min_size=1, max_size=9)


def vectors(sets):
    return np.array([[float(atom in each) for atom in range(7)] for each in sets])


@given(SETS, st.frozensets(st.integers(0, 6), min_size=1))
def test_a_sum_follows_when_it_adds_nothing_to_the_rank(published, asked):
    knowledge = Knowledge()
    for atoms in published:
        knowledge.publish(knowledge.reduced(atoms))

    rank = np.linalg.matrix_rank(vectors(published))
    assert (knowledge.reduced(asked) == {}) == (np.linalg.matrix_rank(vectors([*published, asked])) == rank)
    assert len(knowledge.rows) == rank


@given(SETS, st.frozensets(st.integers(0, 6), min_size=1))
def test_what_gives_a_guarded_cell_away_is_known_before(published, hidden):
    knowledge = Knowledge()
    assert knowledge.guard(hidden)

    for atoms in published:
        reduced = knowledge.reduced(atoms)
        if not knowledge.gives_away(reduced):
            knowledge.publish(reduced)
            continue
        told = Knowledge()
        for row in knowledge.rows.values():
            told.publish(dict(row))
        told.publish(told.reduced(atoms))
        assert told.reduced(hidden) == {}
    assert knowledge.reduced(hidden) != {}


def test_what_follows_already_cannot_be_guarded():
    knowledge = Knowledge()
    knowledge.publish(knowledge.reduced([0, 1]))
    knowledge.publish(knowledge.reduced([0]))

    assert not knowledge.guard(frozenset([1]))


def test_the_rest_of_a_sum_is_told_as_its_atoms():
    knowledge = Knowledge()
    knowledge.publish(knowledge.reduced([0, 1, 2]))

    assert sorted(as_set(knowledge.reduced([0]))) == [1, 2]
    knowledge.publish(knowledge.reduced([0]))
    assert sorted(as_set(knowledge.reduced([0, 1]))) == [2]
    assert list(as_set({0: 1, 1: 2})) == []
