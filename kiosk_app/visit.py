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
    def is_last(self) -> bool:
        """Whether no question follows."""
        return self.step + 1 == len(self.survey.questions)

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered so far, as a record has it; blanks are no free text."""
        given = {name: answer.strip() if isinstance(answer, str) else answer for name, answer in self._answers.items()}
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

    def values(self) -> tuple[str, ...]:
        """Return what can be chosen on this page, in its order."""
        question = self.question
        if question.kind in SCALES:
            return tuple(map(str, SCALES[question.kind]))
        return tuple(option.id for option in question.options)

    def choose(self, value: str) -> bool:
        """Take an option of this page; tell whether the page is answered with it."""
        if value not in self.values():
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
