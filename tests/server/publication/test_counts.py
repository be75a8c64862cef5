"""What a publication is made of: counts of whole months, in each unit's own time."""

from datetime import UTC, datetime

from broker_bridge.database.connect import Connection
from server.publication.counts import around, at_own, at_units, by_all, by_language
from server.publication.grid import Cell

TO_US = 1_793_487_600  # 2026-11-01 01:00 in Helsinki, still October in UTC


def test_a_month_is_that_of_the_unit(county: Connection, press):
    press(at=TO_US, answers={"smiley": 5})
    press(at=TO_US - 7200, answers={"smiley": 1})

    assert by_language(county, "smiley") == {
        Cell("kokkola", "2026-10", "fi"): (1, 0, 0, 0, 0),
        Cell("kokkola", "2026-11", "fi"): (0, 0, 0, 0, 1),
    }


def test_answers_without_a_language_are_not_those_of_all_languages(county: Connection, press):
    press()
    county.execute("UPDATE responses SET language = NULL")
    county.execute("UPDATE rollup_months SET language = ''")

    assert by_language(county, "smiley") == {Cell("kokkola", "2026-11", "und"): (0, 0, 0, 0, 1)}


def test_the_time_around_a_month_holds_it_wherever_on_earth():
    period = around("2026-12")

    ends = [datetime.fromtimestamp(end_ms / 1000, UTC) for end_ms in period.ends_ms]
    assert [f"{end:%Y-%m-%d %H}" for end in ends] == ["2026-11-30 00", "2027-01-02 00"]


def test_slices_by_background_are_told_from_those_by_language():
    counts = {Cell("salla", "2026-11", part): (1,) for part in ("fi", "age:", "age:65-")}

    assert by_all(counts).keys() == {Cell("salla", "2026-11", "fi")}


def test_what_a_unit_with_others_below_it_says_is_counted_beside_them_and_found_again():
    counts = {Cell("kokkola", "2026-11", "fi"): (1, 2), Cell("salla", "2026-11", "fi"): (3, 4)}

    apart = at_own(counts, {"salla": "kokkola", "kokkola": "*"})

    assert apart[Cell("kokkola/own", "2026-11", "fi")] == (1, 2)
    assert at_units(apart) == counts
    assert at_units(apart | {Cell("kokkola", "2026-11", "fi"): (5, 5)})[Cell("kokkola", "2026-11", "fi")] == (6, 7)
