"""Words in each language of the readers, and names in the language of the reader, or in one that they exist in."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

LANGUAGES = ("fi", "sv", "en")  # in the order of the links
UNDETERMINED = "und"


@dataclass(frozen=True)
class Wording:
    """A text with the language that it is in, so that it is read aloud right."""

    text: str
    language: str


def wording(texts: Mapping[str, str], language: str) -> Wording:
    """Return a text in the reader's language if there is one, else in the first of ours, else in any."""
    for wanted in (language, *LANGUAGES, *texts):
        if wanted in texts:
            return Wording(texts[wanted], language if wanted == UNDETERMINED else wanted)
    return Wording("", language)


@dataclass(frozen=True)
class Texts:
    """The catalogue of one language; a key that is not in it raises KeyError."""

    language: str
    entries: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        return self.entries[key].format(**values)

    def count(self, key: str, n: int) -> str:
        """Return a phrase with a number of things in it."""
        return self(f"{key}.one" if n == 1 else f"{key}.other", n=self.number(n))

    def number(self, value: float, digits: int = 0) -> str:
        """Return a number with a true minus, the language's decimal sign, and narrow spaces between thousands."""
        rounded = round(value, digits) + 0.0  # a rounded -0.4 is -0.0, and 0.0 when zero is added
        shown = f"{rounded:,.{digits}f}".replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", self("decimal"))
        return shown.replace("-", "\N{MINUS SIGN}")

    def time(self, at_ms: int, time_zone: str, now_ms: int) -> str:
        """Return a moment on the clock of a time zone, with its day unless that is today."""
        at, now = local(at_ms, time_zone), local(now_ms, time_zone)
        key = "time.today" if at.date() == now.date() else "time.day"
        month = self("months").split()[at.month - 1]
        return self(key, day=at.day, month=month, hour=f"{at:%H}", minute=f"{at:%M}")


def local(at_ms: int, time_zone: str) -> datetime:
    """Return a moment in a time zone."""
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(time_zone))


def catalogues(folder: Path) -> dict[str, Texts]:
    """Return the catalogue of each language from a folder of JSON files."""
    return {
        language: Texts(language, json.loads((folder / f"{language}.json").read_text(encoding="utf-8")))
        for language in LANGUAGES
    }
