"""Writes what happens to standard error, one line an event: for people, or as JSON for programs."""

import sys
from traceback import extract_tb
from typing import Literal

import structlog

Form = Literal["lines", "json"]


def set_up(form: Form) -> None:
    """Let every event be one line of that form, with its time in UTC and its level."""
    last = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.processors.KeyValueRenderer(key_order=ORDER)
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            last,
        ],
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
    )


ORDER = ("timestamp", "level", "event")


def traced(mistake: BaseException) -> dict[str, object]:
    """Return where a mistake of ours happened, without its text, which may quote a visitor."""
    steps = [f"{step.filename}:{step.lineno} {step.name}" for step in extract_tb(mistake.__traceback__)]
    return {"mistake": type(mistake).__name__, "traceback": steps}
