"""A survey is tried on the screen before a visitor sees it; what cannot be shown is named."""

import pytest

from kiosk_app.survey import Limits, read
from kiosk_app.ui.rendering import refusal
from tests.kiosk_app.ui.glass_rig import SIZES
from tests.kiosk_app.ui.looking import surveys

KINDS = ("smiley4", "smiley5", "agree5", "nps", "choice", "text")
WORDS = "Kuinka todennäköisesti suosittelisit saamaasi palvelua läheisellesi tai ystävällesi samassa tilanteessa? " * 5
SMALLEST = (800, 480)


def asked(text, kind="smiley5", options=("Jokin muu",) * 6, **more):
    question = {"id": "q", "kind": kind, "text": {"fi": text}}
    listed = [{"id": str(n), "text": {"fi": option}} for n, option in enumerate(options)]
    question |= {"options": listed} if kind == "choice" else {}
    fields = {"settings": "x@1", "survey": {"questions": [question]}, "languages": ["fi"], **more}
    return read(fields, Limits())


@pytest.mark.parametrize("size", SIZES)
def test_the_surveys_of_the_trial_and_one_in_sami_are_shown(size):
    assert [refusal(one, *size) for one in surveys()] == [""] * 4


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_there_is_room_for_what_the_manual_says(size, kind):
    assert refusal(asked(WORDS[: 90 if kind == "text" else 200].strip(), kind), *size) == ""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", SIZES)
def test_a_question_of_five_hundred_letters_is_refused_with_its_place(size, kind):
    said = refusal(asked(WORDS[:500].strip(), kind), *size)

    assert said.startswith("survey.questions[0].fi: no room on ")


def test_a_word_wider_than_the_screen_is_refused():
    assert "no room on 800x480 for 'epä" in refusal(asked("epä" * 20, kind="text"), *SMALLEST)


def test_an_option_with_too_much_to_say_is_refused():
    assert refusal(asked("Miksi?", "choice", ["a", WORDS[:300].strip()]), *SMALLEST).startswith(
        "survey.questions[0].fi"
    )


def test_a_note_with_too_much_to_say_is_refused():
    note = {"said": {"fi": WORDS[:400].strip()}, "did": {"fi": "x"}, "date": "2026-11-02", "owner": "M"}

    assert refusal(asked("Miksi?", notes=[note]), *SMALLEST).startswith("notes.fi")


@pytest.mark.parametrize("letter", ["漢", "ก"])
def test_a_letter_that_the_font_lacks_is_refused(letter):
    assert refusal(asked(f"Miten meni {letter}?"), *SMALLEST).startswith(f"fi: no letter for {letter!r}")
