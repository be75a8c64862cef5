"""Every fault of the matrix has a test that exists, or says why not."""

import pytest

from tests.faults.matrix.__main__ import absent, line, page, rows, state
from tests.faults.simulation.faults import HAPPEN


def test_there_are_53_rows_in_order():
    assert [row["row"] for row in rows()] == list(range(1, 54))


def test_no_row_is_without_a_test_or_a_reason():
    assert [(row["row"], absent(row)) for row in rows() if state(row) == "missing"] == []


def test_every_simulated_fault_is_in_the_matrix_and_the_other_way():
    named = {kind for row in rows() for kind in row["simulated"]}

    assert named == HAPPEN.keys() - {"press"}


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ({"tests": []}, "missing"),
        ({"tests": ["tests/faults/test_kills.py::test_nobody_wrote"]}, "missing"),
        ({"tests": ["tests/no_such_file.py::test_it"], "later": "update"}, "missing"),
        ({"tests": [], "later": "update"}, "later"),
        ({"tests": [], "reasoned": "needs a board"}, "reasoned"),
        ({"tests": ["tests/faults/matrix/test_matrix.py::test_there_are_53_rows_in_order"]}, "tested"),
    ],
)
def test_a_row_is_what_its_tests_make_it(row, found):
    assert state(row) == found


def test_the_page_shows_the_last_run():
    row = rows()[31]
    runs = {row["tests"][0]: {"passed": 2, "failed": 1}}

    shown = line(row, runs, {"bridge killed": 40, "bridge dies at a statement": 2})

    assert "| 2 | 1 | 42 | tested |" in shown
    assert shown in page([row], runs, {"bridge killed": 40, "bridge dies at a statement": 2})
