"""What is true of a made-up past: counted as it is drawn, without the database, and written to a file.

The file is JSON: `responses`, `flagged`, `undone` (each a number), `answers` as [unit, scheme, class, month, question,
value, n], `backgrounds` as [question:option, unit, month, question, value, n], `languages` as [month, question,
language, value, n], `hours` as [question, weekday, hour, value, n] (Monday is 0; all clocks are those of the walls),
`days` as [unit, day, n], `devices` as [device, point, channel, survey, question, value, n], `options` as [question,
unit, month, option, n] (without an option: who chose any), `journals` by device with `final_gaps`, `lost` and `held`,
`outages` by device as [kind, from, to].
"""

import json
from collections import Counter
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

from server.trial.history.county import County
from server.trial.history.forms import Form, background
from server.trial.history.journals import Journal
from server.trial.history.presses import Drawn

COUNTED = ("answers", "backgrounds", "languages", "hours", "days", "devices", "options")


class Truth:
    """Counts of what was really answered: neither flagged nor undone."""

    def __init__(self) -> None:
        self.responses = self.flagged = self.undone = 0
        self.answers: Counter[tuple[Any, ...]] = Counter()
        self.backgrounds: Counter[tuple[Any, ...]] = Counter()
        self.languages: Counter[tuple[Any, ...]] = Counter()
        self.hours: Counter[tuple[Any, ...]] = Counter()
        self.days: Counter[tuple[Any, ...]] = Counter()
        self.devices: Counter[tuple[Any, ...]] = Counter()
        self.options: Counter[tuple[Any, ...]] = Counter()

    def note(self, drawn: Drawn, survey: str) -> None:
        """Count the responses of a cell, which were all asked in one survey version."""
        left_out = drawn.flagged | drawn.undone
        told = [press for place, press in enumerate(drawn.presses) if place not in left_out]
        self.responses += len(told)
        self.undone += len(drawn.undone)
        self.flagged += len(drawn.flagged - drawn.undone)
        cell = drawn.cell
        where = (cell.stretch.unit.code, cell.stretch.scheme, cell.stretch.code, cell.month)
        for (language, form), n in Counter((press[2], press[3]) for press in told).items():
            for _, question, value, _, _ in form.rows:
                if value is not None:
                    self.answers[*where, question, value] += n
                    self.languages[cell.month, question, language, value] += n
                    if own := background(form):
                        self.backgrounds[own, where[0], cell.month, question, value] += n
        self.note_forms(drawn, survey, Counter(press[3] for press in told))
        for (slot, form), n in Counter((press[1], press[3]) for press in told).items():
            for _, question, value, _, _ in form.rows:
                if value is not None:
                    self.hours[question, slot.weekday, slot.hour, value] += n
        for day, n in Counter(press[1].day for press in told).items():
            self.days[where[0], day] += n

    def note_forms(self, drawn: Drawn, survey: str, forms: Counter[Form]) -> None:
        """Count what was answered in a cell by device, and what was chosen."""
        device, unit, month = drawn.cell.device, drawn.cell.stretch.unit.code, drawn.cell.month
        for form, n in forms.items():
            chosen = {(question, each) for _, question, _, option, _ in form.rows if option for each in (option, "")}
            for question, option in chosen:
                self.options[question, unit, month, option] += n
            for _, question, value, _, _ in form.rows:
                if value is not None:
                    self.devices[device.device_id, device.point, device.channel, survey, question, value] += n

    def write(self, path: Path, county: County, journals: Iterable[Journal]) -> None:
        """Write the file."""
        content = {name: getattr(self, name) for name in ("responses", "flagged", "undone")}
        content |= {name: listed(getattr(self, name)) for name in COUNTED}
        content["journals"] = {
            each.device.device_id: {"final_gaps": each.final_gaps, "lost": each.lost, "held": each.held}
            for each in journals
        }
        content["outages"] = {
            device.device_id: [[each.kind, str(each.since), str(each.until)] for each in device.outages]
            for device in county.devices
        }
        path.write_text(json.dumps(content), encoding="utf-8")


def listed(counts: Counter[tuple[Any, ...]]) -> list[list[Any]]:
    """Return counts as lists that end with n, in order."""
    return [list(chain(key, [n])) for key, n in sorted(counts.items())]
