"""The paper model, reckoned again by hand, and on the figures that were measured."""

import pytest

from tests.faults.storm import paper

COST = {
    "longest_wait_s": 30,
    "peak_to_steady": 1.2,
    "presses": 12,
    "broker_us_per_connect": 300,
    "broker_us_per_key": 700,
    "broker_us_per_ping": 10,
    "broker_us_per_response": 40,
    "broker_kib_per_device": 4,
    "broker_kib_per_key": 16,
    "bridge_us_per_hello_of_many": 100,
    "bridge_us_per_single": 30,
    "bridge_base_mib": 100,
    "bridge_kib_per_device": 4,
    "bytes_per_response": 400,
}


def test_the_storm_of_a_hundred_thousand_keys_is_more_than_one_thread_of_a_broker_gives():
    parts = {part.name: part for part in paper.paper(100_000, COST)}

    assert parts["broker, storm"].load == pytest.approx(100_000 / 30 * 1.2 * 1000 / 1e6)
    assert parts["broker, storm"].parts == 8
    assert parts["bridge, storm"].load == pytest.approx(0.4)
    assert parts["broker, files"].load == pytest.approx(100_200 / 65_536)
    assert parts["bridge, day"].load == pytest.approx(100_000 * 12 / 6 / 3600 * 30 / 1e6)
    assert parts["broker, memory"].load == pytest.approx(100_000 * 20 / 1024 / 1024 / 8)
    assert parts["bridge, memory"].load == pytest.approx((100 + 195.3125) / 512)  # of fifty thousand
    assert parts["database, disk"].load == pytest.approx(100_000 * 12 * 365 * 400 / 2**40)


def test_the_part_that_saturates_first_comes_first():
    loads = [part.load for part in paper.paper(1_000_000, COST)]

    assert loads == sorted(loads, reverse=True)
    assert paper.figures(COST)["1000000"]["first"] == "broker, storm"


def test_what_was_measured_is_enough_to_reckon_and_every_part_has_a_remedy():
    told = list(paper.rows(paper.measured()))

    assert [line for line in told if line.endswith("boxes")] == ["10,000 boxes", "100,000 boxes", "1,000,000 boxes"]
    assert {part.name for part in paper.paper(10_000, COST)} == set(paper.REMEDIES)
