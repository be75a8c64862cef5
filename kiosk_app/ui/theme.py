"""Colours and letter sizes: one theme that reads well, and one of the strongest contrast."""

from dataclasses import dataclass
from typing import NamedTuple

Colour = tuple[float, float, float]

SHORTER_SIDE = 480  # pixels of the smallest screen; sizes below are for it and grow with the screen


def colour(code: str) -> Colour:
    """Return red, green and blue from 0 to 1 of six hex digits."""
    red, green, blue = (int(code[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return red, green, blue


@dataclass(frozen=True)
class Theme:
    """What is drawn in which colour; every pair that meets is told apart by at least `contrast`."""

    contrast: float
    ground: Colour
    ink: Colour
    button: Colour
    button_ink: Colour
    key: Colour
    key_ink: Colour
    edge: Colour
    chosen: Colour
    chosen_ink: Colour
    focus: Colour
    feature: Colour  # eyes, mouths and rims of faces
    moods: tuple[Colour, ...]  # from the worst to the best


MOODS = tuple(map(colour, ("F59C92", "F9BB78", "F7DE7D", "BFE08F", "8AD4A0")))
NORMAL = Theme(
    contrast=4.5,
    ground=colour("F6F4EF"),
    ink=colour("16202B"),
    button=colour("0B4A63"),
    button_ink=colour("FFFFFF"),
    key=colour("FFFFFF"),
    key_ink=colour("16202B"),
    edge=colour("4A5A68"),
    chosen=colour("16202B"),
    chosen_ink=colour("FFFFFF"),
    focus=colour("8A1F6D"),
    feature=colour("16202B"),
    moods=MOODS,
)
STRONG = Theme(
    contrast=7,
    ground=colour("000000"),
    ink=colour("FFFFFF"),
    button=colour("FFFFFF"),
    button_ink=colour("000000"),
    key=colour("000000"),
    key_ink=colour("FFFFFF"),
    edge=colour("FFFFFF"),
    chosen=colour("FFE94D"),
    chosen_ink=colour("000000"),
    focus=colour("5CE1FF"),
    feature=colour("000000"),
    moods=MOODS,
)


class Letters(NamedTuple):
    """Height of a font on the smallest screen: as it should be, and below what a text is refused."""

    wanted: float
    least: float


LETTERS = {
    "title": Letters(32, 20),
    "start": Letters(30, 16),
    "option": Letters(22, 15),
    "mark": Letters(30, 20),
    "action": Letters(22, 15),
    "tool": Letters(18, 13),
    "language": Letters(22, 14),
    "key": Letters(26, 16),
    "field": Letters(26, 26),
    "body": Letters(22, 15),
    "note": Letters(20, 13),
    "from": Letters(18, 13),
    "to": Letters(18, 13),
    "small": Letters(16, 13),
    "count": Letters(64, 32),
}
LARGER = 1.45  # what the visitor's wish for large text multiplies the wanted height by


def letters(look: str, unit: float, larger: bool) -> Letters:
    """Return the wanted and the least height of a text in pixels."""
    wanted, least = LETTERS[look]
    return Letters(wanted * unit * (LARGER if larger else 1), least * unit)


def luminance(shade: Colour) -> float:
    """Return the relative luminance of WCAG 2.2."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shade)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    """Return the contrast ratio of WCAG 2.2, from 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
