"""Looks before a survey is used whether this screen can show it: every text, in every language, large and normal."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from kivy.core.text import Label

from kiosk_app.page import Page
from kiosk_app.reader import Reader
from kiosk_app.scenes import Painter, Scene
from kiosk_app.survey import Survey
from kiosk_app.texts import texts
from kiosk_app.ui import lettering, screens
from kiosk_app.ui.fitting import FONT
from kiosk_app.ui.theme import SHORTER_SIDE
from kiosk_app.visit import Visit

UNKNOWN = "\uffff"  # no character at all; a font draws for it what it draws for all that it lacks
PROBE = 16  # pixels


def refusal(survey: Survey, width: float, height: float) -> str:
    """Return why a screen of that many pixels cannot show a survey, or "" when it can."""
    for language in survey.languages:
        missing = [letter for text in survey.texts(language) for letter in text if not is_in_font(letter)]
        if missing:
            return f"{language}: no letter for {missing[0]!r} (U+{ord(missing[0]):04X}) on this screen"
    unit = min(width, height) / SHORTER_SIDE
    for path, page, turn in pages(survey):
        parts = screens.parts(page, width, height, turn)
        if clipped := lettering.clipped(parts, unit, page.larger):
            return f"{path}.{page.language}: no room on {width:.0f}x{height:.0f} for {clipped[0].text[:60]!r}"
    return ""


def pages(survey: Survey) -> Iterator[tuple[str, Page, int]]:
    """Yield every page of a survey in every language, and the idle screen with every note, with its place and turn."""
    painter = Painter(texts)
    for language in survey.languages:
        for step in range(len(survey.questions)):
            visit = Visit(survey, language)
            visit.step = step
            yield from twice(f"survey.questions[{step}]", painter.page(asking(visit)))
    idle = painter.page(Scene("attract", survey, None, Reader(), survey.languages[0]))
    for turn in range(max(1, len(survey.notes)) * len(survey.languages)):
        for path, page in ((path, page) for path, page, _ in twice("notes", idle)):
            yield path, page, turn


def asking(visit: Visit) -> Scene:
    """Return the scene of a question; a ticked one is as wide as an unticked one."""
    return Scene("asking", visit.survey, visit, Reader(), visit.language)


def twice(path: str, page: Page) -> Iterator[tuple[str, Page, int]]:
    """Yield a page as it is, and in large text."""
    yield path, page, 0
    yield path, replace(page, larger=True), 0


@lru_cache(maxsize=1024)
def is_in_font(letter: str) -> bool:
    """Tell whether the font has a letter, by what it draws."""
    return letter == " " or picture(letter) != picture(UNKNOWN)


def picture(letter: str) -> bytes:
    """Return the pixels of a letter."""
    label = Label(text=letter, font_name=FONT, font_size=PROBE)
    label.refresh()
    pixels: bytes = label.texture.pixels
    return pixels
