"""What the bridge settled: the question that a box asks, its limits and its schedule, kept over restarts."""

import json
import os
from collections import namedtuple

from device.journal import LONGEST_CONTEXT
from device.limits import DEFAULT_LIMITS, DEFAULT_SCHEDULE, Limits, Schedule, read_limits, read_schedule
from device.protocol.down import IDENTIFIER, SETTINGS
from device.protocol.kinds import Refused
from device.slots import LONGEST_LANGUAGE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

VALUES = {"smiley4": (1, 4), "smiley5": (1, 5), "agree5": (1, 5), "nps": (0, 10)}
"""Lowest and highest value by kind of question; the first button is the lowest."""

Survey = namedtuple("Survey", ("version", "question", "lowest", "language", "limits", "schedule"))


def read(fields: "dict[str, Any]", button_count: int) -> Survey:
    """Return what a `down/settings` means here: its first question with as many steps as there are buttons.

    Raise Refused when there is none, when its names do not fit a block's header, and for limits out of bounds.
    """
    limited = read_limits(fields.get("limits", {}))
    schedule = read_schedule(fields.get("schedule", {}))
    languages = fields.get("languages") or ["und"]
    for question in questions(fields["survey"]):
        lowest, highest = VALUES.get(str(question.get("kind")), (0, -1))
        if highest - lowest + 1 == button_count:
            name = IDENTIFIER.check(question.get("id"), "question id")
            if len(fields["settings"]) + 1 + len(name) > LONGEST_CONTEXT or len(languages[0]) > LONGEST_LANGUAGE:
                raise Refused("survey, question or language: too long a name for this box")
            return Survey(fields["settings"], name, lowest, languages[0], limited, schedule)
    raise Refused(f"survey {fields['settings']} has no question with {button_count} steps")


def questions(survey: "dict[str, Any]") -> "list[dict[str, Any]]":
    """Return the questions of a survey; Refused when they are not a list of objects."""
    listed = survey.get("questions")
    if not isinstance(listed, list) or not all(isinstance(question, dict) for question in listed):
        raise Refused("survey.questions must be a list of objects")
    return listed


class SurveyFile:
    """The newest usable `down/settings` in a file; `current` is None until there is one, and the box then refuses."""

    def __init__(self, path: str, button_count: int, remembered: "Survey | None" = None) -> None:
        self._path = path
        self._button_count = button_count
        self.current = remembered
        if remembered:
            return  # over deep sleep: mounting a file system costs a battery more than storing the press
        try:
            with open(path) as file:
                self.current = read(SETTINGS.check(json.loads(file.read()), ""), button_count)
        except (OSError, ValueError):
            pass  # without a survey the hello names none, and the bridge sends it again

    @property
    def limits(self) -> Limits:
        """The limits in use, the defaults before there is a survey."""
        return self.current.limits if self.current else DEFAULT_LIMITS

    @property
    def schedule(self) -> Schedule:
        """The schedule in use, the default before there is a survey."""
        return self.current.schedule if self.current else DEFAULT_SCHEDULE

    def take(self, fields: "dict[str, Any]") -> bool:
        """Use and keep these settings; tell whether they are another version.

        Raise Refused when they are unusable or cannot be kept; then the old ones stay in use.
        """
        survey = read(fields, self._button_count)
        is_new = self.current is None or self.current.version != survey.version
        try:
            self._keep(fields)
        except OSError:
            raise Refused("settings: the box cannot store them")
        self.current = survey
        return is_new

    def _keep(self, fields: "dict[str, Any]") -> None:
        with open(self._path + ".new", "w") as file:
            file.write(json.dumps(fields))
            file.flush()
        os.rename(self._path + ".new", self._path)
