"""The words about figures: no difference is told that is not shown."""

import pytest

from server.reporting import sentences
from server.reporting.changes import Change, change
from server.reporting.differences import verdict
from server.reporting.rankings import ranking
from server.reporting.response_rates import response_rate
from server.reporting.samples import NPS_SCORES, Sample, sample
from server.reporting.sentences import CATALOGUES
from server.reporting.targets import Target, judged
from server.texts import LANGUAGES

EN, FI, SV = CATALOGUES["en"], CATALOGUES["fi"], CATALOGUES["sv"]
FEW, SOME = Sample((3, 10, 27), NPS_SCORES), Sample((30, 40, 130), NPS_SCORES)
POOR = Sample((90, 40, 70), NPS_SCORES)
NAMES = ("Salla", "Inari")


def test_without_evidence_no_difference_is_told():
    assert verdict(FEW, SOME) == "no_evidence"
    assert sentences.of_difference(EN, NAMES, FEW, SOME) == (
        "Salla and Inari: no evidence of a difference (it lies between \N{MINUS SIGN}15 and 29)"
    )
    assert (
        sentences.of_difference(FI, NAMES, FEW, SOME)
        == "Salla ja Inari: ei näyttöä erosta (ero on väliltä \N{MINUS SIGN}15…29)"
    )
    assert sentences.of_difference(SV, NAMES, FEW, SOME).startswith("Salla och Inari: inga belägg för en skillnad")


def test_a_difference_is_told_without_its_sign():
    assert sentences.of_difference(EN, NAMES, POOR, SOME) == "Salla is lower than Inari: by 60 (between 43 and 75)"
    assert sentences.of_difference(FI, NAMES, SOME, POOR) == "Salla on korkeampi kuin Inari: ero 60 (väliltä 43…75)"


def test_few_answers_are_called_few():
    tiny = Sample((0, 1, 1), NPS_SCORES)

    assert sentences.of_difference(SV, NAMES, tiny, SOME) == (
        "Salla och Inari: för få svar för en jämförelse (minst 5 behövs från vardera)"
    )
    assert "too few" in sentences.of_difference(EN, NAMES, Sample((0, 0, 0), NPS_SCORES), SOME)


def test_a_mean_has_decimals_and_the_languages_sign():
    one, other = (sample("mean", "agree5", {4: 50, 5: n}) for n in (50, 400))

    assert "0,39" in sentences.of_difference(FI, NAMES, one, other)
    assert "0.39" in sentences.of_difference(EN, NAMES, one, other)


@pytest.mark.parametrize("verdict_", ["higher", "lower", "no_evidence", "too_few_answers", "too_few_months"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_change_has_words(language, verdict_):
    said = sentences.of_change(CATALOGUES[language], Change(verdict_, 12))

    assert ("12" in said) == (verdict_ in ("higher", "lower", "no_evidence"))
    assert ("1 %" in said or "1 prosent" in said) == (verdict_ in ("higher", "lower"))


def test_a_change_is_told_with_its_false_alarms():
    found = change(POOR, [SOME, Sample((32, 38, 130), NPS_SCORES)] * 6)

    assert sentences.of_change(EN, found) == (
        "The month's figure is lower than in the 12 months before. "
        "Where nothing changed, this would be said of 1 % of months."
    )


def test_a_target_that_is_not_shown_is_not_called_missed():
    fifty = Target("nps", "salla", 2026, 50)

    assert sentences.of_target(EN, judged(fifty, FEW), fifty, FEW) == (
        "Not shown by 40 answers whether the target 50 is met"
    )
    assert sentences.of_target(FI, judged(fifty, POOR), fifty, POOR) == "Tavoitetta 50 ei saavutettu"


def test_a_place_is_told_with_all_the_ranks_it_may_have():
    told = [sentences.of_place(EN, place, 3) for place in ranking({"a": FEW, "b": SOME, "c": POOR})]

    assert told == ["Rank 1 to 2 of 3", "Rank 1 to 2 of 3", "Rank 3 of 3"]


def test_a_response_rate_says_of_how_many():
    assert sentences.of_response_rate(FI, response_rate(30, 120)) == ("30 / 120 vastasi: 25,0 % (väliltä 18,1…33,4 %)")
    assert sentences.of_response_rate(EN, response_rate(5, None)) == "5 answered; how many were asked is not known"
    assert "check the number asked" in sentences.of_response_rate(EN, response_rate(5, 3))
