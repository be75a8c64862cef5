"""Counts answers under filters, in a rollup or in the responses; and small questions of the reports."""

from collections.abc import Collection, Sequence
from typing import Any

from broker_bridge.database.connect import Connection
from broker_bridge.database.contributions import ASKED, ATTACHED, COUNTED, COUNTERS, SUMS, VALUES, stretches_of
from broker_bridge.database.invalid import Invalid, Unknown
from broker_bridge.database.local_times import local_time
from broker_bridge.database.surveys import KIND_RANGES, backgrounds
from server.reporting.filters import Filters, Period
from server.reporting.sources import DAY, RESPONSES, ROLLUPS, Source

MOST_RESPONSES = 200_000  # what a report may read one by one: a second or two

REPORTED = "responses.kind IN ('response', 'counters') AND responses.flags = '' AND responses.undone = 0"


class TooMuch(Invalid):
    """A question that no rollup answers, about more responses than are read one by one."""


def statement(
    connection: Connection, filters: Filters, by: Sequence[str], source: str
) -> tuple[str, dict[str, Any]] | None:
    """Return the query of the counts, with its values: the columns of `by`, survey, question, option and COUNTERS.

    None when there is nothing to count. Raises TooMuch.
    """
    if source == RESPONSES:
        return of_responses(connection, filters, by)
    rollup = next(rollup for rollup in ROLLUPS if rollup.table == source)
    return of_rollup(rollup, filters, by, filled(connection, filters))


def of_rollup(source: Source, filters: Filters, by: Sequence[str], used: Collection[str]) -> tuple[str, dict[str, Any]]:
    """Return the query on a rollup: it sums by numbers first, which are quick to sort, and by words at the end.

    Without columns of its own that is place by place even where no place is told apart: so they lie, with no sorting.
    """
    tests, values = conditions(source, filters)
    own = {name: source.columns[name] for name in by if name in source.columns}
    place = {"place": "counts.place"} if {*ATTACHED} & {*by} or not own else {}
    numbers = place | {"question": "counts.question"} | own
    others = [name for name in by if name not in ASKED]
    keys = [f"places.{name}" if name in ATTACHED else f"summed.{name}" for name in others]
    keys += [f"asked.{name}" for name in ASKED]
    sql = f"""SELECT {", ".join([*keys, *(f"sum(summed.{name}) AS {name}" for name in COUNTERS)])}
              FROM (SELECT {", ".join(f"{column} AS {name}" for name, column in numbers.items())},
                           {", ".join(f"{summed(name, used)} AS {name}" for name in COUNTERS)}
                    FROM {source.table} AS counts WHERE {" AND ".join(tests)}
                    GROUP BY {", ".join(numbers.values())}) AS summed
              JOIN rollup_questions AS asked ON asked.id = summed.question
              {"JOIN rollup_places AS places ON places.id = summed.place" if {*ATTACHED} & {*by} else ""}
              GROUP BY {", ".join(keys)}"""
    return sql, values


def filled(connection: Connection, filters: Filters) -> Collection[str]:
    """Return the counters that may be other than nought: a face of five has no count of those who gave a ten."""
    if not filters.question:
        return COUNTERS
    ranges = (KIND_RANGES.get(kind, (0, -1)) for kind in kinds(connection, filters.question))
    given = {value for low, high in ranges for value in range(low, high + 1)}
    return {*COUNTERS} - {name for value, name in enumerate(VALUES) if value not in given}


def summed(name: str, used: Collection[str]) -> str:
    """Return the SQL of the sum of a counter; what need not be summed is not sorted either."""
    return f"sum(counts.{name})" if name in used else "0"


