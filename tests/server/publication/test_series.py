"""A series on the tables: years by themselves, nobody overwrites a release, and what is too much is said."""

from dataclasses import replace

import pytest

from broker_bridge.database import publications
from broker_bridge.database.corrections import UNSAID
from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.survey_versions import add_survey
from server.publication import series
from server.publication.grid import COUNTY, Cell, Grid
from server.publication.release import Ledger, release
from tests.server.conftest import SURVEY

MONTHS = tuple(f"{year}-{month:02}" for year in (2025, 2026) for month in (10, 11, 12))
GRID = Grid({"salla": "*", "inari": "*"}, ("inari", "salla"), ("fi", "sv"))
COUNTS = {
    Cell(unit, month, part): (n, n + 1)
    for unit, part, n in (("salla", "fi", 20), ("salla", "sv", 1), ("inari", "fi", 9), ("inari", "sv", 7))
    for month in MONTHS
}
LEDGER = Ledger(GRID).closed(MONTHS, COUNTS)


def test_years_by_themselves_are_decided_as_all_together():
    together, one = release(LEDGER, COUNTY)

    apart, other = series.year_by_year(LEDGER, COUNTY)

    assert apart.shown == together.shown
    assert other.content() == one.content()


def test_more_than_can_be_reckoned_is_refused_with_how_much_can_be(monkeypatch):
    monkeypatch.setattr(series, "MOST_ATOMS", 11)

    with pytest.raises(Invalid, match="units x months x languages and backgrounds a year"):
        series.year_by_year(LEDGER, COUNTY)


def test_a_question_goes_by_those_of_its_surveys_that_are_published(connection, county):
    for question in ("nps", "smiley"):
        series.keep(connection, None, series.Series(question, "smiley5", LEDGER))
    add_survey(connection, SURVEY | {"survey": "other@1", "questions": [SURVEY["questions"][0] | {"id": "mood"}]})
    series.keep(connection, None, series.Series("mood", "smiley5", LEDGER))

    assert [each.question for each in publications.beside(connection, "smiley")] == ["nps"]
    assert publications.beside(connection, "mood") == []


def test_years_go_by_other_questions_too():
    other = replace(LEDGER, shown={Cell("*", "2026-11"): False})

    _, alone = series.year_by_year(LEDGER, COUNTY)
    _, beside = series.year_by_year(LEDGER, COUNTY, [other])

    differ = {cell for cell in alone.cells if alone.cells[cell] != beside.cells[cell]}
    assert beside.cells[Cell("*", "2026-11")] is None
    assert {cell.bucket[:4] for cell in differ} == {"2026"}


@pytest.mark.parametrize("question", ["smiley", "nps"])
def test_two_who_publish_at_once_do_not_both_pass(connection, county, monkeypatch, question):
    series.keep(connection, None, series.Series("smiley", "smiley5", LEDGER))

    def meanwhile(ledger, audience, others):
        decided, made = release(ledger, audience)
        before = publications.read(connection, question)
        series.keep(connection, before, series.Series(question, "smiley5", decided))
        return decided, made

    monkeypatch.setattr(series, "year_by_year", meanwhile)

    with pytest.raises(Conflict, match="meanwhile"):
        series.make(connection, "smiley", COUNTY, "Syksy", UNSAID)
    assert connection.execute("SELECT count(*) FROM releases").fetchone()[0] == 0
