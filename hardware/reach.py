"""The kiosk's heights over the floor, held to what a seated visitor can reach, and the drawing of them."""

import math
from collections.abc import Iterator
from typing import NamedTuple

from hardware.catalogue import CATALOGUE
from hardware.kiosk_stand import KEYS_MM, SCREEN_BOTTOM_MM, SCREEN_TILT_DEG


class Range(NamedTuple):
    name: str
    low_mm: float
    high_mm: float
    source: str


EN_301_549 = Range(
    "unobstructed forward reach", 380, 1220, "EN 301 549, 8.3.3.1.1 and 8.3.3.1.2, as quoted by ds.gpii.net"
)
OVER_A_SHELF = Range("forward reach over 510 to 635 mm", 380, 1120, "EN 301 549, 8.3.3.1.3.3, as quoted by ds.gpii.net")
COMFORT = Range("without stretching", 800, 1100, "an aim of ours; ISO 21542 and the Finnish RT cards were not read")
RANGES = (EN_301_549, OVER_A_SHELF, COMFORT)

FLOOR_MM = (760, 1220)
"""Clear floor before it: EN 301 549, 8.3.2.2, as quoted by ds.gpii.net."""

ACTIVE_MM = 87.0  # of the screen's 120 mm show and feel: The Register on the 5 inch sibling


def touched() -> dict[str, float]:
    """Return the height of everything that a visitor touches, in mm."""
    edge = (CATALOGUE["touchscreen"].size[1] - ACTIVE_MM) / 2  # it stands on its long side
    rise = math.cos(math.radians(SCREEN_TILT_DEG))
    low = SCREEN_BOTTOM_MM + edge * rise
    return {"keys": KEYS_MM, "screen, lowest": low, "screen, highest": low + ACTIVE_MM * rise}


def too_far(heights: dict[str, float]) -> list[str]:
    """Return a line for every height outside of a range."""
    return [
        f"{name} at {height:.0f} mm: {reach.name} is {reach.low_mm} to {reach.high_mm} mm"
        for name, height in heights.items()
        for reach in RANGES
        if not reach.low_mm <= height <= reach.high_mm
    ]


def as_svg() -> str:
    """Return the stand from the side with the ranges beside it; one millimetre is 0.4 units."""
    head = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="760" height="600" '
        'viewBox="0 -540 760 600" font-family="sans-serif">'
    )
    return "\n".join([head, *stand(), *ranges(), *heights(), "</svg>", ""])


def stand() -> Iterator[str]:
    yield '<rect x="0" y="-540" width="760" height="600" fill="white"/>'
    yield '<line x1="20" y1="0" x2="740" y2="0" stroke="black" stroke-width="2"/>'
    yield '<rect x="40" y="-8" width="140" height="8" fill="#999"/>'
    low, wide = 0.4 * SCREEN_BOTTOM_MM, 0.4 * CATALOGUE["touchscreen"].size[1]
    yield f'<rect x="104" y="{-low:g}" width="12" height="{low - 8:g}" fill="#bbb"/>'
    tilt = f'transform="rotate({-SCREEN_TILT_DEG} 110 {-low:g})"'
    yield f'<rect x="104" y="{-low - wide:g}" width="12" height="{wide:g}" fill="#334" {tilt}/>'
    yield f'<rect x="106" y="{-0.4 * KEYS_MM - 8:g}" width="32" height="16" fill="#667"/>'
    text = f"clear floor {FLOOR_MM[0]} x {FLOOR_MM[1]} mm before the kiosk"
    yield f'<text x="20" y="30" font-size="13">{text} (EN 301 549, 8.3.2.2, quoted by ds.gpii.net)</text>'


def ranges() -> Iterator[str]:
    for place, reach in enumerate(RANGES):
        x, low, high = 420 + 110 * place, -0.4 * reach.low_mm, -0.4 * reach.high_mm
        yield f'<rect x="{x}" y="{high:g}" width="26" height="{low - high:g}" fill="#9cc3e6" stroke="black"/>'
        for edge, value in ((high - 4, reach.high_mm), (low + 13, reach.low_mm)):
            yield f'<text x="{x + 13}" y="{edge:g}" font-size="12" text-anchor="middle">{value:g}</text>'
        for line, words in enumerate(wrapped(reach.name)):
            yield f'<text x="{x - 4}" y="{low + 40 + 14 * line:g}" font-size="11">{words}</text>'


def wrapped(text: str, width: int = 16) -> list[str]:
    lines = [""]
    for word in text.split():
        lines = [*lines[:-1], f"{lines[-1]} {word}".strip()] if len(lines[-1] + word) < width else [*lines, word]
    return lines


def heights() -> Iterator[str]:
    for name, height in touched().items():
        y = -0.4 * height
        yield f'<line x1="145" y1="{y:g}" x2="740" y2="{y:g}" stroke="#c33" stroke-dasharray="4 3"/>'
        yield f'<text x="190" y="{y - 3:g}" font-size="12" fill="#c33">{name}: {height:.0f} mm</text>'
