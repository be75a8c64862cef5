"""The idle screen: one button a language, all alike, and what became of what visitors said."""

from collections.abc import Mapping

from kiosk_app.survey import Note
from kiosk_app.texts import texts
from kiosk_app.ui.boxes import Box
from kiosk_app.ui.parts import Part
from kiosk_app.ui.screens.sheet import Sheet

ABREAST = 3  # languages whose notes stand side by side on a flat screen
STARTS = 0.5  # of the height for the buttons, when there are notes
STARTS_OF_MANY = 0.68


def content(sheet: Sheet) -> list[Part]:
    """Return the buttons, and below them the note whose turn it is."""
    page = sheet.page
    if not page.titles:
        return [Part(sheet.box, "title", text=page.title)]
    notes_below = bool(page.notes)
    share = STARTS if len(page.titles) <= ABREAST else STARTS_OF_MANY
    above, below = sheet.box.top(sheet.box.height * (share if notes_below else 1))
    buttons = above._replace(y=above.y + (sheet.gap if notes_below else 0), height=above.height - sheet.gap)
    return starts(sheet, buttons) + (told(sheet, below) if notes_below else [])


def starts(sheet: Sheet, box: Box) -> list[Part]:
    """Return a button a language: a bubble (a face would look like an answer), the invitation, the language's name."""
    count = len(sheet.page.titles)
    columns = 1 if sheet.is_portrait else min(count, ABREAST)
    cells = box.grid(count, columns, sheet.gap)
    return [
        Part(
            cell,
            "start",
            f"language.{language}",
            f"{invitation}\n{texts(language)[f'language.{language}']}",
            "bubble",
        )
        for cell, (language, invitation) in zip(cells, sheet.page.titles, strict=True)
    ]


def told(sheet: Sheet, box: Box) -> list[Part]:
    """Return one note, in every language side by side where there is room, else in one language after the other."""
    languages = [language for language, _ in sheet.page.titles]
    notes = sheet.page.notes
    if sheet.is_portrait or len(languages) > ABREAST:
        note = notes[sheet.turn // len(languages) % len(notes)]
        return story(sheet, box, note, languages[sheet.turn % len(languages)])
    note = notes[sheet.turn % len(notes)]
    columns = box.columns(len(languages), sheet.gap)
    return [
        part
        for column, language in zip(columns, languages, strict=True)
        for part in story(sheet, column, note, language)
    ]


def story(sheet: Sheet, box: Box, note: Note, language: str) -> list[Part]:
    """Return what was said, what was done, when and by whom, in one language."""
    words = texts(language)
    foot, rest = box.bottom(min(44 * sheet.unit, box.height * 0.26))
    said, did = rest.rows(2, 0)
    return [
        Part(said, "note", text=quoted(words, "note.said", note.said[language])),
        Part(did, "note", text=quoted(words, "note.did", note.did[language])),
        Part(foot, "small", text=f"{day(note.date)} {note.owner}"),
    ]


def quoted(words: Mapping[str, str], who: str, text: str) -> str:
    """Return who said or did what."""
    return f"{words[who]}: {text}"


def day(date: str) -> str:
    """Return a date as it is written in Finland in all its languages."""
    year, month, number = date.split("-")
    return f"{int(number)}.{int(month)}.{year}"
