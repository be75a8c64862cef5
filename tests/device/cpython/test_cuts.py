"""What `make cuts` makes of its findings: the figures hold only when nothing was found, and every wrong design was."""

import pytest

from tests.cuts import __main__ as cuts

GOOD = [
    {"kind": "ring", "cuts": 29000, "acknowledged": 5000, "counted": 100, "failures": []},
    {"kind": "settings", "cuts": 1000, "settings_cuts": 1000, "failures": []},
    *({"kind": "design", "design": str(number), "caught_by": 4} for number in range(4)),
]


def with_failure(text):
    return [*GOOD[:1], {"kind": "segments", "cuts": 1, "failures": [text]}, *GOOD[1:]]


def test_sweeps_without_findings_are_good():
    figures = cuts.summary(GOOD)

    assert cuts.is_good(figures)
    assert (figures["cuts"], figures["acknowledged"], figures["wrong_designs_caught"]) == (30000, 5000, "4/4")


@pytest.mark.parametrize("text", ["lost: a thanked press", "doubled: in the counters", "half read: two starts differ"])
def test_a_single_finding_is_not(text):
    assert not cuts.is_good(cuts.summary(with_failure(text)))


def test_a_wrong_design_that_gets_away_is_not():
    figures = cuts.summary([*GOOD[:-1], {"kind": "design", "design": "no CRC", "caught_by": None}])

    assert figures["wrong_designs_caught"] == "3/4"
    assert not cuts.is_good(figures)


@pytest.mark.parametrize(("name", "n"), [("cuts", 999), ("acknowledged", 4999)])
def test_too_few_of_anything_is_not(name, n):
    assert not cuts.is_good(cuts.summary([GOOD[0] | {name: n}, *GOOD[1:]]))


def test_a_process_that_dies_counts_as_a_lost_press(monkeypatch):
    monkeypatch.setattr(cuts, "interpreter", lambda: "/bin/false")

    assert cuts.run(("ring", 1))["failures"] == ["lost: the interpreter ended"]
