"""A short visit of the nemesis; the long one is `make nemesis`."""

from tests.faults.nemesis.__main__ import visited


def test_some_seconds_of_kills_stops_and_cuts_lose_and_double_nothing():
    told = []

    kills, acknowledged, verdict = visited(12, 3, tell=told.append)

    assert str(verdict) == "all well", told
    assert kills >= 1
    assert acknowledged >= 50
