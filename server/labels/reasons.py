"""Why a response is doubted, in the reader's language."""

from pathlib import Path

from server.labels.rules import Verdict
from server.texts import Texts, catalogues

FOLDER = Path(__file__).parent / "texts"
CATALOGUES = catalogues(FOLDER)


def reason(texts: Texts, verdict: Verdict) -> str:
    """Return the reason of a verdict with the rule and its version."""
    return f"{texts(verdict.rule.partition('/')[0], **verdict.reason)} ({verdict.rule})"
