"""What stored responses add to the rollups, as one statement for each: the rule that all other ways are held against.

The bridge counts in Python what it just stored. Corrections, verification and rebuilding count here, by SQL alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from broker_bridge.database.calendars import DEFAULT_TIME_ZONE, LOCAL_DAY, LOCAL_HOUR, LOCAL_WEEKDAY, stretches_sql
from broker_bridge.database.connect import Connection

LARGEST_VALUE = 10
VALUES = tuple(f"v{value}" for value in range(LARGEST_VALUE + 1))
COUNTERS = ("n", "bounded", "flagged", "undone", *VALUES)
ANSWERING = "responses.kind IN ('response', 'counters')"


@dataclass(frozen=True)
class Rollup:
    """A rollup: its table, what besides place and question makes its key, and which answers it leaves out."""

    table: str
    keys: tuple[str, ...]
    without: str = "1 = 0"

    @property
    def columns(self) -> tuple[str, ...]:
        """Return all columns."""
        return ("place", "question", *self.keys, *COUNTERS)


ROLLUPS = (
    Rollup("rollup_days", ("day",)),
    Rollup("rollup_months", ("month", "language", "channel")),
    Rollup("rollup_hours", ("month", "weekday", "hour"), "counted.question = '' OR counted.option <> ''"),
)

# An unknown place or class is '' here, because NULL is never equal to NULL.
ATTACHED = ("service_point", "unit", "scheme", "service_class")
ASKED = ("survey", "question", "option")
WORDS = ", ".join(f"coalesce(responses.{column}, '') AS {column}" for column in ATTACHED)

PLACES = f"""
INSERT INTO rollup_places ({", ".join(ATTACHED)})
SELECT DISTINCT {WORDS} FROM responses WHERE {ANSWERING} AND {{condition}}
ON CONFLICT DO NOTHING
"""

# Without WHERE SQLite would read ON CONFLICT as the condition of a join.
QUESTIONS = """
INSERT INTO rollup_questions (survey, question, option)
SELECT survey, '', '' FROM surveys UNION ALL SELECT survey, question, '' FROM questions WHERE 1 = 1
ON CONFLICT DO NOTHING
"""

OPTIONS = f"""
INSERT INTO rollup_questions (survey, question, option)
SELECT DISTINCT responses.survey, answers.question, answers.option
FROM responses JOIN answers ON answers.response_id = responses.id
WHERE answers.option IS NOT NULL AND {ANSWERING} AND {{condition}}
ON CONFLICT DO NOTHING
"""

# Every answer of some responses with all that a report may tell apart. A choice is counted once for those who answered
# it, and once for each option that they chose.
COUNTED = f"""
WITH {{stretches}}, concerned AS (
    SELECT responses.id, responses.device_id, responses.n, responses.survey, {WORDS},
           coalesce(responses.language, '') AS language, responses.channel, responses.flags, responses.undone,
           responses.time_quality, stretches.month, {LOCAL_DAY} AS day, {LOCAL_WEEKDAY} AS weekday,
           {LOCAL_HOUR} AS hour
    FROM responses
    LEFT JOIN units ON units.code = responses.unit
    JOIN stretches ON stretches.time_zone = coalesce(units.time_zone, '{DEFAULT_TIME_ZONE}')
     AND stretches.from_ms <= responses.at_ms AND responses.at_ms < stretches.to_ms
    WHERE {ANSWERING} AND {{condition}}
), counted AS (
    SELECT concerned.*, '' AS question, '' AS option, CAST(NULL AS BIGINT) AS value, n AS visitors FROM concerned
    UNION ALL
    SELECT concerned.*, answers.question, coalesce(answers.option, ''), answers.value, answers.n
    FROM concerned JOIN answers ON answers.response_id = concerned.id
    UNION ALL
    SELECT DISTINCT concerned.*, answers.question, '', CAST(NULL AS BIGINT), CAST(1 AS BIGINT)
    FROM concerned JOIN answers ON answers.response_id = concerned.id WHERE answers.option IS NOT NULL
)
"""

CONTRIBUTIONS = f"""
{COUNTED}
INSERT INTO {{into}} ({{columns}})
SELECT rollup_places.id, rollup_questions.id, {{keys}}, {{counters}}
FROM counted
JOIN rollup_questions ON rollup_questions.survey = counted.survey AND rollup_questions.question = counted.question
 AND rollup_questions.option = counted.option
JOIN rollup_places ON {" AND ".join(f"rollup_places.{column} = counted.{column}" for column in ATTACHED)}
WHERE NOT ({{without}})
GROUP BY rollup_places.id, rollup_questions.id, {{keys}}
ON CONFLICT (place, question, {{key}}) DO UPDATE SET {{added}}
"""

IS_COUNTED = "counted.flags = '' AND counted.undone = 0"
OF_WHICH = {
    "n": IS_COUNTED,
    "bounded": f"{IS_COUNTED} AND counted.time_quality = 'bounded'",
    "flagged": "counted.flags <> '' AND counted.undone = 0",
    "undone": "counted.undone = 1",
    **{name: f"{IS_COUNTED} AND counted.value = {value}" for value, name in enumerate(VALUES)},
}


SUMS = {name: f"coalesce(sum(counted.visitors) FILTER (WHERE {which}), 0)" for name, which in OF_WHICH.items()}


def add(connection: Connection, condition: str, values: Mapping[str, Any], *, sign: int = 1, prefix: str = "") -> None:
    """Add what the responses under a condition on `responses` contribute to every rollup; sign -1 takes it away.

    `prefix` stands before the names of the tables that it is added to. Runs in the caller's transaction.
    """
    stretches = stretches_of(connection, condition, values)
    if stretches is None:
        return
    for statement in (PLACES, QUESTIONS, OPTIONS):
        named = values if "{condition}" in statement else {}
        connection.execute(statement.format(condition=condition), named)
    for rollup in ROLLUPS:
        connection.execute(statement_for(rollup, condition, stretches, prefix), {**values, "sign": sign})


def stretches_of(connection: Connection, condition: str, values: Mapping[str, Any]) -> str | None:
    """Return the local time of the responses under a condition, as `COUNTED` takes it; None when there are none."""
    first_ms, last_ms = connection.execute(
        f"SELECT min(responses.at_ms), max(responses.at_ms) FROM responses WHERE {ANSWERING} AND {condition}", values
    ).fetchone()
    if first_ms is None:
        return None
    zones = [DEFAULT_TIME_ZONE, *(row[0] for row in connection.execute("SELECT DISTINCT time_zone FROM units"))]
    return stretches_sql(zones, first_ms, last_ms + 1)


def statement_for(rollup: Rollup, condition: str, stretches: str, prefix: str) -> str:
    """Return the statement that adds to one rollup."""
    into = f"{prefix}{rollup.table}"
    return CONTRIBUTIONS.format(
        stretches=stretches,
        condition=condition,
        into=into,
        columns=", ".join(rollup.columns),
        keys=", ".join(f"counted.{key}" for key in rollup.keys),
        key=", ".join(rollup.keys),
        counters=", ".join(f":sign * {SUMS[name]}" for name in COUNTERS),
        without=rollup.without,
        added=", ".join(f"{name} = {into}.{name} + excluded.{name}" for name in COUNTERS),
    )
