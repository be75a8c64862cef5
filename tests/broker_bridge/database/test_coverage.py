"""A device that runs is told from one that is off, by what its messages vouch for."""

from hypothesis import given
from hypothesis import strategies as some

from broker_bridge.database import boots, registry
from broker_bridge.database.boots import Seen
from broker_bridge.database.coverage import common, coverage, joined, length
from broker_bridge.database.ranges import Range
from tests.broker_bridge.conftest import BOX, EPOCH, NOW_MS, press

HOUR_MS = 3_600_000
FROM_MS, TO_MS = NOW_MS - 24 * HOUR_MS, NOW_MS + 24 * HOUR_MS
STRETCHES = some.lists(some.tuples(some.integers(0, 50), some.integers(0, 50)).map(sorted).map(tuple), max_size=6)


def ran(connection):
    """Return when the box ran at its point, in hours from now."""
    (placed,) = coverage(connection, FROM_MS, TO_MS)
    return [((begins - NOW_MS) / HOUR_MS, (ends - NOW_MS) / HOUR_MS) for begins, ends in placed.ran]


def test_nothing_is_known_of_a_device_that_was_never_heard(connection):
    (placed,) = coverage(connection, FROM_MS, TO_MS)

    assert (placed.device_id, placed.service_point, placed.ran) == (BOX, "aula", ())
    assert placed.stood == ((FROM_MS, TO_MS),)


def test_a_hello_vouches_for_the_whole_uptime(connection, send):
    send("up/hello", next_seq=1, uptime_s=7200)

    assert ran(connection) == [(-2, 0)]


def test_silence_within_one_boot_is_covered_by_the_next_message(connection, send):
    send("up/hello", next_seq=1, uptime_s=3600)
    send("up/hello", next_seq=1, uptime_s=7 * 3600, received_ms=NOW_MS + 6 * HOUR_MS)

    assert ran(connection) == [(-1, 6)]


def test_the_time_between_two_boots_is_not_covered(connection, send):
    send("up/hello", next_seq=1, uptime_s=3600)
    send("up/hello", next_seq=1, boot=2, uptime_s=3600, received_ms=NOW_MS + 6 * HOUR_MS)

    assert ran(connection) == [(-1, 0), (5, 6)]


def test_a_batch_vouches_too(connection, send):
    send("up/responses", uptime_s=3600, responses=[press(1)])

    assert ran(connection) == [(-1, 0)]


def test_an_orderly_goodbye_covers_until_then_and_a_will_does_not(connection, send):
    send("up/hello", next_seq=1, uptime_s=3600)
    send("up/bye", reason="lost", received_ms=NOW_MS + HOUR_MS)
    assert ran(connection) == [(-1, 0)]

    send("up/bye", reason="sleep", received_ms=NOW_MS + HOUR_MS)
    assert ran(connection) == [(-1, 1)]


def test_the_order_of_messages_does_not_matter(connection):
    sightings = [Seen(BOX, EPOCH, 1, uptime, NOW_MS + late) for uptime, late in ((60, 0), (30, 90_000), (600, 545_000))]
    found = []
    for ordered in (sightings, sightings[::-1]):
        connection.execute("DELETE FROM boots")
        for seen in ordered:
            boots.seen_all(connection, [seen])
        found.append(tuple(connection.execute("SELECT booted_ms, seen_uptime_s FROM boots").fetchone()))

    assert found[0] == found[1] == (NOW_MS - 60_000, 600)


def test_a_device_covers_only_the_points_where_it_stood(connection, send):
    registry.add_service_point(connection, "kerros", "keskus", {"fi": "Kerros"})
    registry.end(connection, "placements", 1, NOW_MS - HOUR_MS)
    registry.add_placement(connection, BOX, "kerros", Range(NOW_MS - HOUR_MS))
    send("up/hello", next_seq=1, uptime_s=7200)

    found = {placed.service_point: placed.ran for placed in coverage(connection, FROM_MS, TO_MS)}

    assert found == {
        "aula": ((NOW_MS - 2 * HOUR_MS, NOW_MS - HOUR_MS),),
        "kerros": ((NOW_MS - HOUR_MS, NOW_MS),),
    }


def moments(stretches):
    return {moment for begins, ends in stretches for moment in range(begins, ends)}


@given(STRETCHES, STRETCHES)
def test_stretches_have_in_common_what_their_moments_have(one, other):
    assert moments(joined(one)) == moments(one)
    assert moments(common(joined(one), joined(other))) == moments(one) & moments(other)
    assert length(joined(one), Range(5, 20)) == len(moments(one) & set(range(5, 20)))
