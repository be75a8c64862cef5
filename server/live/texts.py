"""The page's own words, and the language in which a browser gets them."""

from pathlib import Path

from server.texts import LANGUAGES, Texts, catalogues

FOLDER = Path(__file__).parent / "texts"
CATALOGUES = catalogues(FOLDER)


def chosen(asked: str | None, accepted: str) -> Texts:
    """Return the catalogue of the language asked for, else of the first that the browser accepts, else the Finnish
    one."""
    wanted = [asked, *(part.split(";")[0].strip().split("-")[0] for part in accepted.split(","))]
    return CATALOGUES[next((language for language in wanted if language in LANGUAGES), LANGUAGES[0])]
