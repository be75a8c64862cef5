"""What the bridge settled: the question that a box asks, its limits and its schedule, kept over restarts."""

import binascii
import json
import os
from collections import namedtuple

from device.limits import DEFAULT_LIMITS, DEFAULT_SCHEDULE, Limits, Schedule
from device.protocol.refusal import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Survey = namedtuple("Survey", ("version", "question", "lowest", "language", "limits", "schedule"))


FORMAT = 1  # of the file; another one is no survey


class SurveyFile:
    """What the newest usable `down/settings` means, in a file; `current` is None until there is one.

    Checked when it came, it is only proven whole by its checksum when it is read: a start has no room for the checks.
    """

    def __init__(self, path: str, button_count: int, remembered: "Survey | None" = None) -> None:
        self._path = path
        self._button_count = button_count
        self.current = remembered
        if remembered:
            return  # over deep sleep: mounting a file system costs a battery more than storing the press
        try:
            with open(path) as file:
                self.current = decode(file.read(), button_count)
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
        from device import checks  # noqa: PLC0415  # needed seldom: seldom.py

        survey = checks.survey(fields, self._button_count)
        is_new = self.current is None or self.current.version != survey.version
        try:
            self._keep(encode(survey, self._button_count))
        except OSError:
            raise Refused("settings: the box cannot store them")
        self.current = survey
        return is_new

    def _keep(self, text: str) -> None:
        with open(self._path + ".new", "w") as file:
            file.write(text)
            file.flush()
        os.rename(self._path + ".new", self._path)


def encode(survey: Survey, button_count: int) -> str:
    """Return the text of the file: a JSON list, and the checksum of its line."""
    # To MicroPython's JSON a namedtuple is no list.
    nested = [list(survey.limits), list(survey.schedule)]
    line = json.dumps([FORMAT, button_count] + list(survey)[:4] + nested)
    return line + "\n" + str(binascii.crc32(line.encode()))


def decode(text: str, button_count: int) -> "Survey | None":
    """Return what `encode` was given; None for another format or number of buttons, ValueError for a damaged text."""
    line, _, checksum = text.partition("\n")
    if checksum != str(binascii.crc32(line.encode())):
        raise ValueError("damaged")
    kept = json.loads(line)
    if kept[:2] != [FORMAT, button_count]:
        return None
    days = tuple([tuple(day) if day else None for day in kept[7][0]])
    return Survey(kept[2], kept[3], kept[4], kept[5], Limits(*kept[6]), Schedule(days, *kept[7][1:]))
