"""Surveys to begin with: the national ones, with the wording that is known, and marks where nobody has verified it.

The wording for children and for relatives is not established: their templates are empty, and are filled by whoever has
the official one. A template is a draft; what is stored of it is a survey version like any other.
"""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "templates"
ROLES = ("adult", "child", "relative")


def templates() -> list[dict[str, Any]]:
    """Return each template: `survey` as it may be stored, whether it is `complete`, and what is `unverified` in it."""
    return [shown(name, survey(name)) for name in ROLES]


def survey(name: str) -> dict[str, Any]:
    """Return the survey of one template."""
    read: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return read


def shown(name: str, survey: dict[str, Any]) -> dict[str, Any]:
    """Return a template as its route lists it."""
    unverified = {question["id"]: languages(question) for question in survey["questions"]}
    return {
        "template": f"national-{name}",
        "complete": bool(survey["questions"]),
        "unverified": {question: missing for question, missing in unverified.items() if missing},
        "survey": survey,
    }


def languages(question: dict[str, Any]) -> list[str]:
    """Return the languages in which nobody has compared the wording with the official one."""
    return [language for language in question["text"] if not question.get("verified", {}).get(language)]
