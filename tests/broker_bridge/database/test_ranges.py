"""Half-open ranges that never overlap, tried with any ranges there are, and days of 23 and 25 hours."""

from contextlib import closing
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker_bridge.database import registry
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.migrate import open_database
from broker_bridge.database.ranges import Range, day_start_ms, refuse_overlap, shown_moment

HOUR_MS = 3_600_000
ENDS = st.none() | st.integers(1, 60)


@st.composite
def ranges(draw):
    from_ms = draw(st.integers(0, 50))
    to_ms = draw(ENDS.filter(lambda end: end is None or end > from_ms))
    return Range(from_ms, to_ms)


def moments(some):
    """Return every moment of a range up to 100, which stands for the end of time."""
    return set(range(some.from_ms, 100 if some.to_ms is None else some.to_ms))


@given(ranges(), ranges())
def test_two_ranges_overlap_when_they_have_a_moment_in_common(one, other):
    assert one.overlaps(other) == bool(moments(one) & moments(other)) == other.overlaps(one)


@given(ranges(), ranges())
def test_a_range_encloses_another_when_it_has_all_its_moments(one, other):
    assert one.encloses(other) == (moments(other) <= moments(one))


@given(ranges(), st.integers(0, 70))
def test_a_range_holds_its_beginning_and_not_its_end(some, at):
    assert some.holds(at) == (at in moments(some))


@given(st.lists(ranges(), min_size=1, max_size=12))
def test_the_table_takes_exactly_the_ranges_that_overlap_none_before(wanted):
    with TemporaryDirectory() as folder, closing(open_database(Path(folder) / "hymio.db")) as connection:
        taken = placed(connection, wanted)

    assert all(not one.overlaps(other) for one, other in combinations(taken, 2))


def placed(connection, wanted):
    """Place a box for each range in turn and return the ranges that were taken; each refusal has its reason."""
    registry.add_unit(connection, "keskus", {"fi": "Keskus"})
    registry.add_service_point(connection, "aula", "keskus", {"fi": "Aula"})
    registry.add_device(connection, "box-0001", "button-5")
    taken: list[Range] = []

    for some in wanted:
        try:
            new = registry.add_placement(connection, "box-0001", "aula", some).new
        except Conflict:
            assert any(some.overlaps(other) for other in taken)
        else:
            assert new == (some not in taken)
            taken += [some] * new
    return taken


@pytest.mark.parametrize(("from_ms", "to_ms"), [(5, 5), (5, 4), (0, 0)])
def test_a_range_without_a_moment_is_refused(from_ms, to_ms):
    with pytest.raises(Invalid, match="valid_to"):
        Range(from_ms, to_ms)


def test_the_conflict_names_the_range_that_is_in_the_way(connection):
    with pytest.raises(Conflict) as conflict:
        refuse_overlap(connection, "service_class_links", {"service_point": "aula"}, Range(1_780_000_000_000))

    assert "service_point aula" in str(conflict.value)
    assert "since ever to 2026-05-31T21:00:00Z" in str(conflict.value)


@pytest.mark.parametrize(
    ("day", "hours"), [("2026-10-25", 25), ("2027-03-28", 23), ("2026-11-22", 24), ("2026-12-31", 24)]
)
def test_a_local_day_has_the_hours_of_its_zone(day, hours):
    year, month, of_month = (int(part) for part in day.split("-"))
    next_day = "2027-01-01" if (month, of_month) == (12, 31) else f"{year}-{month:02}-{of_month + 1:02}"

    assert day_start_ms(next_day, "Europe/Helsinki") - day_start_ms(day, "Europe/Helsinki") == hours * HOUR_MS


def test_moments_are_shown_in_utc_and_the_ends_of_time_in_words():
    assert shown_moment(1_780_261_200_000) == "2026-05-31T21:00:00Z"
    assert str(Range()) == "since ever to open end"
