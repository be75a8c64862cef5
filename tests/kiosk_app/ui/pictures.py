"""Draws the pictures of the manual anew, by touching through a survey: `python -m tests.kiosk_app.ui.pictures`."""

import sys
from pathlib import Path

import numpy as np
from kivy.graphics.texture import Texture

from kiosk_app.survey import Limits, read
from tests.kiosk_app.ui.glass_rig import KEY, LANGUAGES, Rig, survey

FOLDER = Path(__file__).parents[3] / "kiosk_app/ui/pictures"
COLUMNS, GAP = 2, 8
GROUND = 120
FLAT, UPRIGHT = (800, 480), (480, 800)
WORDS = {
    "smiley": ("Millainen käyntisi oli tänään?", "Hur var ditt besök i dag?", "How was your visit today?"),
    "why": ("Mikä vaikutti arvioosi?", "Vad påverkade ditt omdöme?", "What influenced your answer?"),
    "text": ("Mitä muuta haluat kertoa?", "Vad vill du ännu berätta?", "What else would you like to say?"),
    "wait": ("Odotusaika", "Väntetiden", "Waiting time"),
    "staff": ("Henkilökunnan ystävällisyys", "Personalens bemötande", "Kindness of the staff"),
    "help": ("Sain apua vaivaani", "Jag fick hjälp", "I was helped"),
    "place": ("Tilat ja esteettömyys", "Lokaler och tillgänglighet", "Rooms and accessibility"),
    "own": ("Palvelu omalla kielelläni", "Service på mitt eget språk", "Service in my language"),
    "other": ("Jokin muu", "Något annat", "Something else"),
    "said": ("Aamulla joutui odottamaan ovella.", "På morgonen fick man vänta.", "One had to wait in the morning."),
    "did": ("Avaamme nyt kello 7.30.", "Vi öppnar nu klockan 7.30.", "We now open at 7:30."),
}


def words(name):
    return dict(zip(LANGUAGES, WORDS[name], strict=True))


def shown():
    """Return a survey with a question of every kind; the wording of two is the national template's."""
    national = survey("national@1").questions
    nps, agree = national[0], national[3]
    options = [{"id": name, "text": words(name)} for name in ("wait", "staff", "help", "place", "own", "other")]
    questions = [
        {"id": "smiley", "kind": "smiley5", "text": words("smiley")},
        {"id": "nps", "kind": "nps", "text": dict(nps.text)},
        {"id": "agree", "kind": "agree5", "text": dict(agree.text)},
        {"id": "why", "kind": "choice", "text": words("why"), "options": options},
        {"id": "text", "kind": "text", "text": words("text")},
    ]
    note = {"said": words("said"), "did": words("did"), "date": "2026-11-02", "owner": "Marja Virtanen"}
    fields = {"settings": "shown@1", "survey": {"questions": questions}, "languages": list(LANGUAGES), "notes": [note]}
    return read(fields, Limits())


def taken(kiosk):
    """Return the pixels of the glass, the upper row first."""
    pixels, width, height = kiosk.pixels()
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)[::-1]


def tour(size, language, *before):
    """Yield the screens of one visit."""
    kiosk = Rig(shown(), size)
    kiosk.touch(*before)
    yield taken(kiosk)
    steps = [(f"language.{language}",), ("option.4",), ("option.9",), ("option.4",)]
    steps += [
        ("option.staff", "option.help", "action.next", *(f"key.{letter}" for letter in "kiitos")),
        ("action.next",),
    ]
    for step in steps:
        if step[0] == "option.staff":
            kiosk.touch(*step[:2])
            yield taken(kiosk)
            kiosk.touch(*step[2:])
        else:
            kiosk.touch(*step)
        if kiosk.page.kind != "choice":
            yield taken(kiosk)
    kiosk.close()


def focused():
    """Return a screen that somebody goes through by keys."""
    kiosk = Rig(shown(), FLAT)
    kiosk.touch("language.sv")
    kiosk.press(KEY["right"], KEY["right"])
    seen = taken(kiosk)
    kiosk.close()
    return seen


def sheet(pictures, columns=COLUMNS):
    """Return pictures of one size side by side, row by row."""
    height, width, _ = pictures[0].shape
    rows = -(-len(pictures) // columns)
    whole = np.full((rows * (height + GAP) - GAP, columns * (width + GAP) - GAP, 3), GROUND, np.uint8)
    for number, picture in enumerate(pictures):
        y, x = number // columns * (height + GAP), number % columns * (width + GAP)
        whole[y : y + height, x : x + width] = picture
    return whole


def save(name, pixels):
    """Write a picture as PNG."""
    height, width, _ = pixels.shape
    texture = Texture.create(size=(width, height), colorfmt="rgb")
    texture.blit_buffer(pixels.tobytes(), colorfmt="rgb", bufferfmt="ubyte")
    texture.save(str(FOLDER / name), flipped=False)
    print(FOLDER / name, file=sys.stderr)


def main():
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        flat = list(tour(FLAT, language))
        save(f"{language}.png", sheet(flat[:-2] if len(flat) > 8 else flat))
    save("upright.png", sheet([*tour(UPRIGHT, "sv")], columns=4))
    strong = list(tour(FLAT, "sv", "action.contrast", "action.larger"))
    save("strong.png", sheet([*strong[1:4], focused()]))


if __name__ == "__main__":
    main()
