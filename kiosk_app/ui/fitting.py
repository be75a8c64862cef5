"""Text that is never clipped: a font is made smaller down to a stated least, lines are broken, or there is no fit."""

from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple

from kivy.core.text import Label

from kiosk_app.ui.theme import Letters

FONT = "DejaVuSans"  # comes with Kivy, and has every letter of Finnish, Swedish and the three Sámi languages
STEP = 0.94  # from one height of the font to the next smaller one
NARROWER = (0.55, 0.65, 0.75, 0.85, 0.93)  # shares of a box that lines are tried in, to be of even length
EDGE = 2  # pixels that a glyph may lean out of its measure

Measure = Callable[[str, int], tuple[int, int]]


class Fit(NamedTuple):
    """A height of the font in pixels, and the lines."""

    size: int
    lines: tuple[str, ...]


@lru_cache(maxsize=64)
def ruler(size: int) -> Label:
    """Return what measures one height of the font."""
    return Label(font_name=FONT, font_size=size)


@lru_cache(maxsize=8192)
def measured(text: str, size: int) -> tuple[int, int]:
    """Return width and height of a line in pixels."""
    width, height = ruler(size).get_extents(text or " ")
    return width, height


def fit(text: str, width: float, height: float, letters: Letters) -> Fit | None:
    """Return the largest lettering that fits a box, at most as wanted; None when even the least does not."""
    size = letters.wanted
    while size >= letters.least:
        width_of = partial(width_of_line, int(size))
        lines = broken(text, width - EDGE, width_of)
        if lines and len(lines) * measured("Åg", int(size))[1] <= height:
            return Fit(int(size), tuple(evened(text, lines, width - EDGE, width_of)))
        size = size * STEP if size * STEP > letters.least or size == letters.least else letters.least
    return None


def evened(text: str, lines: list[str], width: float, width_of: Callable[[str], float]) -> list[str]:
    """Return a text in as many lines, of which none is much shorter than the others."""
    if len(lines) == 1:
        return lines
    tries = (broken(text, width * share, width_of) for share in NARROWER)
    return next((found for found in tries if found and len(found) <= len(lines)), lines)


def width_of_line(size: int, line: str) -> int:
    """Return the width of a line in pixels."""
    return measured(line, size)[0]


def broken(text: str, width: float, width_of: Callable[[str], float]) -> list[str]:
    """Return a text in lines of at most a width; an empty list when a word is wider."""
    found = []
    for paragraph in text.split("\n"):
        lines = [""]
        for piece in pieces(paragraph):
            if width_of((lines[-1] + piece).rstrip()) <= width:
                lines[-1] += piece
            elif width_of(piece.rstrip()) <= width:
                lines.append(piece)
            else:
                return []
        found += [line.rstrip() for line in lines if line.strip()] or [""]
    return found


def pieces(text: str) -> list[str]:
    """Return a text in the pieces between which a line may end: after a blank, a hyphen, a slash."""
    found = [""]
    for letter in text:
        found[-1] += letter
        if letter in " -/":
            found.append("")
    return [piece for piece in found if piece]


def tail(text: str, width: float, height: float, size: int, measure: Measure = measured) -> list[str]:
    """Return the last lines of a text being typed that fit a box; a word may be broken anywhere."""
    lines = [""]
    for letter in text:
        if measure(lines[-1] + letter, size)[0] <= width - EDGE:
            lines[-1] += letter
        else:
            *_, word = pieces(lines[-1])
            whole = word != lines[-1] and not word.endswith((" ", "-", "/")) and letter != " "
            lines[-1:] = [lines[-1][: -len(word)], word + letter] if whole else [lines[-1], letter.strip()]
    return lines[-max(1, int(height // measure("Åg", size)[1])) :]
