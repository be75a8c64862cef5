"""Looks at drawn screens: is a text larger than its box, do two things overlap, how strong is a contrast."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from kivy.base import EventLoop
from kivy.core.window import Window
from kivy.graphics.opengl import GL_RGB, GL_UNSIGNED_BYTE, glReadPixels

from kiosk_app.reader import Reader
from kiosk_app.scenes import Painter, Scene
from kiosk_app.survey import read
from kiosk_app.texts import texts
from kiosk_app.ui import rendering, screens, stage
from kiosk_app.ui.theme import NORMAL, STRONG, contrast
from kiosk_app.visit import Visit
from tests.kiosk_app.ui.glass_rig import survey

FEW = 4  # pixels, that a stroke has at least; the others of a letter are its blurred edge
SHARE = 0.05  # of a face's square, that a colour fills which is more than an edge
SAMI = ("fi", "sv", "en", "se", "smn", "sms")
SAMI_WORDS = "Čeahkkát ŋuđŋui, Šiŋŋe ŧiđđi; Â ǩiõll ǥ ǯ Ʒ ʹ"  # noqa: RUF001  # letters, not words
REASONS = ("starting", "read_only", "full", "no_survey")
STATUS = tuple(
    (f"What there is to know, {n}", "connected, 2026-10-05 12:30:15, 1234 responses wait") for n in range(10)
)
NOTE = {
    "said": dict.fromkeys(SAMI, "Aamulla joutui odottamaan ovella liian kauan"),
    "did": dict.fromkeys(SAMI, "Avaamme oven kello 7.30 ja jaamme vuoronumerot sisällä"),
    "date": "2026-10-05",
    "owner": "Osastonhoitaja Marja Virtanen",
}


def surveys():
    """Return the surveys to look at: both of the trial with a note, one of every kind, and one in six languages."""
    yield survey("smiley@1", notes=[NOTE])
    yield survey("national@1", notes=[NOTE, NOTE])
    yield survey("all")
    words = dict.fromkeys(SAMI, SAMI_WORDS)
    kinds = ("smiley4", "text", "agree5", "nps", "choice")
    asked = [{"id": kind, "kind": kind, "text": words} for kind in kinds]
    asked[-1]["options"] = [{"id": str(n), "text": words} for n in range(6)]
    yield read({"settings": "sami@1", "survey": {"questions": asked}, "languages": list(SAMI), "notes": [NOTE]})


def pages(asked) -> Iterator:
    """Yield every page that a kiosk can show with a survey, in normal and in large text, with its turn."""
    for _, page, turn in rendering.pages(asked):
        yield page, turn
    painter = Painter(texts)
    for language in asked.languages:
        for scene in scenes(asked, language):
            page = replace(painter.page(scene), typed="ä" * 200 if scene.visit and scene.kind == "asking" else "****")
            yield page, 0
            yield replace(page, larger=True), 0


def scenes(asked, language):
    """Yield the scenes of a visitor and of the staff that are no plain question."""
    visit, reader = Visit(asked, language), Reader()
    yield Scene("thanks", asked, visit, reader, language, can_undo=True, left_ms=5_000)
    yield Scene("undone", asked, visit, reader, language)
    yield Scene("asking", asked, visit, reader, language, is_warning=True, left_ms=20_000)
    yield Scene("pin", asked, None, reader, language, digits=4)
    yield Scene("status", asked, None, reader, language, rows=STATUS)
    yield Scene("cleaning", asked, None, reader, language, left_ms=60_000)
    for reason in REASONS:
        yield Scene("out_of_service", asked, None, reader, language, reason=reason)


class Look:
    """One stage on the hidden window."""

    def __init__(self, size):
        EventLoop.ensure_window()
        Window.size = size
        self.stage = stage.Stage(size_hint=(None, None), size=size)
        Window.add_widget(self.stage)
        self.size = size

    def close(self):
        Window.remove_widget(self.stage)

    def draw(self, page, turn=0, theme=NORMAL):
        self.stage.show(screens.parts(page, *self.size, turn), theme, page.larger)

    def clipped(self):
        """Return the parts whose text is larger than their box, or that stand outside of the glass."""
        return [drawn.part for drawn in self.stage.drawn.values() if is_clipped(drawn, self.size)]

    def overlapping(self):
        """Return pairs of parts that lie on each other."""
        boxes = [(part, part.box) for part, _ in self.stage.drawn]
        return [
            (one, other)
            for at, (one, a) in enumerate(boxes)
            for other, b in boxes[at + 1 :]
            if a.x + a.width > b.x + 0.5 and b.x + b.width > a.x + 0.5
            and a.y + a.height > b.y + 0.5 and b.y + b.height > a.y + 0.5
        ]  # fmt: skip

    def contrasts(self):
        """Return what was drawn with the contrast of its text and of its icon, from the pixels of the window."""
        Window.canvas.ask_update()
        EventLoop.idle()
        width, height = self.size
        flat = np.frombuffer(glReadPixels(0, 0, width, height, GL_RGB, GL_UNSIGNED_BYTE), np.uint8)
        rows = flat.reshape(height, width, 3)
        found = []
        for drawn in self.stage.drawn.values():
            if drawn.texture_size != (0, 0):
                found.append((text_contrast(cut(rows, drawn.part.text_box)), drawn.part))
            if drawn.part.icon:
                judge = icon_contrast if is_coloured(drawn.part.icon) else text_contrast
                found.append((judge(cut(rows, drawn.part.icon_box)), drawn.part))
        return found


def is_clipped(drawn, size):
    """Tell whether the texture of a text is larger than its box, or the part larger than the glass."""
    box, (width, height) = drawn.part.text_box, drawn.texture_size
    outer = drawn.part.box
    outside = (
        outer.x < -0.5
        or outer.y < -0.5
        or outer.x + outer.width > size[0] + 0.5
        or outer.y + outer.height > size[1] + 0.5
    )
    return outside or (bool(width) and (width > box.width + 0.5 or height > box.height + 0.5))


def is_coloured(icon):
    """Tell whether an icon has areas of several colours; the others are lines on a ground, as letters are."""
    return icon.startswith(("face", "step", "thanks"))


def cut(rows, box):
    """Return the pixels of a box, one row each."""
    x, y, width, height = (round(value) for value in box)
    return rows[max(0, y) : y + height, max(0, x) : x + width].reshape(-1, 3)


def colours(pixels):
    """Return the colours with how many pixels have them, the most frequent first."""
    codes = pixels.astype(np.uint32) @ np.array([65536, 256, 1], np.uint32)
    found, counts = np.unique(codes, return_counts=True)
    order = np.argsort(-counts)
    return [((int(found[i]) >> 16, int(found[i]) >> 8 & 255, int(found[i]) & 255), int(counts[i])) for i in order]


def ratio(one, other):
    return contrast(tuple(c / 255 for c in one), tuple(c / 255 for c in other))


def text_contrast(pixels):
    """Return the contrast of the ground, which is most of the box, and of the letters' full strokes."""
    (ground, _), *others = colours(pixels)
    strokes = sorted(((ratio(ground, other), count) for other, count in others), reverse=True)
    seen = 0
    for found, count in strokes:
        seen += count
        if seen >= FEW:
            return found
    return 1.0


