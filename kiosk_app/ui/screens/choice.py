"""Up to six options, of which a visitor may tick several."""

from kiosk_app.page import Target
from kiosk_app.ui.boxes import Box
from kiosk_app.ui.parts import Part
from kiosk_app.ui.screens.sheet import Sheet

LEAST_ROW = 50  # pixels of the smallest screen


def content(sheet: Sheet) -> list[Part]:
    """Return a question with a box to tick for each option."""
    options = sheet.page.options
    columns = 1 if sheet.is_portrait or len(options) == 1 else 2
    rows = -(-len(options) // columns)
    title, below = sheet.titled(rows * (LEAST_ROW * sheet.unit + sheet.gap))
    cells = below.box.grid(len(options), columns, sheet.gap)
    return [title, *(tickable(box, option) for box, option in zip(cells, options, strict=True))]


def tickable(box: Box, option: Target) -> Part:
    """Return one option; its box is ticked when it is chosen."""
    return Part(box, "option", option.id, option.label, "ticked" if option.chosen else "empty", option.chosen)
