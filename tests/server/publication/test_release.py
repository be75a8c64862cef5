"""Releases: the same bytes for ever, the same decision for everybody, and late answers that stay inside."""

import json

import pytest

from server.publication.grid import COUNTY, PUBLIC, Cell, Grid
from server.publication.release import Ledger, elsewhere, held, known, release, watched

GRID = Grid({"salla": "county", "inari": "county", "utsjoki": "county"}, ("salla", "inari", "utsjoki"), ("fi", "sv"))
QUARTER = ("2026-01", "2026-02", "2026-03")


def counts(salla_swedish=2):
    sizes = {("salla", "fi"): 40, ("salla", "sv"): salla_swedish, ("inari", "fi"): 30, ("inari", "sv"): 25}
    sizes |= {("utsjoki", "fi"): 50, ("utsjoki", "sv"): 21}
    return {
        Cell(unit, month, part): (n // 5, n // 5, n - 2 * (n // 5))
        for (unit, part), n in sizes.items()
        for month in QUARTER
    }


def closed(ledger=None, **kwargs):
    return (ledger or Ledger(GRID)).closed(QUARTER, counts(**kwargs))


def test_a_small_cell_is_hidden_and_its_county_is_not():
    _, made = release(closed(), COUNTY)

    assert made.cells[Cell("salla", "2026-01", "sv")] is None
    assert made.cells[Cell("salla", "2026-01", "fi")] is None
    assert sum(made.cells[Cell("county", "2026-Q1")]) == 3 * (40 + 2 + 30 + 25 + 50 + 21)


def test_the_public_gets_what_the_county_got():
    ledger, to_county = release(closed(), COUNTY)

    _, to_public = release(ledger, PUBLIC)

    assert to_public.cells
    assert to_public.cells.items() <= to_county.cells.items()


def test_what_was_released_comes_back_with_the_same_bytes():
    ledger, made = release(closed(), COUNTY)
    content, digest = made.content(), made.hash()

    later = ledger.closed([*QUARTER, "2026-04"], counts(salla_swedish=9))
    _, again = release(later, PUBLIC)

    assert later.releases[0].content() == content
    assert later.releases[0].hash() == digest
    assert again.cells[Cell("county", "2026-Q1")] == made.cells[Cell("county", "2026-Q1")]


def test_late_answers_are_told_to_the_staff_only():
    ledger, _ = release(closed(), COUNTY)

    late = ledger.late(counts(salla_swedish=3))

    assert late[Cell("salla", "2026-02", "sv")] == ((0, 0, 2), (0, 0, 3))
    assert len(late) == 3


def test_a_month_without_answers_is_no_error():
    ledger = Ledger(GRID).closed(QUARTER, {Cell("salla", "2026-01", "fi"): (1, 2, 30)})

    _, made = release(ledger, PUBLIC)

    assert made.cells[Cell("inari", "2026-Q1")] is None


def test_the_content_names_every_cell_and_hides_the_hidden():
    _, made = release(closed(), PUBLIC)

    told = json.loads(made.content())

    assert told["audience"] == "public"
    assert told["threshold"] == 5
    assert len(told["cells"]) == len(made.cells)
    assert {"place": "salla", "bucket": "2026-Q1", "part": "sv", "counts": None} not in told["cells"]


def test_a_background_gives_no_hidden_language_away_nor_the_other_way_round():
    grid = Grid(GRID.parents, GRID.units, ("fi", "sv", "age:", "age:65-"))
    ages = {"fi": "age:", "sv": "age:65-"}
    aged = {Cell(unit, month, ages[part]): whole for (unit, month, part), whole in counts().items()}

    _, made = release(Ledger(grid).closed(QUARTER, counts() | aged), COUNTY)

    assert made.cells[Cell("salla", "2026-01", "age:65-")] is None
    assert made.cells[Cell("salla", "2026-01", "age:")] is None or made.cells[Cell("salla", "2026-01")] is None
    assert sum(made.cells[Cell("county", "2026-Q1")]) == 3 * (40 + 2 + 30 + 25 + 50 + 21)
    assert sum(made.cells[Cell("county", "2026-Q1", "age:")]) == 3 * (40 + 30 + 50)


def test_with_a_higher_threshold_more_is_hidden():
    low = release(Ledger(GRID, 2).closed(QUARTER, counts()), COUNTY)[1]
    high = release(Ledger(GRID, 30).closed(QUARTER, counts()), COUNTY)[1]

    assert list(low.cells.values()).count(None) == 0
    assert list(high.cells.values()).count(None) > 12


FINNISH = Cell("salla", "2026-01", "fi")


def asked_too(n, *, is_shown):
    return Ledger(GRID, counts={FINNISH: (0, n, 0)}, shown={FINNISH: is_shown})


@pytest.mark.parametrize(("n", "told"), [(35, {}), (36, {FINNISH: False}), (44, {FINNISH: False}), (45, {})])
def test_a_question_follows_another_where_about_as_many_answered(n, told):
    ledger = closed()
    holding = held(ledger.grid, ledger.counts)

    assert elsewhere(ledger, holding, [asked_too(n, is_shown=False)]) == told


def test_what_one_question_of_several_told_is_told():
    ledger = closed()
    holding = held(ledger.grid, ledger.counts)
    others = [asked_too(40, is_shown=each) for each in (False, True, False)]

    assert elsewhere(ledger, holding, others) == {FINNISH: True}


def test_what_was_too_small_there_binds_nobody():
    sizes = {FINNISH: (1, 2, 3)}
    ledger = Ledger(GRID, counts=sizes)

    for n, told in ((4, {}), (5, {FINNISH: False})):
        assert elsewhere(ledger, {FINNISH: [FINNISH]}, [asked_too(n, is_shown=False)]) == told


def test_a_release_hides_what_another_question_hides():
    alone = release(closed(salla_swedish=12), COUNTY)[1]
    beside = release(closed(salla_swedish=12), COUNTY, [asked_too(40, is_shown=False)])[1]

    assert alone.cells[FINNISH] is not None
    assert beside.cells[FINNISH] is None


def numbered(ledger):
    atoms = sorted(ledger.counts)
    holding = held(ledger.grid, atoms)
    return atoms, {cell: frozenset(atoms.index(atom) for atom in of_cell) for cell, of_cell in holding.items()}


def test_what_was_told_and_hidden_and_what_staff_know_is_reckoned_with():
    ledger, made = release(closed(salla_swedish=1), PUBLIC)
    atoms, sets = numbered(ledger)

    truth, hidden = known(ledger, atoms, sets)

    assert truth.told == {sets[cell] for cell, counts in made.cells.items() if counts is not None}
    assert hidden == {sets[cell] for cell, counts in made.cells.items() if counts is None}
    assert hidden
    assert {atoms[number].place for own in truth.insiders for number in own} == set(GRID.units)
    assert all(len(own) == 6 and len({atoms[number].place for number in own}) == 1 for own in truth.insiders)


def test_a_release_to_the_public_guards_the_months_that_the_county_may_ask_for():
    ledger = closed()
    _, sets = numbered(ledger)

    guarded = watched(ledger, sets)

    assert sets[Cell("salla", "2026-01", "sv")] in guarded
    assert sets[Cell("salla", "2026-Q1", "sv")] in guarded
