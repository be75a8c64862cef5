"""Free text: what was typed, and a keyboard on the glass."""

from kiosk_app.page import Target
from kiosk_app.ui.boxes import Box
from kiosk_app.ui.parts import Part
from kiosk_app.ui.screens.sheet import Sheet

KEYBOARD = 0.72  # of the height; the rest is for the question and the text
HIGHEST_KEY = 74  # pixels of the smallest screen
WIDTHS = {"key.shift": 3, "key.space": 5, "key.erase": 3}  # in keys
ICONS = {"key.shift": "shift", "key.erase": "erase"}


def content(sheet: Sheet) -> list[Part]:
    """Return the question, the text with its cursor, and the keys."""
    rows = sheet.page.keyboard
    gap = sheet.gap * 0.5
    height = min(sheet.box.height * KEYBOARD, len(rows) * (HIGHEST_KEY * sheet.unit + gap))
    keys, above = sheet.box.bottom(height)
    above = above._replace(y=above.y + gap, height=above.height - gap)
    title, below = question(sheet, above)
    field = Part(below, "field", text=sheet.page.typed)
    return [title, field, *keyboard(keys, rows, gap)]


def question(sheet: Sheet, above: Box) -> tuple[Part, Box]:
    """Return the question and the room for the text: beside it on a flat screen, below it on an upright one."""
    first, second = above.rows(2, sheet.gap) if sheet.is_portrait else above.columns(2, sheet.gap)
    return Part(first, "title", text=sheet.page.title), second


def keyboard(box: Box, rows: tuple[tuple[Target, ...], ...], gap: float) -> list[Part]:
    """Return all keys; the widest row fills the box, the others are centred over it."""
    widest = max(sum(WIDTHS.get(key.id, 1) for key in row) for row in rows)
    pitch = (box.width + gap) / widest
    return [
        part for row, line in zip(rows, box.rows(len(rows), gap), strict=True) for part in laid(row, line, pitch, gap)
    ]


def laid(row: tuple[Target, ...], line: Box, pitch: float, gap: float) -> list[Part]:
    """Return the keys of one row."""
    widths = [WIDTHS.get(key.id, 1) * pitch for key in row]
    x = line.x + (line.width + gap - sum(widths)) / 2
    found = []
    for key, width in zip(row, widths, strict=True):
        found.append(Part(Box(x, line.y, width - gap, line.height), "key", key.id, key.label, ICONS.get(key.id, "")))
        x += width
    return found