def icon_contrast(pixels):
    """Return the contrast that the lines of a face have at least to its skin and to the ground."""
    areas = [colour for colour, count in colours(pixels) if count >= SHARE * len(pixels)]
    return max(min((ratio(line, other) for other in areas if other != line), default=1.0) for line in areas)


@dataclass
class Seen:
    """What a sweep saw; `contrast` has the least one of each theme."""

    pages: int = 0
    clipped: list = field(default_factory=list)
    overlapping: list = field(default_factory=list)
    contrast: dict = field(default_factory=dict)


class Least(NamedTuple):
    """The least contrast, and where it stands."""

    ratio: float
    where: tuple = ()


def sweep(sizes, asked=None, themes=(NORMAL, STRONG), look_at_contrast=True, only=lambda page: True):
    """Draw everything that surveys can show at every size in every theme, and look at it."""
    seen = Seen(contrast=dict.fromkeys(themes, Least(21.0)))
    for size in sizes:
        look = Look(size)
        for page, turn in (each for one in asked or surveys() for each in pages(one) if only(each[0])):
            for theme in themes:
                look.draw(page, turn, theme)
                examine(look, page, theme, seen, look_at_contrast)
        look.close()
    return seen


def examine(look, page, theme, seen, look_at_contrast):
    """Add to what was seen what is wrong with the page that is drawn."""
    where = (look.size, page.kind, page.language, page.larger)
    seen.pages += 1
    seen.clipped += [(*where, part.text) for part in look.clipped()]
    seen.overlapping += [(*where, *(part.text or part.icon for part in pair)) for pair in look.overlapping()]
    if look_at_contrast:
        worst, part = min(look.contrasts(), key=lambda each: each[0])
        seen.contrast[theme] = min(seen.contrast[theme], Least(worst, (*where, part.look, part.text or part.icon)))
