"""What only the staff sees: the pad for their PIN, and the state of the device."""

from kiosk_app.ui.boxes import Box
from kiosk_app.ui.parts import Part
from kiosk_app.ui.screens.sheet import Sheet

LINES = 8  # of the status, at least: a short list is not blown up


def pin(sheet: Sheet) -> list[Part]:
    """Return the title, a star for each digit, and ten digits."""
    top, rest = sheet.box.top(sheet.box.height * 0.2)
    typed, pad = rest.top(rest.height * 0.2)
    width = min(pad.width, pad.height * 1.6)
    centred = Box(pad.x + (pad.width - width) / 2, pad.y, width, pad.height)
    *nine, zero = sheet.page.options
    first, last = (
        centred.top(centred.height * 0.75 - sheet.gap / 2)[0],
        centred.bottom(centred.height * 0.25 - sheet.gap / 2)[0],
    )
    cells = [*first.grid(9, 3, sheet.gap), last.columns(3, sheet.gap)[1]]
    digits = [Part(box, "mark", each.id, each.label) for box, each in zip(cells, (*nine, zero), strict=True)]
    return [Part(top, "title", text=sheet.page.title), Part(typed, "title", text=sheet.page.typed), *digits]


def status(sheet: Sheet) -> list[Part]:
    """Return the state of the device, a line for each thing: what it is, and how it is."""
    top, rest = sheet.box.top(sheet.box.height * 0.12)
    lines = rest.rows(max(LINES, len(sheet.page.rows)), 0)
    found = [Part(top, "title", text=sheet.page.title)]
    for line, (name, value) in zip(lines, sheet.page.rows, strict=False):
        left, right = line.left(line.width * 0.4)
        found += [Part(left, "from", text=name), Part(right, "from", text=value)]
    return found
