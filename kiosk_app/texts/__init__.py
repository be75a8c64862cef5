"""The words of the screens by language: one JSON file each, Finnish where a language has no word of its own."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
FALLBACK = "fi"


@cache
def texts(language: str) -> Mapping[str, str]:
    """Return all words for a language, of its base when it is regional: `sv-FI` has those of `sv`."""
    base = language.partition("-")[0]
    names = {f"language.{language}": language}
    for code in (FALLBACK, base):
        names |= of_file(code)
    return names | {f"language.{language}": names.get(f"language.{base}", language)}


def of_file(code: str) -> dict[str, str]:
    """Return the words of one file; none where there is no such file."""
    path = FOLDER / f"{code}.json"
    words: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return words
