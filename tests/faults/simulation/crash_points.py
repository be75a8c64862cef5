"""Where bridge, box and kiosk write, and at which of these places they were made to die: a count, not a claim."""

import re
import sys
from collections import Counter
from functools import lru_cache
from typing import NamedTuple

DEPTH = 3  # callers that tell one place of writing from another
OURS = ("/device/", "/kiosk_app/", "/broker_bridge/")
LONGEST = 70


NEW = "one that is new"
RARE = {
    "bridge": (
        "CREATE TEMP TABLE",
        "DELETE FROM noted",
        "INSERT INTO noted",
        "INTO final_gaps",
        "SELECT seq FROM responses",
        "SELECT seq, undoes",
        "SELECT DISTINCT time_zone",
        "SELECT min(",
        "option) SELECT DISTINC",
        "option) SELECT survey",
        "SET (service_point",
        "SET at_ms",
        "WITH stretches",
        "INTO quarantine",
        "ROLLBACK",
    ),
    "kiosk": ("UPDATE journal", "DELETE FROM records"),
    "box": ("survey.json", "starts.json"),
}
FROM_NEW = 8  # steps from one that is new: others that are as rare come with it


WHY_NOT = {
    "UPDATE journal": "after thirty days of replays, which twenty days have only where a clock lies",
}


class Point(NamedTuple):
    """A place at which a power cut is a case of its own."""

    who: str
    what: str


def waiting(who, trouble, steps, value):
    """Return a trouble that comes in one of three ways, as a number decides."""
    if value % 3 == 1:
        return Waiting(trouble, 1 + value // 3 % FROM_NEW, NEW)
    return Waiting(trouble, steps, RARE[who][value // 3 % len(RARE[who])] if value % 3 else None)


class CrashPoints:
    """Every place of the product that wrote in a world, where something ended it, and what power cuts interrupted."""

    def __init__(self):
        self.seen = set()
        self.died = set()
        self.awaited = Counter()

    def pass_by(self, point, is_last):
        """Note that somebody is about to write, and whether it is the last that he does."""
        self.seen.add(point)
        if is_last:
            self.died.add(point)

    def add(self, other):
        """Add what was found in another world."""
        self.seen |= other.seen
        self.died |= other.died
        self.awaited += other.awaited


@lru_cache(maxsize=10_000)
def statement(sql):
    """Return the beginning of a statement without what differs from one batch to the next."""
    numberless = re.sub(r"\d+", "", " ".join(sql.split()))
    return re.sub(r"(\([^()]*\))(, \1)+", r"\1", numberless)[:LONGEST]


class Waiting:
    """A trouble that waits for its step: the n-th from now, or from one that is new in this world, or a rare one.

    Of a hundred steps nearly all are of the same ten places; the others would hardly ever be met by counting.
    """

    def __init__(self, trouble, left, kind=None):
        self.trouble = trouble
        self.left = left
        self.kind = kind

    def is_due(self, point, points):
        """Take a step; tell whether it is the one."""
        if self.kind == NEW and point not in points.seen:
            self.kind = None
        if self.kind is not None:
            return self.kind in point.what
        self.left -= 1
        return self.left <= 0


def place():
    """Return the functions of the product that are at work, the innermost first."""
    frame, found = sys._getframe(2), []
    while frame and len(found) < DEPTH:
        code = frame.f_code
        if any(folder in code.co_filename for folder in OURS) and "/tests/" not in code.co_filename:
            found.append(code.co_qualname)
        frame = frame.f_back
    return " < ".join(found)