def conditions(source: Source, filters: Filters) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions on the rows of a rollup, with their values."""
    values: dict[str, Any] = {**filters.equal, **filters.unit_values}
    tests = [f"{source.columns[name]} = :{name}" for name in filters.equal if name in source.columns]
    for column, table, names in (("place", "rollup_places", ATTACHED), ("question", "rollup_questions", ASKED)):
        # Also where all are meant: then the key of the rollup is looked up place by place, instead of read as a whole.
        named = [f"{name} = :{name}" for name in names if name in filters.equal]
        named += filters.of_units("unit") if table == "rollup_places" else []
        tests.append(f"counts.{column} IN (SELECT id FROM {table} WHERE {' AND '.join([*named, '1 = 1'])})")
    for label, end_ms, sign in (("from_at", filters.period.from_ms, ">="), ("to_at", filters.period.to_ms, "<")):
        if end_ms is not None:
            tests.append(f"counts.{source.grain} {sign} :{label}")
            values[label] = local_number(filters.period, end_ms, source.grain)
    return tests, values


def local_number(period: Period, at_ms: int, grain: str) -> int:
    """Return the local day (20261122) or month (202611) of a moment."""
    local = local_time(period.time_zone, at_ms)
    return local.day if grain == DAY else local.month


def of_responses(connection: Connection, filters: Filters, by: Sequence[str]) -> tuple[str, dict[str, Any]] | None:
    """Return the query on the responses themselves; raise TooMuch when these are too many to read."""
    read, values = what_is_read(filters)
    refuse_too_much(connection, read, values)
    of_answers = {"question": "counted.question = :question"}
    tests = [test(name, value) for name, value in filters.equal.items() if name not in of_answers]
    condition = " AND ".join([*read, *tests, *filters.of_units("responses.unit")]) or "1 = 1"
    values |= {**filters.equal, **filters.unit_values}
    stretches = stretches_of(connection, condition, {name: values[name] for name in values if f":{name}" in condition})
    if stretches is None:
        return None
    keys = [f"{OWN if name == BACKGROUND else 'counted'}.{name}" for name in dict.fromkeys([*ASKED, *by])]
    columns = [*keys, *(f"{SUMS[name]} AS {name}" for name in COUNTERS)]
    own, of_own = of_everybody(connection) if BACKGROUND in by else ("", {})
    sql = f"""{COUNTED.format(stretches=stretches, condition=condition)} {own and f", {own}"}
              SELECT {", ".join(columns)} FROM counted {own and f"JOIN {OWN} ON {OWN}.id = counted.id"}
              WHERE {of_answers["question"] if filters.question else "1 = 1"} GROUP BY {", ".join(keys)}"""
    return sql, values | of_own


def what_is_read(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    """Return the conditions that an index answers, with their values: they bound how much is read."""
    tests: list[str] = []
    values: dict[str, Any] = {}
    for name, end_ms, sign in (("from_ms", filters.period.from_ms, ">="), ("to_ms", filters.period.to_ms, "<")):
        if end_ms is not None:
            tests.append(f"responses.at_ms {sign} :{name}")
            values[name] = end_ms
    if "device_id" in filters.equal:
        tests.append("responses.device_id = :device_id")
        values["device_id"] = filters.equal["device_id"]
    return tests, values


def refuse_too_much(connection: Connection, tests: Sequence[str], values: dict[str, Any]) -> None:
    """Raise TooMuch when more responses would have to be read than the limit allows."""
    some = f"SELECT 1 FROM responses WHERE {' AND '.join([*tests, '1 = 1'])} LIMIT {MOST_RESPONSES + 1}"
    count = connection.execute(f"SELECT count(*) FROM ({some}) AS read_one_by_one", values).fetchone()[0]
    if count > MOST_RESPONSES:
        raise TooMuch(
            "filters",
            f"more than {MOST_RESPONSES} responses to read",
            "whole days of one time zone without language, channel, device or background; whole months without device "
            "or background; "
            "or a shorter period",
        )


# Who chose several options of a question has no background by it.
OF_BACKGROUND = """:background IN (
    SELECT min(own.question || ':' || own.option) FROM answers AS own
    WHERE own.response_id = responses.id AND own.option IS NOT NULL GROUP BY own.question HAVING count(*) = 1)"""


OWN, BACKGROUND = "own_backgrounds", "background"


def of_everybody(connection: Connection) -> tuple[str, dict[str, str]]:
    """Return the SQL of what each response that is concerned says of who answered, with its values.

    By each background question that is one option (`age:65-`) or, without an answer or with several, none (`age:`).
    """
    asked = {f"{BACKGROUND}_{place}": question for place, question in enumerate(backgrounds(connection))}
    if not asked:
        raise Unknown("by", BACKGROUND, "another, as no survey marks a question as background")
    own = "CASE WHEN count(answers.option) = 1 THEN min(answers.option) ELSE '' END"
    every = " UNION ALL ".join(f"SELECT CAST(:{name} AS TEXT) AS question" for name in asked)
    sql = f"""{OWN} AS (
        SELECT concerned.id, asked.question || ':' || {own} AS {BACKGROUND}
        FROM concerned JOIN ({every}) AS asked ON 1 = 1
        LEFT JOIN answers ON answers.response_id = concerned.id AND answers.question = asked.question
        GROUP BY concerned.id, asked.question)"""
    return sql, asked


def test(name: str, value: str) -> str:
    """Return the condition that a column of `responses`, or the background, has a value; '' stands for none."""
    if name == "background":
        return OF_BACKGROUND
    return f"responses.{name} IS NULL" if value == "" else f"responses.{name} = :{name}"


def kinds(connection: Connection, question: str) -> set[str]:
    """Return the kinds that a question has in the stored survey versions."""
    rows = connection.execute("SELECT DISTINCT kind FROM questions WHERE question = :question", {"question": question})
    return {row["kind"] for row in rows}


def kind_of(connection: Connection, question: str | None) -> str:
    """Return the kind of a question that has figures; raise Invalid when it is none of one such kind."""
    found = sorted(kinds(connection, question or "") & set(KIND_RANGES))
    if len(found) != 1:
        its_kinds = f"; its kinds: {', '.join(found) or 'none with a figure'}" if question else ""
        raise Invalid("question", question, f"one question of one kind that has a figure{its_kinds}")
    return found[0]


DEVICES = """
SELECT DISTINCT placements.device_id
FROM placements JOIN service_point_units AS at_unit ON at_unit.service_point = placements.service_point
WHERE {tests}
"""

# By filter: the devices that may have been there, and when.
THERE = {
    "unit": "at_unit.unit = :unit",
    "service_point": "placements.service_point = :service_point",
    "from_ms": "(placements.valid_to_ms IS NULL OR placements.valid_to_ms > :from_ms)"
    " AND (at_unit.valid_to_ms IS NULL OR at_unit.valid_to_ms > :from_ms)",
    "to_ms": "placements.valid_from_ms < :to_ms AND at_unit.valid_from_ms < :to_ms",
}


def devices_concerned(connection: Connection, filters: Filters) -> set[str] | None:
    """Return the devices whose missing responses a report might lack, None when it may be any."""
    if "device_id" in filters.equal:
        return {filters.equal["device_id"]}
    places = {name: filters.equal[name] for name in ("unit", "service_point") if name in filters.equal}
    if not places and filters.units is None:
        return None
    ends = {"from_ms": filters.period.from_ms, "to_ms": filters.period.to_ms}
    values = places | {name: end_ms for name, end_ms in ends.items() if end_ms is not None}
    tests = [THERE[name] for name in values] + filters.of_units("at_unit.unit")
    found = connection.execute(DEVICES.format(tests=" AND ".join(tests)), values | filters.unit_values)
    return {row["device_id"] for row in found}
