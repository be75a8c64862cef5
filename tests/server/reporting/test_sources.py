"""Rollups and responses give the same reports, and both what is known to be true of a made-up past."""

import json
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from broker_bridge.database.connect import connect
from broker_bridge.database.migrate import open_database
from broker_bridge.database.ranges import day_start_ms
from server.reporting import queries
from server.reporting.filters import Filters, Period
from server.reporting.sources import RESPONSES, source_of
from server.reporting.summary import grouped, summary
from server.trial.history.county import NEW_SCHEME, OLD_SCHEME, Plan
from server.trial.history.generate import generate
from server.trial.history.hours import start_s

UNTIL = date(2026, 11, 1)
PLAN = Plan(3_000, UNTIL, years=1, units=6, seed=5)
HELSINKI = "Europe/Helsinki"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def past(request, tmp_path_factory):
    """Give a made-up past, on either engine, and what is true of it; the tests only read."""
    truth = tmp_path_factory.mktemp("past") / "truth.json"
    if request.param == "sqlite":
        url = str(truth.with_name("hymio.db"))
        open_database(url).close()
        yield from opened(url, truth)
        return
    with request.getfixturevalue("postgresql").database("hymio") as url:
        yield from opened(url, truth)


def opened(url, truth):
    generate(url, PLAN, truth, lambda line: None)
    connection = connect(url)
    yield connection, json.loads(truth.read_text())
    connection.close()


def midnight(number):
    """Return when the day so many days before the end begins."""
    return day_start_ms(str(UNTIL - timedelta(days=number)), HELSINKI)


DAYS = some.one_of(some.none(), some.integers(1, 364))
WHOLE_MONTHS = some.sampled_from([None, 31, 61, 92, 153, 365])
PLACES = some.fixed_dictionaries(
    {},
    optional={
        "unit": some.sampled_from([f"unit-{number:03}" for number in range(1, 7)]),
        "scheme": some.sampled_from([OLD_SCHEME, NEW_SCHEME]),
        "service_class": some.sampled_from(["9101", "9112", "9125", "9107"]),
        "survey": some.sampled_from(["smiley@1", "kiosk@2", "recommend@1"]),
        "question": some.sampled_from(["smiley", "nps", "reason", "helped", "text"]),
    },
)
SPOKEN = some.fixed_dictionaries(
    {}, optional={"language": some.sampled_from(["fi", "sv"]), "channel": some.sampled_from(["button", "kiosk"])}
)


@settings(max_examples=40)
@given(
    equal=PLACES, since=DAYS, by=some.sampled_from([(), ("day",), ("month",), ("unit",), ("scheme", "service_class")])
)
def test_days_from_rollups_are_those_from_responses(past, equal, since, by):
    connection, _ = past
    filters = Filters(equal, Period(None if since is None else midnight(since)))

    assert source_of(connection, filters, by).startswith("rollup_")
    assert figures(connection, filters, by) == figures(connection, filters, by, RESPONSES)


@settings(max_examples=40)
@given(
    equal=some.tuples(PLACES, SPOKEN).map(lambda both: both[0] | both[1]),
    since=WHOLE_MONTHS,
    by=some.sampled_from([(), ("month",), ("language",), ("channel",), ("service_point", "language")]),
)
def test_months_from_rollups_are_those_from_responses(past, equal, since, by):
    connection, _ = past
    filters = Filters(equal, Period(None if since is None else midnight(since)))

    assert source_of(connection, filters, by) == "rollup_months"
    assert figures(connection, filters, by) == figures(connection, filters, by, RESPONSES)


@settings(max_examples=20)
@given(equal=PLACES, since=WHOLE_MONTHS, question=some.sampled_from(["smiley", "nps", "helped"]))
def test_hours_from_rollups_are_those_from_responses(past, equal, since, question):
    connection, _ = past
    filters = Filters(equal | {"question": question}, Period(None if since is None else midnight(since)))
    by = ("weekday", "hour")

    assert source_of(connection, filters, by) == "rollup_hours"
    assert figures(connection, filters, by) == figures(connection, filters, by, RESPONSES)


def figures(connection, filters, by, source=None):
    """Return a report without what it says of itself."""
    report = grouped(connection, filters, by, source) if by else summary(connection, filters, source)
    return {name: value for name, value in report.items() if name != "source"}


def test_a_wrong_rollup_does_not_pass_as_right(past):
    connection, _ = past
    connection.begin()
    connection.execute("UPDATE rollup_months SET v5 = v5 + 1 WHERE v5 = 1")

    wrong = figures(connection, Filters(), ()) != figures(connection, Filters(), (), RESPONSES)

    connection.execute("ROLLBACK")
    assert wrong


