"""The glass: draws the parts of a screen, draws anew only what changed, and tells which part a finger means."""

from collections.abc import Iterable, Sequence
from typing import Any

from kivy.core.text import Label
from kivy.graphics import Color, InstructionGroup, Rectangle, Translate
from kivy.uix.widget import Widget

from kiosk_app.ui import fitting, icons, lettering
from kiosk_app.ui.parts import Part
from kiosk_app.ui.theme import NORMAL, SHORTER_SIDE, Colour, Theme

EDGE = 2  # pixels of the smallest screen around a button
RING = 3  # and of the ring of the keys
CENTRED = 0.5
ACROSS = {"from": 0.0, "note": 0.0, "field": 0.0, "to": 1.0}
FROM_THE_TOP = {"field", "note"}
FILLED = {"action"}
BUTTONS = {"start", "option", "action", "tool", "language", "key", "mark", "field"}


def across(part: Part) -> float:
    """Return where in its box a text stands: 0 at the left, 1 at the right; beside its icon it begins at the left."""
    return 0.0 if part.icon and not part.upright else ACROSS.get(part.look, CENTRED)


class Drawn:
    """One part on the canvas; `texture_size` is that of its text, (0, 0) without one."""

    def __init__(self, part: Part, fit: fitting.Fit | None, theme: Theme, unit: float) -> None:
        self.part = part
        self.group = InstructionGroup()
        self.texture_size: tuple[int, int] = (0, 0)
        self._theme = theme
        self._unit = unit
        self._draw(fit)

    @property
    def ink(self) -> Colour:
        """The colour of its text and sign."""
        if self.part.chosen:
            return self._theme.chosen_ink
        if self.part.look in FILLED:
            return self._theme.button_ink
        return self._theme.key_ink if self.part.look in BUTTONS else self._theme.ink

    @property
    def fill(self) -> Colour:
        """The colour that its text and sign stand on."""
        if self.part.chosen:
            return self._theme.chosen
        if self.part.look in FILLED:
            return self._theme.button
        return self._theme.key if self.part.look in BUTTONS else self._theme.ground

    def _draw(self, fit: fitting.Fit | None) -> None:
        part = self.part
        if part.look in BUTTONS:
            self._add(icons.plate(part.box, self.fill, self._theme.edge, EDGE * self._unit))
        if part.icon:
            self._add(icons.drawn(part.icon, part.icon_box, self._theme, self.ink))
        if fit:
            self._write(fit)
        if part.focused:
            self._add(icons.ring(part.box.inset(-RING * self._unit), self._theme.focus, RING * self._unit))

    def _write(self, fit: fitting.Fit) -> None:
        align = "center" if across(self.part) == CENTRED else "left"
        text = "\n".join(fit.lines)
        label = Label(text=text, font_name=fitting.FONT, font_size=fit.size, color=(*self.ink, 1), halign=align)
        label.refresh()
        self.texture_size = label.texture.size
        self._add([Color(1, 1, 1), Rectangle(texture=label.texture, size=label.texture.size, pos=self._place())])

    def _place(self) -> tuple[int, int]:
        """Return where the text begins: whole pixels, or its edges are blurred."""
        box = self.part.text_box
        width, height = self.texture_size
        up = 1.0 if self.part.look in FROM_THE_TOP else CENTRED
        return int(box.x + (box.width - width) * across(self.part)), int(box.y + (box.height - height) * up)

    def _add(self, instructions: Iterable[Any]) -> None:
        for instruction in instructions:
            self.group.add(instruction)


class Stage(Widget):
    """Shows parts; `drawn` has what stands there now."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.drawn: dict[tuple[Part, fitting.Fit | None], Drawn] = {}
        self._look: tuple[Any, ...] = ()
        with self.canvas:
            self._ground_colour = Color(*NORMAL.ground)
            self._ground = Rectangle()
            self._shift = Translate(0, 0)

    def show(self, parts: Sequence[Part], theme: Theme, larger: bool = False) -> None:
        """Draw these parts and no others."""
        unit = min(self.size) / SHORTER_SIDE
        self._ground_colour.rgb, self._ground.size = theme.ground, self.size
        if self._look != (theme, unit):
            self.clear()
            self._look = (theme, unit)
        wanted = lettering.fits(parts, unit, larger)
        for key in [key for key in self.drawn if key not in wanted.items()]:
            self.canvas.remove(self.drawn.pop(key).group)
        for key in wanted.items():
            if key not in self.drawn:
                self.drawn[key] = Drawn(*key, theme, unit)
                self.canvas.add(self.drawn[key].group)

    def clear(self) -> None:
        """Draw nothing."""
        for drawn in self.drawn.values():
            self.canvas.remove(drawn.group)
        self.drawn.clear()

    def shift(self, x: int, y: int) -> None:
        """Move all that is drawn by some pixels, so that no edge burns in."""
        self._shift.xy = (x, y)

    def meant(self, x: float, y: float) -> str:
        """Return the id of the part at a point, "" where there is none."""
        return next((part.id for part, _ in self.drawn if part.touched_at(x, y)), "")
