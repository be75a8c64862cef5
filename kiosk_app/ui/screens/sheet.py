"""What a screen draws on: its page, the free part of the glass, and how large things are there."""

from collections.abc import Mapping
from typing import NamedTuple

from kiosk_app.page import Page
from kiosk_app.ui.boxes import Box
from kiosk_app.ui.fitting import fit
from kiosk_app.ui.parts import Part
from kiosk_app.ui.theme import letters

GAP = 10  # pixels of the smallest screen between two things
SHARES = (0.34, 0.42, 0.5, 0.6)  # of the height: a question takes the first in which it reads well
WELL = 0.8  # of the letters that are wanted


class Sheet(NamedTuple):
    """`unit` is a pixel of the smallest screen; `turn` counts the turns of what changes on an idle screen."""

    page: Page
    box: Box
    unit: float
    words: Mapping[str, str]
    turn: int = 0

    @property
    def gap(self) -> float:
        """How far two things stand apart."""
        return GAP * self.unit

    @property
    def is_portrait(self) -> bool:
        """Whether there is more room below than beside."""
        return self.box.upright

    def on(self, box: Box) -> "Sheet":
        """Return the same sheet with less room."""
        return self._replace(box=box)

    def titled(self, least_below: float = 0) -> tuple[Part, "Sheet"]:
        """Return the title, as high as it needs, and the sheet below it, at least `least_below` high."""
        highest = self.box.height - self.gap - least_below
        heights = [min(highest, self.box.height * share) for share in SHARES]
        height = next((height for height in heights if self._reads_well(height)), heights[-1])
        top, rest = self.box.top(height)
        return Part(top, "title", text=self.page.title), self.on(rest._replace(height=rest.height - self.gap))

    def _reads_well(self, height: float) -> bool:
        wanted, least = letters("title", self.unit, self.page.larger)
        room = Part(self.box.top(height)[0], "title").room
        easy = letters("title", self.unit, self.page.larger)._replace(least=max(least, wanted * WELL))
        return fit(self.page.title, room.width, room.height, easy) is not None