def test_reports_say_what_is_true(past):
    connection, truth = past
    told = summary(connection, Filters())
    by_class = grouped(connection, Filters({"question": "nps"}), ("unit", "scheme", "service_class", "month"))
    by_language = grouped(connection, Filters({"question": "smiley"}), ("month", "language"))
    by_hour = grouped(connection, Filters({"question": "smiley"}), ("weekday", "hour"))
    by_day = grouped(connection, Filters(), ("unit", "day"))

    assert told["responses"] == truth["responses"]
    assert (told["flagged_left_out"], told["undone_left_out"]) == (truth["flagged"], truth["undone"])
    assert values(by_class, "unit", "scheme", "service_class", "month") == true(truth["answers"], 4, "nps")
    assert values(by_language, "month", "language") == true(
        [[month, language, question, *rest] for month, question, language, *rest in truth["languages"]], 2, "smiley"
    )
    assert values(by_hour, "weekday", "hour") == true(
        [[weekday, hour, question, *rest] for question, weekday, hour, *rest in truth["hours"]], 2, "smiley"
    )
    assert {
        (each["unit"], number(each["day"])): each["responses"] for each in by_day["groups"] if each["responses"]
    } == {(unit, day): n for unit, day, n in truth["days"]}


def values(report, *by):
    """Return how often each value was given in each group, from the distributions of a report."""
    return Counter(
        {
            (*(number(group[name]) for name in by), int(value)): n
            for group in report["groups"]
            for question in group["questions"]
            for value, n in question["distribution"].items()
            if n
        }
    )


def number(value):
    """Return a month or day as the truth writes it, and anything else as it is."""
    return int(value.replace("-", "")) if isinstance(value, str) and value[:3] == "202" else value


def true(counts, place, question):
    """Return the same from the truth, whose lists have the question at that place."""
    return Counter({(*key[:place], key[place + 1]): n for *key, n in counts if key[place] == question})


def test_what_is_missing_is_what_is_true(past):
    connection, truth = past

    told = summary(connection, Filters())["completeness"]

    journals = truth["journals"].values()
    assert told == {
        "gaps": 0,
        "held": sum(each["held"] for each in journals),
        "gone": sum(last - first + 1 for each in journals for first, last in each["final_gaps"]),
        "lost": sum(len(each["lost"]) for each in journals),
        "rejected": 0,
    }


@pytest.mark.parametrize(
    ("equal", "ends", "by", "source"),
    [
        ({}, (None, None), (), "rollup_months"),
        ({}, (midnight(31), None), (), "rollup_months"),
        ({}, (midnight(30), None), (), "rollup_days"),
        ({}, (midnight(30), midnight(2)), ("month",), "rollup_days"),
        ({}, (None, None), ("day",), "rollup_days"),
        ({}, (None, None), ("weekday", "hour"), "rollup_hours"),
        ({}, (midnight(30), None), ("weekday", "hour"), RESPONSES),
        ({}, (midnight(30) + 1, None), (), RESPONSES),
        ({"language": "sv"}, (midnight(30), None), (), RESPONSES),
        ({"device_id": "box-0001"}, (None, None), (), RESPONSES),
        ({"language": "sv"}, (None, None), ("day",), RESPONSES),
    ],
)
def test_the_smallest_rollup_that_can_answer_does(past, equal, ends, by, source):
    assert source_of(past[0], Filters(equal, Period(*ends)), by) == source


def test_days_of_another_time_zone_are_read_from_the_responses(past):
    connection, _ = past
    stockholm = Filters({}, Period(midnight(30) + 3_600_000, None, "Europe/Stockholm"))
    everywhere = Filters({}, Period(midnight(30)))
    connection.begin()
    assert source_of(connection, stockholm, ()) == RESPONSES
    assert source_of(connection, everywhere, ()) == "rollup_days"

    connection.execute("INSERT INTO units (code, names, time_zone) VALUES ('haparanda', '{}', 'Europe/Stockholm')")

    sources = [
        source_of(connection, everywhere, ()),
        source_of(connection, Filters({"unit": "unit-001"}, Period(midnight(30))), ()),
    ]
    connection.execute("ROLLBACK")
    assert sources == [RESPONSES, "rollup_days"]


def test_more_responses_than_may_be_read_are_not_read(past, monkeypatch):
    connection, _ = past
    monkeypatch.setattr(queries, "MOST_RESPONSES", 100)
    day_s = start_s(date(2026, 9, 1))

    with pytest.raises(queries.TooMuch, match="more than 100 responses"):
        summary(connection, Filters({"language": "smn"}, Period(midnight(60))))
    few = summary(connection, Filters({}, Period(day_s * 1000 + 1, (day_s + 86_400) * 1000)))

    assert 0 < few["responses"] < 100
    assert few["source"] == RESPONSES
