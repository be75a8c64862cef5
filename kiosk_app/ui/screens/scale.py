"""One touch on a scale: faces, steps of agreement, or recommendation from 0 to 10."""

from kiosk_app.ui.boxes import Box
from kiosk_app.ui.parts import Part
from kiosk_app.ui.screens.sheet import Sheet

LEAST = 182  # pixels of the smallest screen that answers side by side need
LEAST_ROW = 38  # and each one below the other
ROW_GAP = 0.7  # of the usual one
TITLE = 64
NUMBERS = 120
ENDS = 40


def content(sheet: Sheet) -> list[Part]:
    """Return a question with a face or a sign for each answer, the worst first."""
    count = len(sheet.page.options)
    gap = sheet.gap * ROW_GAP
    rows = count * (LEAST_ROW * sheet.unit + gap)
    has_room = sheet.box.height - rows > TITLE * sheet.unit
    # The words of agreement are long: large letters need lines of their own.
    is_list = sheet.is_portrait or (sheet.page.larger and sheet.page.kind == "agree5" and has_room)
    title, below = sheet.titled(rows if is_list else LEAST * sheet.unit)
    cells = below.box.rows(count, gap) if is_list else below.box.columns(count, sheet.gap)
    return [title, *(answer(sheet, box, index) for index, box in enumerate(cells))]


def answer(sheet: Sheet, box: Box, index: int) -> Part:
    """Return one answer with its face or sign, its word, and its colour."""
    option, count = sheet.page.options[index], len(sheet.page.options)
    icon = f"step-{index + 1}" if sheet.page.kind == "agree5" else f"face-{index + 1}of{count}"
    return Part(box, "option", option.id, option.label, icon, option.chosen)


def nps(sheet: Sheet) -> list[Part]:
    """Return a question with the numbers 0 to 10, and what the two ends mean."""
    title, below = sheet.titled((NUMBERS + ENDS) * sheet.unit)
    ends, numbers = below.box.bottom(ENDS * sheet.unit * (1.5 if sheet.page.larger else 1))
    cells = numbers.grid(11, 6 if sheet.is_portrait else 11, sheet.gap if sheet.is_portrait else sheet.gap * 0.6)
    marks = [
        Part(box, "mark", option.id, option.id.removeprefix("option."), chosen=option.chosen)
        for box, option in zip(cells, sheet.page.options, strict=True)
    ]
    low, high = (f"{value} = {sheet.words[word]}" for value, word in ((0, "nps.low"), (10, "nps.high")))
    left, right = ends.columns(2, sheet.gap)
    return [title, *marks, Part(left, "from", text=low), Part(right, "to", text=high)]
