"""Faces and signs drawn with lines and ellipses: no picture, no letter, told apart by shape and not by colour alone."""

from collections.abc import Callable
from math import cos, pi, sin
from typing import Any

from kivy.graphics import Color, Ellipse, Rectangle, RoundedRectangle, SmoothEllipse, SmoothLine

from kiosk_app.ui.boxes import Box
from kiosk_app.ui.theme import Colour, Theme

RIM = 0.055  # of a face's side
MOUTHS = (-1.0, -0.55, 0.0, 0.55, 1.0)  # how far the corners go up, from the worst face to the best
FOUR = (0, 1, 3, 4)  # of the five moods, those of a row of four
STRENGTHS = (-2, -1, 0, 1, 2)  # of an agreement, as signs: two minus, one minus, a ring, one plus, two plus

Instructions = list[Any]


def drawn(icon: str, box: Box, theme: Theme, ink: Colour) -> Instructions:
    """Return the Kivy instructions of an icon: `face-2of5`, `step-4`, or the name of a sign."""
    family, _, which = icon.partition("-")
    if icon == "thanks":
        return thanks(box, theme)
    if family == "face":
        value, _, count = which.partition("of")
        return face(FOUR[int(value) - 1] if count == "4" else int(value) - 1, box, theme)
    if family == "step":
        return step(int(which) - 1, box, theme)
    return [Color(*ink), *SIGNS[icon](Pen(box))]


