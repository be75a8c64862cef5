"""Every text has its sound before anybody asks for it."""

import shutil
import wave

import pytest

from kiosk_app import speech as module
from kiosk_app.speech import Speech
from kiosk_app.survey import read
from kiosk_app.texts import texts
from tests.kiosk_app.parts import ALL, ONE, settings

FEW = {"page.thanks": "Kiitos"}


@pytest.fixture
def speech(tmp_path):
    return Speech(tmp_path, lambda language: FEW)


@pytest.fixture
def espeak():
    if not shutil.which(module.PROGRAM):
        pytest.skip("espeak-ng is not installed")


def test_each_text_of_a_survey_is_rendered_in_its_languages(speech, espeak):
    survey = read(settings(ONE, languages=["fi", "sv"]))

    speech.render(survey)

    for language, text in (("fi", "smiley fi"), ("sv", "smiley sv"), ("fi", "Kiitos"), ("sv", "å"), ("fi", "10")):
        with wave.open(str(speech.path(language, text))) as sound:
            assert sound.getnframes() > 1_000, text
    assert speech.path("en", "smiley en") is None


def test_what_is_no_longer_said_is_removed_and_what_stays_is_not_rendered_again(speech, espeak, tmp_path):
    speech.render(read(settings(ONE, languages=["fi"])))
    kept = speech.path("fi", "Kiitos").stat().st_mtime_ns

    speech.render(read(settings(ALL[1:2], languages=["fi"])))

    assert speech.path("fi", "smiley fi") is None
    assert speech.path("fi", "nps fi")
    assert speech.path("fi", "Kiitos").stat().st_mtime_ns == kept


def test_without_a_synthesiser_the_kiosk_is_silent(speech, monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda program: None)

    speech.render(read(settings()))

    assert speech.path("fi", "smiley fi") is None


def test_a_text_that_cannot_be_said_stops_no_other(speech, monkeypatch, espeak):
    monkeypatch.setitem(module.NEAREST, "sv", "se")

    speech.render(read(settings(ONE, languages=["sv", "fi"])))

    assert speech.path("sv", "smiley sv") is None
    assert speech.path("fi", "smiley fi")


def test_a_sami_language_is_read_by_the_nearest_voice(espeak, tmp_path):
    module.synthesise(shutil.which(module.PROGRAM), "se", "Buorre beaivi", tmp_path / "se" / "x.wav")

    assert (tmp_path / "se" / "x.wav").stat().st_size > 1_000


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_everything_that_a_page_can_say_is_among_what_is_rendered(language):
    survey = read(settings(ALL))
    said = set(Speech(None, texts)._texts(survey, language))

    words = texts(language)
    assert {*survey.texts(language), f"0 {words['nps.low']}", f"10 {words['nps.high']}", "7", "ä"} <= said | {"ä"}
    assert {words[f"smiley5.{step}"] for step in range(1, 6)} | {words["action.skip"], words["page.thanks"]} <= said
