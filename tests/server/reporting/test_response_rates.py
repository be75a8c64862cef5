"""Response rates, and why there is none."""

import pytest
from statsmodels.stats.proportion import proportion_confint

from server.reporting.response_rates import response_rate


def test_a_rate_has_wilsons_interval():
    found = response_rate(3060, 12000)

    assert (found.state, found.rate.value) == ("known", 0.255)
    assert found.rate.interval == pytest.approx(proportion_confint(3060, 12000, method="wilson"), abs=1e-4)


@pytest.mark.parametrize(
    ("responses", "asked", "state"),
    [
        (0, 10, "known"),
        (10, 10, "known"),
        (5, None, "nobody_counted"),
        (0, 0, "nobody_counted"),
        (0, None, "nobody_counted"),
        (5, 0, "more_responses_than_asked"),
        (11, 10, "more_responses_than_asked"),
    ],
)
def test_without_a_sensible_number_asked_there_is_no_rate(responses, asked, state):
    found = response_rate(responses, asked)

    assert found.state == state
    assert (found.rate.value is None) == (state != "known")
