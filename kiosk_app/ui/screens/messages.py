"""Screens that say one thing: thanks, taken back, being cleaned, out of service, is somebody there."""

from kiosk_app.ui.boxes import Box
from kiosk_app.ui.parts import Part
from kiosk_app.ui.screens.sheet import Sheet


def said(sheet: Sheet, icon: str, text: str, more: str = "", count: str = "") -> list[Part]:
    """Return a sign, a sentence below it, and what else there is to say."""
    top, rest = sheet.box.top(sheet.box.height * 0.5)
    sentence, below = rest.top(rest.height * (0.5 if more or count else 0.8))
    sign = Part(top.inset(2 * sheet.gap).square(), "sign", icon=icon)
    found = [sign, Part(sentence, "title", text=text)]
    found += [Part(below, "body", text=more)] if more else []
    return found + ([Part(below, "count", text=count)] if count else [])


def thanks(sheet: Sheet) -> list[Part]:
    """Return the thanks; taking back stands in the frame, with its seconds."""
    return said(sheet, "thanks", sheet.page.title)


def undone(sheet: Sheet) -> list[Part]:
    """Return that the response was taken back."""
    return said(sheet, "undo", sheet.page.title)


def cleaning(sheet: Sheet) -> list[Part]:
    """Return for how long the glass feels nothing."""
    left = sheet.words["seconds.left"].format(n=sheet.page.cleaning_left_s)
    return said(sheet, "broom", sheet.page.title, count=left)


def out_of_service(sheet: Sheet) -> list[Part]:
    """Return that nothing can be taken now, and whom to tell instead."""
    return said(sheet, "closed", sheet.page.title, more=sheet.words["out.help"])


def still_there(sheet: Sheet) -> list[Part]:
    """Return the question whether somebody is there, over the whole glass, so that no touch answers by mistake."""
    left = sheet.words["seconds.left"].format(n=sheet.page.idle_left_s)
    rows = sheet.box.rows(3, sheet.gap)
    whole = Box(sheet.box.x, rows[1].y, sheet.box.width, rows[0].y + rows[0].height - rows[1].y)
    help_box, count_box = rows[2].columns(2, sheet.gap)
    asked = Part(whole, "title", text=sheet.words["idle.still_there"])
    return [asked, Part(help_box, "body", text=sheet.words["idle.touch"]), Part(count_box, "count", text=left)]