class Pen:
    """Draws in a square whose coordinates go from -1 to 1."""

    def __init__(self, box: Box) -> None:
        square = box.square()
        self._half = square.width / 2
        self._x, self._y = square.x + self._half, square.y + self._half

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Return the pixel of a point."""
        return self._x + x * self._half, self._y + y * self._half

    def line(self, *points: tuple[float, float], width: float = 0.09, close: bool = False) -> Any:
        """Return a line through points; `width` is a share of the half side."""
        flat = [value for point in points for value in self.at(*point)]
        return SmoothLine(points=flat, width=max(1.0, width * self._half), close=close, cap="round", joint="round")

    def disc(self, x: float, y: float, radius: float) -> Any:
        """Return a filled circle."""
        left, low = self.at(x - radius, y - radius)
        return SmoothEllipse(pos=(left, low), size=(2 * radius * self._half,) * 2)

    def half_disc(self, x: float, y: float, radius: float) -> Any:
        """Return the lower half of a filled circle."""
        left, low = self.at(x - radius, y - radius)
        return Ellipse(pos=(left, low), size=(2 * radius * self._half,) * 2, angle_start=90, angle_end=270)

    def arc(self, x: float, y: float, radius: float, start: float, end: float) -> Any:
        """Return a part of a circle, in turns counted from the right against the clock."""
        turns = [start + (end - start) * i / 24 for i in range(25)]
        return self.line(*((x + radius * cos(2 * pi * t), y + radius * sin(2 * pi * t)) for t in turns))

    def curve(self, width: float, y: float, up: float) -> Any:
        """Return a mouth: its corners lie `up` times a third of its width above its middle."""
        xs = [-1 + i / 12 for i in range(25)]
        return self.line(*((x * width, y + up * width * 0.62 * (x * x - 0.5)) for x in xs), width=0.075)

    def bar(self, x: float, y: float, width: float, height: float) -> Any:
        """Return a filled upright rectangle around a point."""
        left, low = self.at(x - width, y - height)
        return Rectangle(pos=(left, low), size=(2 * width * self._half, 2 * height * self._half))


def face(mood: int, box: Box, theme: Theme) -> Instructions:
    """Return a face of one of five moods; brows, mouth and colour each tell them apart."""
    pen = Pen(box)
    rim, skin = Color(*theme.feature), Color(*theme.moods[mood])
    shapes = [rim, pen.disc(0, 0, 1), skin, pen.disc(0, 0, 1 - 2 * RIM), Color(*theme.feature)]
    shapes += [pen.disc(x, 0.25, 0.13) for x in (-0.36, 0.36)]
    if mood == 4:
        return [*shapes, pen.half_disc(0, -0.12, 0.52), pen.line((-0.5, -0.12), (0.5, -0.12), width=0.06)]
    if mood == 0:
        shapes += [pen.line((side * 0.58, 0.66), (side * 0.2, 0.5), width=0.07) for side in (-1, 1)]
    return [*shapes, pen.curve(0.5, -0.38, MOUTHS[mood])]


def step(index: int, box: Box, theme: Theme) -> Instructions:
    """Return the sign of a step of agreement on a disc."""
    pen = Pen(box)
    strength = STRENGTHS[index]
    shapes = [Color(*theme.feature), pen.disc(0, 0, 1), Color(*theme.moods[index]), pen.disc(0, 0, 1 - 2 * RIM)]
    shapes.append(Color(*theme.feature))
    if strength == 0:
        return [*shapes, pen.arc(0, 0, 0.36, 0, 1)]
    places, arm = ((0.0,), 0.42) if abs(strength) == 1 else ((-0.42, 0.42), 0.3)
    shapes += [pen.bar(x, 0, arm, 0.1) for x in places]
    return shapes + [pen.bar(x, 0, 0.1, arm) for x in places if strength > 0]


def thanks(box: Box, theme: Theme) -> Instructions:
    """Return a tick on a disc."""
    pen = Pen(box)
    disc = [Color(*theme.feature), pen.disc(0, 0, 1), Color(*theme.moods[-1]), pen.disc(0, 0, 1 - 2 * RIM)]
    return [*disc, Color(*theme.feature), *tick(pen)]


def speaker(pen: Pen) -> Instructions:
    horn = [(-0.75, -0.25), (-0.4, -0.25), (0.0, -0.6), (0.0, 0.6), (-0.4, 0.25), (-0.75, 0.25)]
    return [pen.line(*horn, close=True), pen.arc(0, 0, 0.35, -0.13, 0.13), pen.arc(0, 0, 0.7, -0.13, 0.13)]


def half_filled(pen: Pen) -> Instructions:
    return [pen.arc(0, 0, 0.75, 0, 1), pen.half_disc(0, 0, 0.75)]


def larger(pen: Pen) -> Instructions:
    capital = [pen.line((-0.9, -0.65), (-0.35, 0.7), (0.2, -0.65)), pen.line((-0.68, -0.15), (-0.02, -0.15))]
    return [*capital, pen.line((0.65, 0.05), (0.65, 0.65)), pen.line((0.35, 0.35), (0.95, 0.35))]


def arrow(pen: Pen, side: int) -> Instructions:
    return [pen.line((side * -0.2, 0.6), (side * 0.4, 0), (side * -0.2, -0.6), width=0.12)]


def tick(pen: Pen) -> Instructions:
    return [pen.line((-0.6, 0.0), (-0.15, -0.45), (0.65, 0.55), width=0.13)]


def box_empty(pen: Pen) -> Instructions:
    return [pen.line((-0.6, -0.6), (0.6, -0.6), (0.6, 0.6), (-0.6, 0.6), close=True)]


def box_ticked(pen: Pen) -> Instructions:
    return [*box_empty(pen), pen.line((-0.35, 0.0), (-0.08, -0.3), (0.4, 0.35), width=0.13)]


def undo(pen: Pen) -> Instructions:
    return [pen.arc(0.05, -0.05, 0.6, -0.2, 0.45), pen.line((-0.95, 0.45), (-0.5, 0.1), (-0.2, 0.6))]


def erase(pen: Pen) -> Instructions:
    outline = [(-0.9, 0), (-0.4, 0.5), (0.85, 0.5), (0.85, -0.5), (-0.4, -0.5)]
    cross = [pen.line((0.0, 0.22), (0.45, -0.22)), pen.line((0.0, -0.22), (0.45, 0.22))]
    return [pen.line(*outline, close=True), *cross]


def export(pen: Pen) -> Instructions:
    tray = [(-0.75, -0.2), (-0.75, -0.7), (0.75, -0.7), (0.75, -0.2)]
    return [pen.line(*tray), pen.line((0, 0.8), (0, -0.2)), pen.line((-0.35, 0.15), (0, -0.25), (0.35, 0.15))]


def shift(pen: Pen) -> Instructions:
    head = [(-0.65, 0.05), (0, 0.75), (0.65, 0.05), (0.3, 0.05), (0.3, -0.6), (-0.3, -0.6), (-0.3, 0.05)]
    return [pen.line(*head, close=True)]


def broom(pen: Pen) -> Instructions:
    bristles = [pen.line((x / 2, -0.1), (x, -0.75), width=0.06) for x in (-0.5, -0.17, 0.17, 0.5)]
    return [pen.line((0, 0.85), (0, 0.1)), pen.line((-0.35, -0.05), (0.35, -0.05), width=0.12), *bristles]


def bubble(pen: Pen) -> Instructions:
    edge = [(-0.9, 0.65), (0.9, 0.65), (0.9, -0.4), (0.0, -0.4), (-0.5, -0.85), (-0.5, -0.4), (-0.9, -0.4)]
    return [pen.line(*edge, close=True), *(pen.disc(x, 0.12, 0.12) for x in (-0.45, 0, 0.45))]


def closed(pen: Pen) -> Instructions:
    return [pen.arc(0, 0, 0.8, 0, 1), pen.line((-0.55, -0.55), (0.55, 0.55))]


SIGNS: dict[str, Callable[[Pen], Instructions]] = {
    "speak": speaker,
    "contrast": half_filled,
    "larger": larger,
    "back": lambda pen: arrow(pen, -1),
    "next": lambda pen: arrow(pen, 1),
    "skip": lambda pen: [*arrow(pen, 1), pen.line((0.6, 0.6), (0.6, -0.6))],
    "done": tick,
    "ticked": box_ticked,
    "empty": box_empty,
    "undo": undo,
    "erase": erase,
    "export": export,
    "shift": shift,
    "broom": broom,
    "bubble": bubble,
    "closed": closed,
}


def ring(box: Box, shade: Colour, width: float) -> Instructions:
    """Return the frame that shows where the keys stand."""
    radius = min(box.width, box.height) * 0.14
    return [Color(*shade), SmoothLine(rounded_rectangle=(*box, radius), width=width)]


def plate(box: Box, fill: Colour, edge: Colour, width: float) -> Instructions:
    """Return the ground of a button: its edge, then its fill."""
    radius = min(box.width, box.height) * 0.14
    inner = box.inset(width)
    outer = RoundedRectangle(pos=box[:2], size=box[2:], radius=[radius])
    return [Color(*edge), outer, Color(*fill), RoundedRectangle(pos=inner[:2], size=inner[2:], radius=[radius - width])]
