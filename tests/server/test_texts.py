"""Words are there in every language; numbers, counts, times and names are written as their readers write them."""

import string
from pathlib import Path

import pytest

import server
from server.live.texts import CATALOGUES
from server.texts import LANGUAGES, catalogues, wording

NOON_MS = 1_795_341_600_000  # 2026-11-22 12:00 in Helsinki
EN, FI, SV = CATALOGUES["en"], CATALOGUES["fi"], CATALOGUES["sv"]
FOLDERS = sorted({path.parent for path in Path(server.__file__).parent.rglob("texts/*.json")})


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_page_the_reports_and_the_doubts_have_words():
    assert [folder.parent.name for folder in FOLDERS] == ["labels", "live", "reporting"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_every_language_has_every_text_with_the_same_fields(folder):
    every = {language: texts.entries for language, texts in catalogues(folder).items()}

    assert {path.stem for path in folder.glob("*.json")} == set(LANGUAGES)
    for language, entries in every.items():
        assert entries.keys() == every["en"].keys(), language
        assert all(text.strip() for text in entries.values()), language
        different = [key for key in entries if fields(entries[key]) != fields(every["en"][key])]
        assert [key for key in different if not key.endswith(".one")] == [], language


@pytest.mark.parametrize(
    ("texts", "value", "digits", "shown"),
    [
        (FI, 4.25, 1, "4,2"),
        (EN, 4.26, 1, "4.3"),
        (SV, -12.4, 0, "\N{MINUS SIGN}12"),
        (FI, -0.4, 0, "0"),
        (FI, 12345, 0, "12\N{NARROW NO-BREAK SPACE}345"),
    ],
)
def test_numbers_are_written_as_in_the_language(texts, value, digits, shown):
    assert texts.number(value, digits) == shown


def test_one_and_many_differ():
    assert (FI.count("responses", 1), FI.count("responses", 2)) == ("1 vastaus", "2 vastausta")
    assert (EN.count("responses", 0), SV.count("responses", 1)) == ("0 responses", "1 svar")


def test_the_clock_is_that_of_the_unit_and_the_day_is_said_unless_it_is_today():
    assert FI.time(NOON_MS, "Europe/Helsinki", NOON_MS) == "klo 12.00"
    assert SV.time(NOON_MS, "Europe/Stockholm", NOON_MS) == "kl. 11.00"
    assert EN.time(NOON_MS, "Europe/Helsinki", NOON_MS + 86_400_000) == "22 Nov, 12:00"
    assert FI.time(NOON_MS, "Europe/Helsinki", NOON_MS + 86_400_000) == "22. marraskuuta klo 12.00"


def test_a_name_is_shown_in_the_readers_language_or_in_one_that_it_has():
    assert wording({"fi": "Aula", "sv": "Aula på svenska"}, "sv").text == "Aula på svenska"
    assert (wording({"fi": "Aula"}, "en").text, wording({"fi": "Aula"}, "en").language) == ("Aula", "fi")
    assert wording({"smn": "Páihálâšvuotâ"}, "en").language == "smn"
    assert wording({"und": "Lobby"}, "sv").language == "sv"
