"""All that a kiosk can show, drawn and looked at: nothing clipped, nothing on top of another, strong contrast."""

import pytest

from kiosk_app.ui import fitting, lettering, rendering, screens
from kiosk_app.ui.theme import NORMAL, STRONG, contrast
from tests.kiosk_app.ui.glass_rig import SIZES, survey
from tests.kiosk_app.ui.looking import surveys, sweep

SMALLEST = (800, 480)


@pytest.mark.parametrize("size", SIZES)
def test_no_text_is_clipped_and_nothing_overlaps(size):
    seen = sweep([size], themes=[NORMAL], look_at_contrast=False)

    assert (seen.clipped, seen.overlapping) == ([], [])
    assert seen.pages >= 100


@pytest.mark.parametrize("theme", [NORMAL, STRONG])
def test_text_and_faces_stand_out(theme):
    seen = sweep([SMALLEST], asked=[survey("all")], themes=[theme], only=lambda page: page.language == "sv")

    assert seen.contrast[theme].ratio >= theme.contrast, seen.contrast[theme].where


@pytest.mark.parametrize("theme", [NORMAL, STRONG])
def test_the_ring_of_the_keys_stands_out(theme):
    assert contrast(theme.focus, theme.ground) >= 4.5
    assert contrast(theme.focus, theme.edge) >= 1.1


def test_large_text_is_larger():
    """Of the texts of a question page, at the smallest screen, and so at every one."""
    normal, large = (sizes_of("national@1", larger) for larger in (False, True))

    assert large["title"] >= 1.2 * normal["title"]
    assert large["option"] >= 1.2 * normal["option"]


def sizes_of(name, larger):
    page = next(page for _, page, _ in rendering.pages(survey(name)) if page.kind == "agree5" and page.larger == larger)
    found = lettering.fits(screens.parts(page, *SMALLEST), 1, larger)
    return {part.look: fit.size for part, fit in found.items() if fit}


def test_every_survey_of_the_sweep_has_a_language_of_its_own_kind():
    assert {language for asked in surveys() for language in asked.languages} == {"fi", "sv", "en", "se", "smn", "sms"}


def test_lines_are_broken_after_blanks_hyphens_and_slashes():
    assert fitting.broken("vården/ärendet on-site nu", 9, len) == ["vården/", "ärendet", "on-site", "nu"]


def test_a_word_wider_than_its_line_fits_nowhere():
    assert fitting.broken("ei " + "a" * 20, 10, len) == []


def test_what_is_typed_shows_its_end_whatever_the_word():
    measure = lambda line, size: (10 * len(line), 10)  # noqa: E731  # ten pixels a letter

    assert fitting.tail("aaaa " + "b" * 25, 102, 20, 10, measure) == ["b" * 10, "b" * 5]
    assert fitting.tail("yksi kaksi", 62, 20, 10, measure) == ["yksi ", "kaksi"]
