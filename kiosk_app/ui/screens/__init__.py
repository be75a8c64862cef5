"""Every screen as a function from the page to its parts; no widget, no state."""

from collections.abc import Callable

from kiosk_app.page import Page
from kiosk_app.survey import SCALES
from kiosk_app.ui.parts import Part
from kiosk_app.ui.screens import attract, choice, messages, scale, staff, writing
from kiosk_app.ui.screens.frame import framed
from kiosk_app.ui.screens.sheet import Sheet

CONTENTS: dict[str, Callable[[Sheet], list[Part]]] = {
    **dict.fromkeys(SCALES, scale.content),
    "nps": scale.nps,
    "choice": choice.content,
    "text": writing.content,
    "attract": attract.content,
    "thanks": messages.thanks,
    "undone": messages.undone,
    "cleaning": messages.cleaning,
    "out_of_service": messages.out_of_service,
    "pin": staff.pin,
    "status": staff.status,
}


def parts(page: Page, width: float, height: float, turn: int = 0) -> tuple[Part, ...]:
    """Return all that stands on a screen of that many pixels; `turn` says whose turn it is where notes take turns."""
    sheet, around = framed(page, width, height, turn)
    if page.idle_left_s is not None:
        return tuple(messages.still_there(sheet))
    return tuple(part.with_focus(page.focus) for part in [*around, *CONTENTS[page.kind](sheet)])
