"""Every text as a sound file, rendered by espeak-ng when the settings come, so that the screen only has to play it."""

import hashlib
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from threading import Thread

from kiosk_app.keyboard import rows
from kiosk_app.scenes import Words
from kiosk_app.survey import SCALES, Survey

PROGRAM = "espeak-ng"
WORDS_A_MINUTE = 140
ONE_TEXT_S = 30
PARTING_S = 3
NEAREST = {"se": "fi", "smn": "fi", "sms": "fi", "en": "en-gb"}
"""The Sámi languages have no voice; Finnish reads their letters more nearly than any other that there is."""


class Speech:
    """`prepare` renders in a thread what is missing and removes what is no longer said; `path` finds what is there."""

    def __init__(self, folder: Path, words: Words) -> None:
        self._folder = folder
        self._words = words
        self._thread: Thread | None = None
        self._is_stopping = False

    def path(self, language: str, text: str) -> Path | None:
        """Return the sound of a text, None when it is not rendered."""
        found = self._file(language, text)
        return found if found.exists() else None

    def prepare(self, survey: Survey) -> None:
        """Begin to render what a survey and its screens say; the screen goes on meanwhile."""
        self.stop()
        self._is_stopping = False
        self._thread = Thread(target=self.render, args=(survey,), name="speech", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the rendering; the next start goes on with it."""
        self._is_stopping = True
        if self._thread:
            self._thread.join(PARTING_S)

    def render(self, survey: Survey) -> None:
        """Render what is missing, one text after the other; without espeak-ng the kiosk is silent."""
        program = shutil.which(PROGRAM)
        said = [(language, text) for language in survey.languages for text in self._texts(survey, language)]
        wanted = {self._file(language, text): (language, text) for language, text in said}
        for file, (language, text) in wanted.items():
            if self._is_stopping or program is None:
                return
            if not file.exists():
                synthesise(program, language, text, file)
        for file in set(self._folder.glob("*/*.wav")) - wanted.keys():
            file.unlink()

    def _texts(self, survey: Survey, language: str) -> Iterable[str]:
        """Return all that may be said in a language: the survey, the words of the screens, numbers, letters."""
        letters = [key.removeprefix("key.") for row in rows(language, shifted=False) for key in row]
        ends = [f"0 {self._words(language).get('nps.low', '')}", f"10 {self._words(language).get('nps.high', '')}"]
        return [*survey.texts(language), *self._words(language).values(), *map(str, SCALES["nps"]), *ends, *letters]

    def _file(self, language: str, text: str) -> Path:
        return self._folder / language / f"{hashlib.sha256(text.encode()).hexdigest()[:24]}.wav"


def synthesise(program: str, language: str, text: str, file: Path) -> None:
    """Write a sound file in one step; a text that cannot be said is left silent."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    voice = NEAREST.get(language, language)
    command = [program, "-v", voice, "-s", str(WORDS_A_MINUTE), "-w", str(fresh), "--stdin"]
    try:
        subprocess.run(command, input=text.encode(), check=True, capture_output=True, timeout=ONE_TEXT_S)
        fresh.replace(file)
    except (OSError, subprocess.SubprocessError):
        fresh.unlink(missing_ok=True)
