"""Paths through a survey as a visitor may take them, and the walk that takes one by touching the glass."""

from dataclasses import dataclass
from functools import cache

from kiosk_app.survey import SCALES
from kiosk_app.texts import texts
from tests.kiosk_app.ui.glass_rig import KEY, LANGUAGES, survey

MOST_STEPS = 80  # until one must have heard everything on a page
SKIP, BACK = "action.skip", "action.back"


@dataclass(frozen=True)
class Path:
    """What is touched after the start in a language, and the one record that must be stored; None for none."""

    name: str
    survey: str
    language: str
    touches: tuple[str, ...]
    answers: tuple[tuple[str, int], ...]
    last_language: str = ""

    @property
    def expected(self):
        """The answers and language that must be stored, and the screen at the end."""
        if not self.answers:
            return None, "attract"
        return (dict(self.answers), self.last_language or self.language), "thanks"

    @property
    def touched(self):
        """Which answer to which question is touched."""
        return self.answers


@cache
def paths():
    """Return all paths: each answer of each question at least once, nothing but skips, back at every question."""
    found = []
    for language in LANGUAGES:
        for name in ("smiley@1", "national@1"):
            asked = survey(name).questions
            most = max(len(SCALES[question.kind]) for question in asked)
            found += [straight(name, language, asked, turn) for turn in range(most)]
            found.append(Path(f"{name}-{language}-skips", name, language, (SKIP,) * len(asked), ()))
        asked = survey("national@1").questions
        found += [hesitant("national@1", language, asked), every_second("national@1", language, asked)]
        found.append(bilingual("national@1", language, asked))
    return tuple(found)


def values(asked, turn):
    return [(each.id, SCALES[each.kind][turn % len(SCALES[each.kind])]) for each in asked]


def straight(name, language, asked, turn):
    """Answer each question once; over all turns every answer is given."""
    given = values(asked, turn)
    return Path(
        f"{name}-{language}-{turn}", name, language, tuple(f"option.{value}" for _, value in given), tuple(given)
    )


def hesitant(name, language, asked):
    """Answer badly, come back, and answer well: each question but the last, after which there is no way back."""
    given = values(asked, 3)
    touches = []
    for _, value in given[:-1]:
        touches += ["option.1", BACK, f"option.{value}"]
    touches.append(f"option.{given[-1][1]}")
    return Path(f"{name}-{language}-hesitant", name, language, tuple(touches), tuple(given))


def every_second(name, language, asked):
    """Skip every second question."""
    given = values(asked, 2)
    touches = [SKIP if at % 2 else f"option.{value}" for at, (_, value) in enumerate(given)]
    return Path(f"{name}-{language}-second", name, language, tuple(touches), tuple(given[::2]))


def bilingual(name, language, asked):
    """Change the language in the middle."""
    other = LANGUAGES[(LANGUAGES.index(language) + 1) % len(LANGUAGES)]
    given = values(asked, 4)
    touches = [f"option.{value}" for _, value in given]
    touches.insert(3, f"language.{other}")
    return Path(f"{name}-{language}-{other}", name, language, tuple(touches), tuple(given), other)


def walk(kiosk, path):
    """Touch a path; return the answers and the language of the one record stored, or None, and the last screen."""
    kiosk.touch(f"language.{path.language}", *path.touches)
    stored = [(record["answers"], record["language"]) for record in kiosk.records]
    if len(stored) > 1:
        raise AssertionError(f"{len(stored)} records")
    return (stored[0] if stored else None), kiosk.page.kind


class Listener:
    """Knows only what the kiosk says, and five keys."""

    def __init__(self, kiosk):
        self.kiosk = kiosk

    @property
    def heard(self):
        """What was said last, as texts."""
        return [text for _, text in self.kiosk.player.played[-1]] if self.kiosk.player.played else []

    def go_to(self, text):
        """Press the right key until it says a text, then ok."""
        for _ in range(MOST_STEPS):
            self.kiosk.press(KEY["right"])
            if self.heard == [text]:
                self.kiosk.press(KEY["ok"])
                return
        raise AssertionError(f"never heard {text!r}, last {self.heard}")


def walk_by_ear(kiosk, path):
    """Answer a path by the keys, knowing only what is said; return what was said first on each page."""
    ear = Listener(kiosk)
    ear.go_to(texts(path.language)[f"language.{path.language}"])
    said = []
    for touch in path.touches:
        said.append(ear.heard[0])
        ear.go_to(next(each.label for each in kiosk.page.options if each.id == touch))
    return said
