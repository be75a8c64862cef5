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
PLACE = ", ".join(f"coalesce(responses.{column}, '')" for column in ATTACHED)

PLACES = f"""
INSERT INTO rollup_places ({", ".join(ATTACHED)})
SELECT DISTINCT {PLACE} FROM responses WHERE {ANSWERING} AND {{condition}}
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

# A choice is counted once for those who answered it, and once for each option that they chose.
CONTRIBUTIONS = f"""
WITH {{stretches}}, concerned AS (
    SELECT responses.id, responses.n, responses.survey, coalesce(responses.language, '') AS language,
           responses.channel, responses.flags, responses.undone, responses.time_quality, rollup_places.id AS place,
           stretches.month, {LOCAL_DAY} AS day, {LOCAL_WEEKDAY} AS weekday, {LOCAL_HOUR} AS hour
    FROM responses
    LEFT JOIN units ON units.code = responses.unit
    JOIN stretches ON stretches.time_zone = coalesce(units.time_zone, '{DEFAULT_TIME_ZONE}')
     AND stretches.from_ms <= responses.at_ms AND responses.at_ms < stretches.to_ms
    JOIN rollup_places ON ({", ".join(f"rollup_places.{column}" for column in ATTACHED)}) = ({PLACE})
    WHERE {ANSWERING} AND {{condition}}
), counted AS (
    SELECT id, '' AS question, '' AS option, CAST(NULL AS BIGINT) AS value, n AS visitors FROM concerned
    UNION ALL
    SELECT concerned.id, answers.question, coalesce(answers.option, ''), answers.value, answers.n
    FROM concerned JOIN answers ON answers.response_id = concerned.id
    UNION ALL
    SELECT DISTINCT concerned.id, answers.question, '', CAST(NULL AS BIGINT), 1
    FROM concerned JOIN answers ON answers.response_id = concerned.id WHERE answers.option IS NOT NULL
)
INSERT INTO {{into}} ({{columns}})
SELECT concerned.place, rollup_questions.id, {{keys}}, {{counters}}
FROM counted
JOIN concerned ON concerned.id = counted.id
JOIN rollup_questions ON rollup_questions.survey = concerned.survey AND rollup_questions.question = counted.question
 AND rollup_questions.option = counted.option
WHERE NOT ({{without}})
GROUP BY concerned.place, rollup_questions.id, {{keys}}
ON CONFLICT (place, question, {{key}}) DO UPDATE SET {{added}}
"""

IS_COUNTED = "concerned.flags = '' AND concerned.undone = 0"
OF_WHICH = {
    "n": IS_COUNTED,
    "bounded": f"{IS_COUNTED} AND concerned.time_quality = 'bounded'",
    "flagged": "concerned.flags <> '' AND concerned.undone = 0",
    "undone": "concerned.undone = 1",
    **{name: f"{IS_COUNTED} AND counted.value = {value}" for value, name in enumerate(VALUES)},
}


def add(connection: Connection, condition: str, values: Mapping[str, Any], *, sign: int = 1, prefix: str = "") -> None:
    """Add what the responses under a condition on `responses` contribute to every rollup; sign -1 takes it away.

    `prefix` stands before the names of the tables that it is added to. Runs in the caller's transaction.
    """
    window = connection.execute(
        f"SELECT min(at_ms), max(at_ms) FROM responses WHERE {ANSWERING} AND {condition}", values
    ).fetchone()
    if window[0] is None:
        return
    for statement in (PLACES, QUESTIONS, OPTIONS):
        named = values if "{condition}" in statement else {}
        connection.execute(statement.format(condition=condition), named)
    zones = [DEFAULT_TIME_ZONE, *(row[0] for row in connection.execute("SELECT DISTINCT time_zone FROM units"))]
    stretches = stretches_sql(zones, window[0], window[1] + 1)
    for rollup in ROLLUPS:
        connection.execute(statement_for(rollup, condition, stretches, prefix), {**values, "sign": sign})


def statement_for(rollup: Rollup, condition: str, stretches: str, prefix: str) -> str:
    """Return the statement that adds to one rollup."""
    into = f"{prefix}{rollup.table}"
    return CONTRIBUTIONS.format(
        stretches=stretches,
        condition=condition,
        into=into,
        columns=", ".join(rollup.columns),
        keys=", ".join(f"concerned.{key}" for key in rollup.keys),
        key=", ".join(rollup.keys),
        counters=", ".join(
            f":sign * coalesce(sum(counted.visitors) FILTER (WHERE {OF_WHICH[name]}), 0)" for name in COUNTERS
        ),
        without=rollup.without,
        added=", ".join(f"{name} = {into}.{name} + excluded.{name}" for name in COUNTERS),
    )
