"""What is published, reckoned from the stored rows once more, by nothing that the product reckons with.

Reports read the rollups by day and by hour. Here both are counted with Python's own calendar, row by row.
"""

from collections import Counter
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from broker_bridge.database.connect import Connection

HELSINKI = "Europe/Helsinki"  # of what belongs to no unit
VALUES = 11  # 0 to 10

ROWS = """
SELECT responses.id, responses.at_ms, responses.n, responses.service_point, responses.service_class, responses.survey,
       units.time_zone, answers.question, answers.value, answers.n AS times
FROM responses
LEFT JOIN units ON units.code = responses.unit
LEFT JOIN answers ON answers.response_id = responses.id AND answers.option IS NULL
WHERE responses.kind IN ('response', 'counters') AND responses.flags = '' AND responses.undone = 0
  AND responses.at_ms IS NOT NULL
"""
PUBLISHED = """
SELECT rollup_places.service_point, rollup_places.service_class, rollup_questions.survey, rollup_questions.question,
       {columns}
FROM {table}
JOIN rollup_places ON rollup_places.id = place
JOIN rollup_questions ON rollup_questions.id = {table}.question
WHERE rollup_questions.option = ''
"""
SUMS = ("n", *(f"v{value}" for value in range(VALUES)))


def different(connection: Connection) -> list[str]:
    """Return the totals by day and by hour that are not what the rows add up to."""
    days, hours = counted(connection)
    found = [("day", days, published(connection, "rollup_days", "day"))]
    found += [("hour", hours, published(connection, "rollup_hours", "month, weekday, hour"))]
    return [
        f"{what} {key}: {kept[key]} published, {meant[key]} stored"
        for what, meant, kept in found
        for key in sorted((meant - kept) + (kept - meant), key=str)
    ]


def published(connection: Connection, table: str, when: str) -> Counter[tuple[Any, ...]]:
    """Return what a rollup says: how often which value of which question was given where and when."""
    totals: Counter[tuple[Any, ...]] = Counter()
    for row in map(tuple, connection.execute(PUBLISHED.format(table=table, columns=f"{when}, {', '.join(SUMS)}"))):
        key, sums = row[: -len(SUMS)], row[-len(SUMS) :]
        for name, n in zip(SUMS, sums, strict=True):
            totals[(*key, name)] += n
    return totals


def counted(connection: Connection) -> tuple[Counter[tuple[Any, ...]], Counter[tuple[Any, ...]]]:
    """Return what the rows add up to, by day and by hour."""
    days: Counter[tuple[Any, ...]] = Counter()
    hours: Counter[tuple[Any, ...]] = Counter()
    visitors = set()
    for row in map(dict, connection.execute(ROWS)):
        where = (row["service_point"] or "", row["service_class"] or "", row["survey"] or "")
        local = datetime.fromtimestamp(row["at_ms"] / 1000, ZoneInfo(row["time_zone"] or HELSINKI))
        month = local.year * 100 + local.month
        if row["id"] not in visitors:
            visitors.add(row["id"])
            days[(*where, "", month * 100 + local.day, "n")] += row["n"]
        if row["question"] is not None:
            for name in ("n", f"v{row['value']}"):
                days[(*where, row["question"], month * 100 + local.day, name)] += row["times"]
                hours[(*where, row["question"], month, local.weekday(), local.hour, name)] += row["times"]
    return days, hours
