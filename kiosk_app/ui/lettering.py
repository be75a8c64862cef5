"""How large each text of a screen is: buttons of one kind alike, and none larger than it has room for."""

from collections.abc import Sequence

from kiosk_app.ui import fitting
from kiosk_app.ui.fitting import Fit
from kiosk_app.ui.parts import Part
from kiosk_app.ui.theme import Letters, letters

ALIKE = {"start", "option", "tool", "language", "mark", "action", "note"}
CURSOR = "|"


def fits(parts: Sequence[Part], unit: float, larger: bool) -> dict[Part, Fit | None]:
    """Return the lettering of every part; None where there is no text."""
    common = {look: least_common(parts, look, unit, larger) for look in {part.look for part in parts} & ALIKE}
    found: dict[Part, Fit | None] = dict.fromkeys(parts)
    for part in (part for part in parts if part.text or part.look == "field"):
        wanted = letters(part.look, unit, larger)
        size = common.get(part.look, wanted.wanted)
        found[part] = lettered(part, wanted._replace(wanted=size))
    return found


def least_common(parts: Sequence[Part], look: str, unit: float, larger: bool) -> float:
    """Return the size at which every text of a look fits its box, at least the least."""
    wanted = letters(look, unit, larger)
    found = [own_fit(part, wanted) for part in parts if part.look == look and part.text]
    return min((fit.size if fit else wanted.least for fit in found), default=wanted.wanted)


def own_fit(part: Part, wanted: Letters) -> Fit | None:
    """Return the largest lettering that one part has room for; None when there is none."""
    return fitting.fit(part.text, part.text_box.width, part.text_box.height, wanted)


def lettered(part: Part, wanted: Letters) -> Fit:
    """Return the lettering of one part. A text that does not fit is drawn in the least letters, in one line."""
    if part.look == "field":
        box, size = part.text_box, int(wanted.least)
        return Fit(size, tuple(fitting.tail(part.text + CURSOR, box.width, box.height, size)))
    return own_fit(part, wanted) or Fit(int(wanted.least), (part.text,))


def clipped(parts: Sequence[Part], unit: float, larger: bool) -> list[Part]:
    """Return the parts whose text does not fit even in the least letters."""
    return [
        part
        for part in parts
        if part.text and part.look != "field" and not own_fit(part, letters(part.look, unit, larger))
    ]
