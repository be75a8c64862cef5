"""What stands around every screen: languages, back and on, listening, contrast and large text, two hidden corners."""

from kiosk_app.page import Page, Target
from kiosk_app.texts import texts
from kiosk_app.ui.boxes import Box
from kiosk_app.ui.parts import Part
from kiosk_app.ui.screens.sheet import GAP, Sheet
from kiosk_app.ui.theme import SHORTER_SIDE

MARGIN = 10  # these: pixels of the smallest screen
BAR = 54
CORNER = 46
WIDEST = {"language": 150, "action": 168, "action.undo": 205, "tool": 150}

CORNERS = {"corner.cleaning": "left", "corner.staff": "right"}
LEFT = ("action.back", "action.undo", "action.export")


def framed(page: Page, width: float, height: float, turn: int = 0) -> tuple[Sheet, list[Part]]:
    """Return the sheet inside the frame, and the parts of the frame."""
    unit = min(width, height) / SHORTER_SIDE
    sheet = Sheet(page, Box(0, 0, width, height).inset(MARGIN * unit), unit, texts(page.language), turn)
    sheet, found = headed(sheet)
    if sheet.is_portrait and page.tools:
        bar, sheet = cut(sheet, 1)
        found += tools(sheet, bar, page.tools)
    if page.actions or (page.tools and not sheet.is_portrait):
        sheet, foot = footed(sheet)
        found += foot
    return sheet, found


def cut(sheet: Sheet, rows: int) -> tuple[Box, Sheet]:
    """Return so many bars off the top, and the sheet below."""
    bar, rest = sheet.box.top((rows * (BAR + GAP) - GAP) * sheet.unit)
    return bar, sheet.on(rest._replace(height=rest.height - sheet.gap))


def headed(sheet: Sheet) -> tuple[Sheet, list[Part]]:
    """Return the rest of the sheet, the corners, how far one is, and the languages.

    On the attract screen the languages are the buttons that start, and stand below.
    """
    shown = () if sheet.page.kind == "attract" else sheet.page.languages
    most = (3 if len(shown) <= 3 else 2) if sheet.is_portrait else 4
    rows = max(1, -(-len(shown) // most))
    header, rest = cut(sheet, rows)
    side = CORNER * sheet.unit
    left, right = header.top(side)[0].left(side)[0], header.top(side)[0].right(side)[0]
    found = [Part(left, "corner", "corner.cleaning"), Part(right, "corner", "corner.staff")]
    middle = Box(left.x + side, header.y, right.x - left.x - side, header.height)
    return rest, found + progress(sheet, middle) + switch(sheet, middle, shown, rows)


def progress(sheet: Sheet, middle: Box) -> list[Part]:
    """Return which question of how many this is; a portrait screen has it above the title."""
    if not sheet.page.steps > 1 or sheet.is_portrait:
        return []
    text = sheet.words["step.of"].format(step=sheet.page.step, steps=sheet.page.steps)
    return [Part(middle.left(150 * sheet.unit)[0].top(BAR * sheet.unit)[0], "from", text=text)]


def switch(sheet: Sheet, middle: Box, shown: tuple[Target, ...], rows: int) -> list[Part]:
    """Return the languages, all of one size and in the order of the settings."""
    if not shown:
        return []
    columns = -(-len(shown) // rows)
    gaps = sheet.gap * (columns - 1)
    width = min(
        columns * WIDEST["language"] * sheet.unit + gaps, middle.width - (0 if sheet.is_portrait else 150 * sheet.unit)
    )
    cells = middle.right(width)[0].grid(len(shown), columns, sheet.gap)
    return [
        Part(box, "language", each.id, each.label, chosen=each.chosen) for box, each in zip(cells, shown, strict=True)
    ]


def footed(sheet: Sheet) -> tuple[Sheet, list[Part]]:
    """Return the sheet above the footer, and back and on with the tools between them."""
    shown = sheet.page.actions
    footer, rest = sheet.box.bottom(BAR * sheet.unit)
    above = sheet.on(Box(rest.x, rest.y + sheet.gap, rest.width, rest.height - sheet.gap))
    lefts = [each for each in shown if each.id in LEFT]
    rights = [each for each in shown if each.id not in LEFT]
    widest = footer.width * (0.62 if sheet.page.tools and not sheet.is_portrait else 1)
    most = (widest - sheet.gap * (len(shown) - 1)) / (len(shown) or 1)
    found, middle = [], footer
    for each in lefts:
        box, middle = middle.left(action_width(sheet, each, most))
        found.append(Part(box, "action", each.id, label(sheet, each), each.id.removeprefix("action.")))
        middle = middle.right(middle.width - sheet.gap)[0]
    for each in reversed(rights):
        box, middle = middle.right(action_width(sheet, each, most))
        found.append(Part(box, "action", each.id, label(sheet, each), each.id.removeprefix("action.")))
        middle = middle.left(middle.width - sheet.gap)[0]
    return above, found + ([] if sheet.is_portrait else tools(sheet, middle, sheet.page.tools))


def action_width(sheet: Sheet, target: Target, most: float) -> float:
    """Return how wide the button of an action is; that of undo has its seconds to show."""
    return min(WIDEST.get(target.id, WIDEST["action"]) * sheet.unit, most)


def label(sheet: Sheet, target: Target) -> str:
    """Return the word on an action; that of undo says how long it can still be done."""
    left = sheet.page.undo_left_s
    if target.id != "action.undo" or not left:
        return target.label
    return f"{target.label} ({sheet.words['seconds.left'].format(n=left)})"


def tools(sheet: Sheet, bar: Box, shown: tuple[Target, ...]) -> list[Part]:
    """Return listening, contrast and large text side by side."""
    if not shown:
        return []
    gaps = sheet.gap * (len(shown) - 1)
    width = min(bar.width, len(shown) * WIDEST["tool"] * sheet.unit + gaps)
    middle = Box(bar.x + (bar.width - width) / 2, bar.y, width, bar.height)
    cells = middle.columns(len(shown), sheet.gap)
    return [
        Part(box, "tool", each.id, each.label, each.id.removeprefix("action."), each.chosen)
        for box, each in zip(cells, shown, strict=True)
    ]
