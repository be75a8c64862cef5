"""Each figure of a fleet that is out of its bounds is named."""

import pytest

from server.trial.fleet.costs import Costs
from server.trial.fleet.judgement import BOUNDED, EMPTIED, EVEN, SMALL, figures, untrue
from server.trial.fleet.run import Found, Plan
from server.trial.fleet.storm import Storm

WELL = Found(Storm(10_000, 400, 360, 60.0), 330.0, 60.0, 50_000, True, 119_000, 0, 210.0, 37.0, Costs(*range(8)))


def test_a_fleet_that_does_well_has_nothing_untrue():
    assert untrue(Plan(), WELL) == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"storm": WELL.storm._replace(chosen_peak_per_s=4_000)}, EVEN),
        ({"storm": WELL.storm._replace(peak_per_s=4_000)}, BOUNDED),
        ({"drained": False}, EMPTIED),
        ({"drain_s": 1_000.0}, EMPTIED),
        ({"bridge_peak_mib": 1_000.0}, SMALL),
    ],
)
def test_what_is_out_of_bounds_is_named(wrong, named):
    assert untrue(Plan(), WELL._replace(**wrong)) == [named]


def test_the_figures_name_the_storm_beside_its_bound():
    told = figures(Plan(), WELL)

    assert (told["devices"], told["responses"], told["storm_peak_to_steady"]) == (10_000, 119_000, 1.21)
    assert told["storm_peak_to_steady"] < told["bound"] < 4
