"""A report is made once for each state of the database, and never given again when that has changed."""

import asyncio

import pytest

from server.fleet import coverage
from server.fleet import queries as journals
from server.remembered import Remembered, Versions
from server.reporting import reports

ASKED = "/api/v1/reports/summary?question=smiley"


@pytest.fixture
def made(monkeypatch):
    """Give a list that grows by one for each report that is made."""
    made, run = [], reports.run
    monkeypatch.setattr(reports, "run", lambda *asked: made.append(asked[1]) or run(*asked))
    return made


def test_a_report_is_made_once(client, press, made):
    press()

    answers = [client.get(ASKED) for _ in range(3)]

    assert len(made) == 1
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(answer.headers.items()) for answer in answers}) == 1
    assert answers[2].json()["n"] == 1


def test_an_answer_that_came_in_is_in_the_next_report(client, press, made):
    press()
    before = client.get(ASKED).json()
    press()

    after = client.get(ASKED).json()

    assert (before["n"], after["n"], len(made)) == (1, 2, 2)


def test_another_question_is_another_report(client, press):
    press(answers={"smiley": 5})
    press(answers={"nps": 9})
    press(answers={"nps": 10})

    asked = [client.get(f"/api/v1/reports/summary?question={question}").json()["n"] for question in ("smiley", "nps")]

    assert asked == [1, 2]


def test_what_was_refused_is_asked_again(client, county, press):
    assert client.get(ASKED.replace("smiley", "nobody")).status_code == 404
    assert client.get(ASKED.replace("smiley", "nobody")).status_code == 404
    assert client.get(f"{ASKED}&audience=public").status_code == 404
    press()
    assert client.get(ASKED).json()["n"] == 1


@pytest.mark.parametrize("version", [None, "1"])
def test_while_the_database_does_not_answer_nothing_is_given_again(version):
    class Silent(Versions):
        def now(self):
            return version

    given = []

    async def app(scope, receive, send):
        given.append(scope["path"])
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def asked_twice():
        around = Remembered(app, Silent("some.db"))
        for _ in range(2):
            scope = {"type": "http", "method": "GET", "path": "/api/v1/reports/summary", "query_string": b""}
            await around(scope, None, nowhere)

    async def nowhere(message):
        pass

    asyncio.run(asked_twice())

    assert len(given) == (2 if version is None else 1)


def test_a_report_during_which_somebody_wrote_is_not_kept():
    versions = iter(["1", "2", "2"])
    given = []

    class Moving(Versions):
        def now(self):
            return next(versions)

    async def app(scope, receive, send):
        given.append(scope["path"])
        if len(given) == 1:
            await around(dict(scope, query_string=b"other"), receive, nowhere)
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    async def nowhere(message):
        pass

    around = Remembered(app, Moving("some.db"))
    scope = {"type": "http", "method": "GET", "path": "/api/v1/reports/summary", "query_string": b""}
    asyncio.run(around(scope, None, nowhere))

    assert list(around.given) == [("/api/v1/reports/summary", b"other")]


DAYS = "unit=kokkola&from=2026-11-22&to=2026-11-23"


@pytest.mark.parametrize(
    ("asked", "times"),
    [
        ("completeness", 1),
        (f"coverage?{DAYS}", 1),
        ("coverage?to=2026-11-23", 1),
        ("coverage", 2),
        ("coverage?from=2026-11-22", 2),
    ],
)
def test_what_knows_no_clock_is_given_again(client, press, monkeypatch, asked, times):
    press()
    made = []
    for of, name in ((coverage, "report"), (journals, "journals")):
        really = getattr(of, name)
        monkeypatch.setattr(of, name, lambda *given, really=really: made.append(given) or really(*given))

    answers = [client.get(f"/api/v1/{asked}") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(made) == times


def test_a_press_is_in_the_next_completeness_and_coverage(client, press):
    press()
    before = [client.get(f"/api/v1/{asked}").text for asked in ("completeness", f"coverage?{DAYS}")]
    press()

    after = [client.get(f"/api/v1/{asked}").text for asked in ("completeness", f"coverage?{DAYS}")]

    assert all(was != now for was, now in zip(before, after, strict=True))
