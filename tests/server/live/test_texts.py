"""The page's words: all are used, and in the language that its reader chose."""

from pathlib import Path

import pytest

from server import texts as shared
from server.live.board import FIGURES
from server.live.texts import CATALOGUES, FOLDER, chosen
from server.texts import LANGUAGES

EN = CATALOGUES["en"]


def test_every_text_is_used_somewhere():
    paths = [path for path in FOLDER.parent.rglob("*") if path.suffix in (".py", ".html")]
    code = "".join(path.read_text() for path in [*paths, Path(shared.__file__)])
    made = {f"label.{name}" for name, _ in FIGURES.values()} | {f"{part}.{i}" for part in SCALES for i in range(1, 6)}
    counted = {f"{key}.{form}" for key in ("responses", "waiting", "missing", "left_out") for form in ("one", "other")}

    assert [key for key in EN.entries if f'"{key}"' not in code and key not in made | counted] == []


SCALES = ("smiley", "agree", "nps")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_twelve_months(language):
    assert len(CATALOGUES[language]("months").split()) == 12


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("sv", "fi", "sv"),
        (None, "sv-FI,sv;q=0.9,en;q=0.8", "sv"),
        (None, "de,en;q=0.5", "en"),
        ("klingon", "", "fi"),
        (None, "", "fi"),
    ],
)
def test_the_reader_chooses_the_language(asked, accepted, language):
    assert chosen(asked, accepted).language == language
