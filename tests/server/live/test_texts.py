"""The page's words: the same keys in every language, and numbers and times as its readers write them."""

import string

import pytest

from server.live.board import FIGURES
from server.live.texts import CATALOGUES, FOLDER, LANGUAGES, chosen, wording

NOON_MS = 1_795_341_600_000  # 2026-11-22 12:00 in Helsinki
EN, FI, SV = CATALOGUES["en"], CATALOGUES["fi"], CATALOGUES["sv"]


def fields(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_file_is_a_language_of_the_page():
    assert {path.stem for path in FOLDER.glob("*.json")} == set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_with_the_same_fields(language):
    catalogue = CATALOGUES[language].entries

    assert catalogue.keys() == EN.entries.keys()
    assert all(text.strip() for text in catalogue.values())
    different = [key for key in catalogue if fields(catalogue[key]) != fields(EN.entries[key])]
    assert [key for key in different if not key.endswith(".one")] == []


def test_every_text_is_used_somewhere():
    code = "".join(path.read_text() for path in FOLDER.parent.rglob("*") if path.suffix in (".py", ".html"))
    made = {f"label.{name}" for name, _ in FIGURES.values()} | {f"{part}.{i}" for part in SCALES for i in range(1, 6)}
    counted = {f"{key}.{form}" for key in ("responses", "waiting", "missing", "left_out") for form in ("one", "other")}

    assert [key for key in EN.entries if f'"{key}"' not in code and key not in made | counted] == []


SCALES = ("smiley", "agree", "nps")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twelve_months(language):
    assert len(CATALOGUES[language]("months").split()) == 12


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


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("sv", "fi", "sv"),
        (None, "sv-FI,sv;q=0.9,en;q=0.8", "sv"),
        (None, "de,en;q=0.5", "en"),
        ("klingon", "", "fi"),
        (None, "", "fi"),
    ],
)
def test_the_reader_chooses_the_language(asked, accepted, language):
    assert chosen(asked, accepted).language == language


def test_a_name_is_shown_in_the_readers_language_or_in_one_that_it_has():
    assert wording({"fi": "Aula", "sv": "Aula på svenska"}, "sv").text == "Aula på svenska"
    assert (wording({"fi": "Aula"}, "en").text, wording({"fi": "Aula"}, "en").language) == ("Aula", "fi")
    assert wording({"smn": "Páihálâšvuotâ"}, "en").language == "smn"
    assert wording({"und": "Lobby"}, "sv").language == "sv"
