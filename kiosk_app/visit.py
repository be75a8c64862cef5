"""One visitor's way through a survey: where he is, what he answered, in which language."""

from typing import Any

from device.protocol.canonical import dumps
from kiosk_app.survey import SCALES, Question, Survey

LONGEST_TEXT = 2_000  # characters, as the contract has it

Answer = int | list[str] | str


class Visit:
    """Answers are kept while the visitor goes back and forth; `answers` has only what was answered."""

    def __init__(self, survey: Survey, language: str) -> None:
        self.survey = survey
        self.language = language
        self.step = 0
        self._answers: dict[str, Answer] = {}

    @property
    def question(self) -> Question:
        """The question on the screen."""
        return self.survey.questions[self.step]

    @property
    def path(self) -> list[int]:
        """The steps that this visitor is asked, by what was answered so far."""
        asked: list[int] = []
        for step, question in enumerate(self.survey.questions):
            when = question.when
            if when is None or (self._is_asked(when.question, asked) and self._answered(when.question, when.values)):
                asked.append(step)
        return asked

    def _is_asked(self, name: str, asked: list[int]) -> bool:
        return any(self.survey.questions[step].id == name for step in asked)

    def _answered(self, name: str, values: tuple[str, ...]) -> bool:
        answer = self._answers.get(name)
        chosen = answer if isinstance(answer, list) else [str(answer)]
        return any(value in values for value in chosen)

    @property
    def following(self) -> int | None:
        """The next step, None after the last."""
        return next((step for step in self.path if step > self.step), None)

    @property
    def preceding(self) -> int | None:
        """The step before, None at the first."""
        return next((step for step in reversed(self.path) if step < self.step), None)

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered so far, as a record has it: only what was asked in the end, and blanks are no free text."""
        asked = [self.survey.questions[step].id for step in self.path]
        given = {name: self._answers[name] for name in asked if name in self._answers}
        given = {name: answer.strip() if isinstance(answer, str) else answer for name, answer in given.items()}
        return {name: answer for name, answer in given.items() if answer not in ("", [])}

    @property
    def text(self) -> str:
        """The free text on the screen."""
        typed = self._answers.get(self.question.id, "")
        return typed if isinstance(typed, str) else ""

    def is_chosen(self, value: str) -> bool:
        """Tell whether an option of this page is among the answers."""
        answer = self._answers.get(self.question.id)
        return value in answer if isinstance(answer, list) else str(answer) == value

    def choose(self, value: str) -> bool:
        """Take an option of this page; tell whether the page is answered with it."""
        if value not in self.question.values:
            return False
        name = self.question.id
        if self.question.kind in SCALES:
            self._answers[name] = int(value)
            return True
        answer = self._answers.get(name)
        chosen = answer if isinstance(answer, list) else []
        kept = [other for other in chosen if other != value]
        self._answers[name] = kept if value in chosen else [*chosen, value]
        return False

    def leave(self) -> None:
        """Forget what stands on a page that is answered by going on, and was not: it was never given."""
        if self.question.kind not in SCALES:
            self.skip()

    def skip(self) -> None:
        """Forget what was answered on this page."""
        self._answers.pop(self.question.id, None)

    def type(self, text: str) -> bool:
        """Set the free text of this page; tell whether there is room for it."""
        if self.question.kind != "text" or len(text) > LONGEST_TEXT:
            return False
        typed = self._answers | {self.question.id: text}
        texts = [answer for answer in typed.values() if isinstance(answer, str)]
        if sum(len(dumps(each).encode()) for each in texts) > self.survey.text_room:
            return False
        self._answers[self.question.id] = text
        return True
