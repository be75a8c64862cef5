"""The slow and obvious way to count: one answer after the other, with Python's own time zones."""

from collections import Counter
from datetime import datetime
from zoneinfo import ZoneInfo

from broker_bridge.database.contributions import COUNTERS, ROLLUPS


def expected(connection):
    """Return {table: {key in words: counts that are not zero}} by looking at every response."""
    counts = {rollup.table: {} for rollup in ROLLUPS}
    zones = {row["code"]: row["time_zone"] for row in connection.execute("SELECT * FROM units").fetchall()}
    for row in connection.execute("SELECT * FROM responses WHERE kind IN ('response', 'counters')").fetchall():
        given = connection.execute("SELECT * FROM answers WHERE response_id = :id", {"id": row["id"]}).fetchall()
        local = datetime.fromtimestamp(row["at_ms"] // 1000, ZoneInfo(zones.get(row["unit"], "Europe/Helsinki")))
        place = tuple(row[column] or "" for column in ("service_point", "unit", "scheme", "service_class"))
        for (question, option, value), n in counted(row, given).items():
            named = (*place, row["survey"], question, option)
            month = local.year * 100 + local.month
            keys = {
                "rollup_days": (*named, month * 100 + local.day),
                "rollup_months": (*named, month, row["language"] or "", row["channel"]),
                "rollup_hours": (*named, month, local.weekday(), local.hour),
            }
            if question == "" or option:
                del keys["rollup_hours"]
            for table, key in keys.items():
                cell = counts[table].setdefault(key, Counter())
                for name in names(row, value):
                    cell[name] += n
    return {table: {key: dict(cell) for key, cell in cells.items()} for table, cells in counts.items()}


def counted(row, given):
    """Return {(question, option, value): visitors} for one response."""
    seen = Counter({("", "", None): row["n"]})
    for answer in given:
        if answer["option"] is None:
            seen[answer["question"], "", answer["value"]] += answer["n"]
        else:
            seen[answer["question"], answer["option"], None] += 1
            seen[answer["question"], "", None] = 1
    return seen


def names(row, value):
    """Return the counters that one answer belongs to."""
    if row["undone"]:
        return ["undone"]
    if row["flags"]:
        return ["flagged"]
    bounded = ["bounded"] if row["time_quality"] == "bounded" else []
    return ["n", *bounded, *([] if value is None else [f"v{value}"])]


def kept(connection):
    """Return the same as `expected`, from the rollups."""
    return {rollup.table: dict(cells(connection, rollup)) for rollup in ROLLUPS}


def cells(connection, rollup):
    rows = connection.execute(
        f"""SELECT * FROM {rollup.table} JOIN rollup_places ON rollup_places.id = place
            JOIN (SELECT id AS question_id, survey, question AS asked, option FROM rollup_questions) AS questions
              ON question_id = {rollup.table}.question"""
    )
    for row in rows.fetchall():
        words = ("service_point", "unit", "scheme", "service_class", "survey", "asked", "option", *rollup.keys)
        counts = {name: row[name] for name in COUNTERS if row[name]}
        if counts:
            yield tuple(row[word] for word in words), counts
