"""The words of the screens: complete in three languages, and a fallback for the others."""

import json

import pytest

from kiosk_app.outbox import REASONS
from kiosk_app.page import ACTIONS, OTHERS, TOOLS
from kiosk_app.survey import SCALES
from kiosk_app.texts import FOLDER, of_file, texts


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_every_language_has_every_word_of_the_others(language):
    def words(code):
        return {key for key in of_file(code) if not key.startswith("language.")}

    assert words(language) == words("fi")


@pytest.mark.parametrize("language", ["fi", "sv", "en", "se"])
def test_no_key_that_a_page_asks_for_is_missing(language):
    keys = {f"page.{kind}" for kind in OTHERS if kind != "out_of_service"}
    keys |= {f"action.{name}" for name in (*ACTIONS, *TOOLS)} | {"key.space", "key.erase", "key.shift"}
    keys |= {f"{kind}.{value}" for kind, values in SCALES.items() if kind != "nps" for value in values}
    keys |= {"nps.low", "nps.high", "idle.still_there", "out.full", f"language.{language}"}

    assert keys - texts(language).keys() == set()


def test_every_trouble_of_the_outbox_has_words_or_falls_back():
    assert {f"out.{reason}" for reason in REASONS.values()} - texts("en").keys() == set()


def test_a_regional_language_has_the_words_of_its_base():
    assert texts("sv-FI")["page.thanks"] == texts("sv")["page.thanks"]


def test_a_language_without_words_speaks_finnish_under_its_own_name():
    assert texts("sms")["page.thanks"] == texts("fi")["page.thanks"]
    assert texts("sms")["language.sms"].startswith("Nu")
    assert texts("xx")["language.xx"] == "xx"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_no_word_is_empty(path):
    assert [key for key, word in json.loads(path.read_text()).items() if not word.strip()] == []
