"""From where the session stands to the page that shows it, with every word in the visitor's language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from kiosk_app import keyboard
from kiosk_app.page import TOOLS, Page, Target
from kiosk_app.reader import Reader
from kiosk_app.survey import SCALES, Survey
from kiosk_app.visit import Visit


@dataclass(frozen=True)
class Scene:
    """Where a session stands; times are what is left of them."""

    kind: str
    survey: Survey | None
    visit: Visit | None
    reader: Reader
    language: str
    shifted: bool = False
    can_undo: bool = False
    left_ms: int = 0
    is_warning: bool = False
    digits: int = 0
    rows: tuple[tuple[str, str], ...] = ()
    reason: str = ""


Words = Callable[[str], Mapping[str, str]]


class Painter:
    """Knows the words; `page` is all it does."""

    def __init__(self, words: Words) -> None:
        self._words = words

    def word(self, language: str, key: str) -> str:
        """Return a text of the catalogue; a missing one shows its key, so that somebody notices."""
        return self._words(language).get(key, key)

    def page(self, scene: Scene) -> Page:
        """Return the page of a scene."""
        visit = scene.visit if scene.kind == "asking" else None
        question = visit.question if visit else None
        return Page(
            kind=question.kind if question else scene.kind,
            language=scene.language,
            title=question.text[scene.language] if question else self._title(scene),
            titles=self._invitations(scene),
            question_id=question.id if question else "",
            options=self._options(scene, visit),
            actions=self._targets(scene, "action", actions(scene, visit)),
            tools=self._tools(scene),
            languages=self._languages(scene),
            keyboard=self._keyboard(scene, visit),
            typed=visit.text if visit else "*" * scene.digits,
            step=1 + sum(step < visit.step for step in visit.path) if visit else 0,
            steps=len(visit.path) if visit else 0,
            focus=scene.reader.focus,
            undo_left_s=whole_seconds(scene.left_ms) if scene.kind == "thanks" and scene.can_undo else 0,
            cleaning_left_s=whole_seconds(scene.left_ms) if scene.kind == "cleaning" else 0,
            idle_left_s=whole_seconds(scene.left_ms) if scene.is_warning else None,
            notes=scene.survey.notes if scene.survey and scene.kind == "attract" else (),
            rows=scene.rows if scene.kind == "status" else (),
            reason=scene.reason,
            contrast="contrast" in scene.reader.tools,
            larger="larger" in scene.reader.tools,
            voice=scene.reader.voice,
            voice_serial=scene.reader.voice_serial,
        )

    def _title(self, scene: Scene) -> str:
        if scene.kind != "out_of_service":
            return self.word(scene.language, f"page.{scene.kind}")
        words = self._words(scene.language)
        return words.get(f"out.{scene.reason}") or self.word(scene.language, "out.full")

    def _invitations(self, scene: Scene) -> tuple[tuple[str, str], ...]:
        if scene.kind != "attract" or not scene.survey:
            return ()
        return tuple((language, self.word(language, "page.attract")) for language in scene.survey.languages)

    def _options(self, scene: Scene, visit: Visit | None) -> tuple[Target, ...]:
        if scene.kind == "pin":
            return tuple(Target(f"digit.{digit}", digit) for digit in keyboard.DIGITS)
        if not visit:
            return ()
        question, language = visit.question, scene.language
        texts = {option.id: option.text[language] for option in question.options}
        if question.kind in SCALES:
            texts = {value: self._step(question.kind, value, language) for value in question.values}
        return tuple(Target(f"option.{value}", text, visit.is_chosen(value)) for value, text in texts.items())

    def _step(self, kind: str, value: str, language: str) -> str:
        if kind != "nps":
            return self.word(language, f"{kind}.{value}")
        ends = {"0": "nps.low", "10": "nps.high"}
        return f"{value} {self.word(language, ends[value])}" if value in ends else value

    def _targets(self, scene: Scene, family: str, names: tuple[str, ...]) -> tuple[Target, ...]:
        return tuple(Target(f"{family}.{name}", self.word(scene.language, f"{family}.{name}")) for name in names)

    def _tools(self, scene: Scene) -> tuple[Target, ...]:
        if scene.kind in ("cleaning", "pin", "status"):
            return ()
        on = {f"action.{tool}" for tool in scene.reader.tools}
        return tuple(replace(each, chosen=each.id in on) for each in self._targets(scene, "action", TOOLS))

    def _languages(self, scene: Scene) -> tuple[Target, ...]:
        """Every language calls itself by its own name."""
        if not scene.survey or scene.kind in ("cleaning", "pin", "status"):
            return ()
        named = ((code, self.word(code, f"language.{code}")) for code in scene.survey.languages)
        return tuple(Target(f"language.{code}", name, code == scene.language) for code, name in named)

    def _keyboard(self, scene: Scene, visit: Visit | None) -> tuple[tuple[Target, ...], ...]:
        if not visit or visit.question.kind != "text":
            return ()
        rows = keyboard.rows(scene.language, scene.shifted)
        return tuple(tuple(Target(key, self._key(scene, key)) for key in row) for row in rows)

    def _key(self, scene: Scene, key: str) -> str:
        named = (keyboard.SHIFT, keyboard.SPACE, keyboard.ERASE)
        return self.word(scene.language, key) if key in named else keyboard.character(key)


def actions(scene: Scene, visit: Visit | None) -> tuple[str, ...]:
    """Return what can be done on a page besides answering."""
    if not visit:
        undo = ("undo",) if scene.can_undo else ()
        others = {"thanks": (*undo, "done"), "undone": ("done",)}
        return (others | {"pin": ("erase", "next", "done"), "status": ("export", "done")}).get(scene.kind, ())
    answered = visit.question.id in visit.answers
    return (*(("back",) if visit.preceding is not None else ()), "next" if answered else "skip")


def whole_seconds(ms: int) -> int:
    """Return seconds as a countdown shows them: 0 only when it is over."""
    return -(-ms // 1000)
