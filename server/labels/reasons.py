"""Why a response is doubted, in the reader's language."""

import json
from pathlib import Path

from server.labels.rules import Verdict
from server.live.texts import LANGUAGES, Texts

FOLDER = Path(__file__).parent / "texts"
CATALOGUES = {
    language: Texts(language, json.loads((FOLDER / f"{language}.json").read_text(encoding="utf-8")))
    for language in LANGUAGES
}


def reason(texts: Texts, verdict: Verdict) -> str:
    """Return the reason of a verdict with the rule and its version."""
    return f"{texts(verdict.rule.partition('/')[0], **verdict.reason)} ({verdict.rule})"
