"""The film over the panel: five faces, two lines for the question, and where each of them stands; in mm."""

import csv
import io
from collections.abc import Iterator
from typing import NamedTuple

from hardware.enclosure.housing import BELOW_BUTTON_MM, HEAD_MM, LAMP_HOLE_MM, ROUNDING_MM, Housing

FACE_MM = 34.0
ABOVE_MARKS_MM = 4.0
ABOVE_BUTTON_MM = 37.0
EYE_MM = (5.5, 4.5, 2.2)  # aside, up, radius
MOUTH_MM = (8.5, -5.5, 7.0)  # half its width, its middle, how far its middle bends for the best and the worst
COLOURS = ("#d5402b", "#f08a2c", "#f2c230", "#9cc648", "#3a9a4b")
LINE_MM = (186.0, 8.0)
LINES_MM = {"question in Finnish": 49.0, "question in Swedish": 39.5}
"""Equal in size; the words are the survey's, and are written on the film when it is ordered."""


class Label(NamedTuple):
    """Middle on the panel, from the panel's middle, and size."""

    name: str
    x: float
    y: float
    width: float
    height: float


def labels(housing: Housing) -> list[Label]:
    if not housing.holds:
        return []
    named = enumerate(housing.buttons, 1)
    faces = [Label(f"face {number}", x, y + ABOVE_BUTTON_MM, FACE_MM, FACE_MM) for number, (x, y) in named]
    return faces + [Label(name, -7.0, y, *LINE_MM) for name, y in LINES_MM.items()]


def as_csv(housing: Housing) -> str:
    """Return the positions from the panel's lower left corner, as who cuts the film measures them."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("label", "middle_x_mm", "middle_y_mm", "width_mm", "height_mm"))
    for name, x, y, *size in labels(housing):
        writer.writerow((name, round(x + housing.width_mm / 2, 2), round(y + housing.panel_mm / 2, 2), *size))
    return text.getvalue()


def outline(housing: Housing) -> tuple[float, float, float, float]:
    """Return left, low, right and high of the film: the panel's flat part, down to above the dots."""
    aside, high = housing.width_mm / 2 - ROUNDING_MM, housing.panel_mm / 2 - ROUNDING_MM
    return -aside, housing.row_mm - BELOW_BUTTON_MM + ABOVE_MARKS_MM, aside, high


def as_svg(housing: Housing) -> str:
    """Return the film in its true size, with its holes; y goes down in SVG."""
    left, low, right, high = outline(housing)
    size = f'width="{right - left:g}mm" height="{high - low:.5g}mm"'
    box = f'viewBox="{left:g} {-high:.5g} {right - left:g} {high - low:.5g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {box}>'
    return "\n".join([head, *film(housing), "</svg>", ""])


def film(housing: Housing) -> Iterator[str]:
    left, low, right, high = outline(housing)
    size = f'width="{right - left:g}" height="{high - low:.5g}"'
    yield f'<rect x="{left:g}" y="{-high:.5g}" {size} rx="3" {LINE_STYLE}/>'
    for x, y in housing.buttons:
        yield f'<circle cx="{x:g}" cy="{-y:g}" r="{HEAD_MM / 2 + 0.5:g}" {LINE_STYLE}/>'
    if housing.lamp_at:
        x, y = housing.lamp_at
        yield f'<circle cx="{x:g}" cy="{-y:g}" r="{LAMP_HOLE_MM / 2:g}" {LINE_STYLE}/>'
    for number, label in enumerate(labels(housing), 1):
        yield from face(number, label) if label.name.startswith("face") else line(label)


LINE_STYLE = 'fill="none" stroke="black" stroke-width="0.3"'


def face(number: int, label: Label) -> Iterator[str]:
    """Yield a face; the shape of its mouth says what its colour says."""
    aside, up, radius = EYE_MM
    x, y = label.x, -label.y
    fill = f'fill="{COLOURS[number - 1]}" stroke="black" stroke-width="1.2"'
    yield f'<circle cx="{x:g}" cy="{y:g}" r="{FACE_MM / 2 - 0.8:g}" {fill}/>'
    for side in (-aside, aside):
        yield f'<circle cx="{x + side:g}" cy="{y - up:g}" r="{radius:g}"/>'
    points = " ".join(f"{x + across:.2f},{y - rise:.2f}" for across, rise in mouth(number))
    yield f'<polyline points="{points}" fill="none" stroke="black" stroke-width="1.8" stroke-linecap="round"/>'


def mouth(number: int) -> list[tuple[float, float]]:
    """Return the mouth of face 1 (worst) to 5 as points from the face's middle, y up."""
    half, middle, bend = MOUTH_MM
    much = bend * (number - 3) / 2
    steps = [step / 6 for step in range(-6, 7)]
    return [(half * step, middle + much * (step * step - 0.5)) for step in steps]


def line(label: Label) -> Iterator[str]:
    x, y = label.x - label.width / 2, -label.y - label.height / 2
    size = f'width="{label.width:g}" height="{label.height:g}"'
    yield f'<rect x="{x:g}" y="{y:g}" {size} fill="none" stroke="#bbb" stroke-width="0.2"/>'
    place = f'x="{label.x:g}" y="{-label.y + 1.4:g}"'
    yield f'<text {place} font-size="4" font-family="sans-serif" text-anchor="middle" fill="#888">{label.name}</text>'
