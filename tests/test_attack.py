"""The attack on publications in small: what it must not find, what it must find, and that it reckons rightly."""

import pytest

from server.publication.grid import Cell
from server.publication.release import Ledger
from tests.attack import designs
from tests.attack.__main__ import attack, attack_by_staff, changed, few_more, is_good, narrow
from tests.attack.attacker import eliminated, follows, narrowed, numbered, recovered
from tests.attack.county import county

SMALL = county(1, units=8, areas=2, closing=(3, 6))


def sets(published):
    return {frozenset(atoms): n for atoms, n in published.items()}


def scores(published):
    return {frozenset(atoms): n if isinstance(n, tuple) else (n,) for atoms, n in published.items()}


def test_nothing_hidden_is_recovered():
    found = attack(SMALL, designs.ours)

    assert found["hidden"] > 40
    assert found["hidden"] < 0.4 * found["cells"]
    assert found["recovered"] == 0
    assert few_more(SMALL, designs.ours) == 0


def test_what_hides_small_cells_only_is_seen_through():
    found = attack(SMALL, designs.small_cells_only)

    assert found["recovered"] > 0.9 * found["hidden"]


def test_staff_of_no_unit_find_what_is_hidden_of_another():
    assert attack_by_staff(SMALL, designs.ours) == 0


def test_where_nobody_thought_of_staff_they_do():
    assert attack_by_staff(SMALL, designs.without_staff) > 0


def test_what_publishes_late_answers_is_seen_through():
    assert few_more(SMALL, designs.with_late_answers) > 0


AGED = county(1, units=6, areas=2, closing=(3, 6), ages=True)


def test_nothing_hidden_is_recovered_where_ages_are_told_too():
    found = attack(AGED, designs.ours)

    assert found["hidden"] > 40
    assert found["recovered"] == 0


def test_ages_that_are_hidden_by_themselves_are_seen_through():
    assert attack(AGED, designs.ages_apart)["recovered"] > 0


def test_nothing_hidden_is_recovered_from_two_questions_to_the_same_people():
    found = attack(SMALL, designs.two_questions)

    assert found["hidden"] > 40
    assert found["recovered"] == 0


def test_questions_that_are_hidden_by_themselves_are_seen_through():
    assert attack(SMALL, designs.questions_apart)["recovered"] > 0


def test_the_attacker_knows_that_ages_and_languages_are_of_the_same_people():
    places = [Cell("inari", "2026-01", part) for part in ("fi", "sv", "age:", "age:65-")]
    everyone = Cell("inari", "2026-01")

    atoms = numbered({cell: [cell] for cell in places} | {everyone: places[:2]})

    assert atoms[everyone] == atoms[places[0]] | atoms[places[1]] == atoms[places[2]] | atoms[places[3]]
    assert len(atoms[places[0]] & atoms[places[3]]) == 1


def test_a_closed_month_never_changes_in_ours():
    assert list(changed(designs.ours(SMALL))) == []
    ledger = Ledger(SMALL.grid).closed(SMALL.periods[0], SMALL.arrived[0])
    assert ledger.late(SMALL.arrived[1])


def test_the_attacker_subtracts():
    published = scores({(0, 1, 2): 20, (0, 1): 17, (3,): 4})

    assert recovered(published, [frozenset([2]), frozenset([0]), frozenset([2, 3])]) == {
        frozenset([2]): 3,
        frozenset([2, 3]): 7,
    }


def test_the_attacker_combines_sums_that_overlap():
    published = sets({(0, 1): 5, (1, 2): 7, (0, 2): 6})

    assert follows(eliminated(published), frozenset([0])) == 2


def test_the_attacker_knows_that_counts_are_not_negative_and_whole():
    nought = scores({(0, 1, 2): 8, (2,): 8})
    half = sets({(0, 1): 1, (1, 2): 1, (0, 2): 1, (0, 1, 2, 3): 9})

    assert recovered(nought, [frozenset([0])]) == {frozenset([0]): 0}
    assert recovered(scores({(0, 1): 3}), [frozenset([0])]) == {}
    assert recovered(scores({(0,): 3}), [frozenset([1])]) == {}
    assert follows(eliminated(half), frozenset([3])) is not None


def test_the_attacker_looks_at_each_score():
    alike = scores({(0, 1): (3, 9), (1, 2): (3, 9), (0, 2): (3, 9)})
    cross = {(0, 1): (0, 30), (2, 3): (12, 30), (0, 2): (0, 30), (1, 3): (12, 30)}

    assert recovered(alike, [frozenset([0])]) == {frozenset([0]): 6}
    assert narrowed(scores(cross), [frozenset([0])], 31) == []
    assert narrowed(scores({(0, 1): (0, 2), (0, 2): (2, 0)}), [frozenset([0])], 2) == [frozenset([0])]
    assert narrowed(scores({(0, 1): (2,), (0, 2): (2,)}), [frozenset([0])], 3) == []


def test_small_cells_have_as_many_counts_as_the_threshold_in_ours():
    assert narrow(SMALL, designs.ours) == 0


def test_contradicting_sums_are_noticed():
    with pytest.raises(ArithmeticError, match="contradict"):
        eliminated(sets({(0, 1): 5, (0,): 2, (1,): 2}))


GOOD = {
    "cells_hidden": 500,
    "published_share": 0.6,
    "recovered": 0,
    "narrowed": 0,
    "staff_recovered": 0,
    "aged_recovered": 0,
    "ages_apart_recovered": 1,
    "questions_recovered": 0,
    "questions_apart_recovered": 1,
    "open_to_staff_recovered": 1,
    "naive_recovered": 1,
    "forgetful_recovered": 1,
    "late_recovered": 1,
    "sums_only_narrowed": 1,
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"recovered": 1},
        {"staff_recovered": 1},
        {"open_to_staff_recovered": 0},
        {"cells_hidden": 499},
        {"published_share": 0.59},
        {"naive_recovered": 0},
        {"forgetful_recovered": 0},
        {"late_recovered": 0},
        {"narrowed": 1},
        {"aged_recovered": 1},
        {"ages_apart_recovered": 0},
        {"sums_only_narrowed": 0},
        {"questions_recovered": 1},
        {"questions_apart_recovered": 0},
    ],
)
def test_a_figure_out_of_its_bounds_fails_the_attack(wrong):
    assert is_good(GOOD)
    assert not is_good(GOOD | wrong)
