"""What a publication is made of: counts of whole months, in each unit's own time."""

from datetime import UTC, datetime

from broker_bridge.database.connect import Connection
from server.publication.counts import around, by_all, by_language
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
