"""A short fleet, and a wrong one on a wrong bridge; the long ones are `make fleet`."""

from server.trial.fleet.judgement import BOUNDED, EMPTIED, EVEN
from server.trial.fleet.run import Plan
from tests.faults.storm.__main__ import BRIEF, DESIGNS, tried

SMALL = BRIEF | {"devices": 300}
# How long a loaded machine takes is no verdict on the product.
TIMED = {BOUNDED, EMPTIED}


def faults(**programs):
    """Return what does not hold of a small fleet, for reasons that are not the machine's."""
    told = []
    trial = tried(Plan(**SMALL | programs), told.append)
    assert not trial.verdict.stuck, told
    return set(trial.faults) - TIMED


def test_some_hundred_boxes_come_back_evenly_after_their_broker_died_and_nothing_is_lost():
    assert faults() == set()


def test_a_fleet_that_comes_back_at_once_and_a_bridge_that_loses_are_caught():
    wrong = faults(program=("-m", DESIGNS, "no-chance"), bridge=("-m", DESIGNS, "dropping-bridge"))

    assert wrong == {EVEN, "nothing is lost"}
