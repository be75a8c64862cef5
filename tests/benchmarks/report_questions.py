"""Four questions that a county asks, each in three ways: through our reports, on the raw tables, and on DuckDB.

The raw tables and DuckDB are asked by one hand-written statement, the least that gives the same counts; DuckDB has the
same tables in its own format. All three must give the same counts, or the comparison is worth nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.calendars import stretches_sql
from server.reporting.filters import Filters, Period
from server.reporting.summary import grouped
from server.trial.history.hours import ZONE
from tests.benchmarks.report_plan import FROM, MONTH, MONTH_END, UNIT, UNTIL, YEAR

COUNTED = "r.kind IN ('response', 'counters') AND r.flags = '' AND r.undone = 0"
LOCAL = """JOIN stretches AS s ON s.from_ms <= r.at_ms AND r.at_ms < s.to_ms"""

Counts = dict[tuple[Any, ...], int]  # by group and value


@dataclass(frozen=True)
class Question:
    """A question: our groups and filters, and the columns and conditions of the hand-written statement."""

    name: str
    by: tuple[str, ...]
    equal: dict[str, str]
    from_ms: int | None
    to_ms: int | None
    keys: str
    local: bool = False

    def ours(self, connection: Any) -> Counts:
        """Ask through our reports, and return the counts behind the figures."""
        report = grouped(connection, Filters(self.equal, Period(self.from_ms, self.to_ms)), self.by)
        return {
            (*(as_stored(name, group[name]) for name in self.by), int(value)): n
            for group in report["groups"]
            for question in group["questions"]
            for value, n in question.get("distribution", {}).items()
            if n
        }

    @property
    def statement(self) -> str:
        """Return the statement for the raw tables, in SQL that SQLite and DuckDB read alike."""
        tests = [COUNTED, f"a.question = '{self.equal['question']}'"]
        tests += [f"r.unit = '{self.equal['unit']}'"] if "unit" in self.equal else []
        tests += [f"r.at_ms >= {self.from_ms}"] if self.from_ms is not None else []
        tests += [f"r.at_ms < {self.to_ms}"] if self.to_ms is not None else []
        window = stretches_sql([str(ZONE)], self.from_ms or FROM, self.to_ms or UNTIL)
        return f"""{"WITH " + window if self.local else ""}
                   SELECT {self.keys}, a.value, sum(a.n) AS n
                   FROM responses AS r JOIN answers AS a ON a.response_id = r.id {LOCAL if self.local else ""}
                   WHERE {" AND ".join(tests)} GROUP BY {self.keys}, a.value"""

    def by_hand(self, ask: Callable[[str], list[Any]]) -> Counts:
        """Ask by the hand-written statement."""
        return {tuple(row)[:-1]: int(tuple(row)[-1]) for row in ask(self.statement)}


def as_stored(name: str, value: Any) -> Any:
    """Return a month as the tables write it, and anything else as it is."""
    return int(value.replace("-", "")) if name == "month" else value


WEEKDAY = "((r.at_ms + s.offset_ms) // 86400000 + 3) % 7"
HOUR = "((r.at_ms + s.offset_ms) // 3600000) % 24"

QUESTIONS = (
    Question(
        "month_nps_by_class",
        ("scheme", "service_class"),
        {"question": "nps"},
        MONTH,
        MONTH_END,
        "r.scheme, r.service_class",
    ),
    Question("unit_trend", ("month",), {"question": "smiley", "unit": UNIT}, None, None, "s.month", local=True),
    Question(
        "hour_by_weekday", ("weekday", "hour"), {"question": "smiley"}, YEAR, UNTIL, f"{WEEKDAY}, {HOUR}", local=True
    ),
    Question("language_comparison", ("language",), {"question": "nps"}, YEAR, UNTIL, "r.language"),
)
