"""What the API says of random counties is what is true of them, as counted while they were drawn.

Two counties, the same every time; a longer look at so many more is taken with HYMIO_COUNTIES=20.
"""

import csv
import io
import json
import os
import random
from collections import Counter
from datetime import date

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from server.settings import Settings
from server.trial.history.county import CROSSWALK, NEW_SCHEME, Plan
from server.trial.history.generate import generate

UNTIL = date(2026, 11, 1)
PLANS = (Plan(1_500, UNTIL, years=1, units=4, seed=11), Plan(2_500, UNTIL, years=2, units=9, seed=12))
# As many more as one asks for, each of a size that its seed gives it.
MORE = [random.Random(seed) for seed in range(100, 100 + int(os.environ.get("HYMIO_COUNTIES", "0")))]
PLANS += tuple(
    Plan(chance.randint(200, 5_000), UNTIL, years=chance.randint(1, 3), units=chance.randint(1, 12), seed=seed)
    for seed, chance in enumerate(MORE, 100)
)
QUESTIONS = ("smiley", "mood", "nps", "helped")
API = "/api/v1"


@pytest.fixture(scope="module", params=PLANS, ids=lambda plan: f"seed {plan.seed}")
def county(request, tmp_path_factory):
    """Give a client of a random county, and the truth about it."""
    folder = tmp_path_factory.mktemp("county")
    generate(str(folder / "hymio.db"), request.param, folder / "truth.json", lambda line: None)
    with TestClient(create_app(Settings(folder)), "http://127.0.0.1:8765") as client:
        yield client, json.loads((folder / "truth.json").read_text())


def asked(client, address):
    answer = client.get(f"{API}/{address}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def told(report, question, *names):
    """Return how often each value was given in each group of a report, noughts left out."""
    return Counter(
        {
            (*(group[name] for name in names), int(value)): n
            for group in report["groups"]
            for found in group["questions"]
            if found["question"] == question
            for value, n in found["distribution"].items()
            if n
        }
    )


def true(rows, question, place, key):
    """Return the same from rows of the truth, which have the question at that place, and value and n at their end."""
    counts = Counter()
    for row in rows:
        if row[place] == question:
            counts[*key(row), row[-2]] += row[-1]
    return counts


@pytest.mark.parametrize("question", ["nps", "helped"])
@pytest.mark.parametrize("age", ["0-17", "18-64", "65-"])
def test_a_background_is_true(county, question, age):
    client, truth = county
    of_age = [row for row in truth["backgrounds"] if row[0] == f"age:{age}"]
    where = f"question={question}&background=age:{age}"

    by_unit = asked(client, f"reports/comparison?by=unit&{where}")
    by_month = asked(client, f"reports/trend?step=month&{where}")

    assert told(by_unit, question, "unit") == true(of_age, question, 3, lambda row: row[1:2])
    assert told(by_month, question, "month") == true(of_age, question, 3, lambda row: (STEPS["month"](row[2]),))
    assert by_unit["source"] == "responses"


STEPS = {
    "month": lambda month: f"{month // 100}-{month % 100:02}",
    "quarter": lambda month: f"{month // 100}-Q{(month % 100 - 1) // 3 + 1}",
    "year": lambda month: str(month // 100),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_trend_is_true(county, step, question):
    client, truth = county

    report = asked(client, f"reports/trend?step={step}&question={question}")

    assert told(report, question, step) == true(truth["answers"], question, 4, lambda row: (STEPS[step](row[3]),))


def day_of(number):
    return date(number // 10_000, number // 100 % 100, number % 100)


@pytest.mark.parametrize(("step", "name"), [("day", "%Y-%m-%d"), ("week", "%G-W%V")])
def test_days_and_weeks_are_true(county, step, name):
    client, truth = county
    units = {unit for unit, *_ in truth["days"]}
    for unit in units:
        expected = Counter()
        for of, day, n in truth["days"]:
            expected[day_of(day).strftime(name)] += n if of == unit else 0

        groups = asked(client, f"reports/trend?step={step}&unit={unit}")["groups"]

        assert Counter({group[step]: group["responses"] for group in groups}) == expected


@pytest.mark.parametrize("question", QUESTIONS)
def test_comparisons_are_true(county, question):
    client, truth = county
    by_unit = asked(client, f"reports/comparison?by=unit&question={question}")
    by_class = asked(client, f"reports/comparison?by=service_class&question={question}")
    by_language = asked(client, f"reports/comparison?by=language&question={question}")

    assert told(by_unit, question, "unit") == true(truth["answers"], question, 4, lambda row: row[:1])
    assert told(by_class, question, "scheme", "service_class") == true(
        truth["answers"], question, 4, lambda row: row[1:3]
    )
    assert told(by_language, question, "language") == true(truth["languages"], question, 1, lambda row: row[2:3])


@pytest.mark.parametrize(("place", "by"), [*enumerate(["device", "service_point", "channel", "survey"])])
def test_so_are_those_by_device_point_channel_and_survey(county, place, by):
    client, truth = county
    name = "device_id" if by == "device" else by
    for question in QUESTIONS:
        report = asked(client, f"reports/comparison?by={by}&question={question}")
        assert told(report, question, name) == true(truth["devices"], question, 4, lambda row: row[place : place + 1])


@pytest.mark.parametrize("question", ["nps", "helped"])
def test_backgrounds_are_compared_truly(county, question):
    client, truth = county
    expected = true(truth["backgrounds"], question, 3, lambda row: row[:1])
    for (value,), n in true(truth["answers"], question, 4, lambda row: ()).items():
        expected["age:", value] = n - sum(m for (_, other), m in expected.items() if other == value)

    report = asked(client, f"reports/comparison?by=background&question={question}")

    assert told(report, question, "background") == +expected


def test_what_was_chosen_is_true(county):
    client, truth = county
    for question in ("reason", "age"):
        for unit in {row[0] for row in truth["days"]}:
            chosen = Counter()
            for of, where, _, option, n in truth["options"]:
                chosen[option] += n if (of, where) == (question, unit) else 0
            chosen = +chosen
            summary = asked(client, f"reports/summary?question={question}&unit={unit}")
            shares = asked(client, f"reports/distribution?question={question}&unit={unit}")
            assert summary["n"] == shares["n"] == chosen[""]
            for found in summary["questions"]:
                assert found["distribution"] == {option: n for option, n in chosen.items() if option}
            for found in shares["questions"]:
                assert {each["option"]: each["n"] for each in found["answers"]} == summary["questions"][0][
                    "distribution"
                ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_old_classes_read_in_the_new_list_are_true(county, question):
    client, truth = county
    expected = Counter()
    for (scheme, code, value), n in true(truth["answers"], question, 4, lambda row: row[1:3]).items():
        becomes = {code: 1} if scheme == NEW_SCHEME else CROSSWALK[code]
        for new, share in becomes.items():
            expected[new, value] += n * share

    report = asked(client, f"reports/comparison?by=service_class&classes_in={NEW_SCHEME}&question={question}")

    assert told(report, question, "service_class") == pytest.approx(expected)


@pytest.mark.parametrize("question", QUESTIONS)
def test_hours_are_true(county, question):
    client, truth = county

    report = asked(client, f"reports/hours?question={question}")

    assert told(report, question, "weekday", "hour") == true(truth["hours"], question, 0, lambda row: row[1:3])


def test_the_summary_and_its_figures_are_true(county):
    client, truth = county
    report = asked(client, "reports/summary")

    assert report["responses"] == truth["responses"] == sum(n for *_, n in truth["days"])
    assert (report["flagged_left_out"], report["undone_left_out"]) == (truth["flagged"], truth["undone"])
    for found in report["questions"]:
        if found["question"] in QUESTIONS:
            counts = {value: n for (value,), n in true(truth["answers"], found["question"], 4, lambda row: ()).items()}
            assert found["n"] == sum(counts.values())
            assert found["distribution"] == {
                str(value): counts.get(value, 0) for value in map(int, found["distribution"])
            }
    nps = Counter({row[0]: n for row, n in true(truth["answers"], "nps", 4, lambda row: ()).items()})
    if nps:
        promoters, detractors = nps[9] + nps[10], sum(nps[value] for value in range(7))
        shown = asked(client, "reports/summary?question=nps")
        assert shown["nps"] == pytest.approx(100 * (promoters - detractors) / nps.total(), abs=0.05)


def test_what_is_missing_is_true(county):
    client, truth = county
    journals = truth["journals"].values()
    gone = sum(last - first + 1 for each in journals for first, last in each["final_gaps"])
    lost, held = sum(len(each["lost"]) for each in journals), sum(each["held"] for each in journals)

    said = asked(client, "reports/summary")["completeness"]
    rows = asked(client, "completeness")["journals"]

    assert said == {"gaps": 0, "held": held, "gone": gone, "lost": lost, "rejected": 0}
    assert sum(lack["last"] - lack["first"] + 1 for row in rows for lack in row["missing"]) == gone + lost + held
    for row in rows:
        journal = truth["journals"][row["device_id"]]
        numbers = Counter()
        for lack in row["missing"]:
            numbers[lack["why"]] += lack["last"] - lack["first"] + 1
        expected = {
            "gone": sum(last - first + 1 for first, last in journal["final_gaps"]),
            "lost": len(journal["lost"]),
            "held": journal["held"],
        }
        assert numbers == +Counter(expected)


def test_responses_and_exports_hold_every_answer(county):
    client, truth = county
    everyone = truth["responses"] + truth["flagged"] + truth["undone"]
    ids, after = [], 0
    while after is not None:
        page = asked(client, f"responses?limit=1000&after={after}")
        ids += [each["id"] for each in page["responses"]]
        after = page["next"]
    rows = list(csv.DictReader(io.StringIO(client.get(f"{API}/responses/export?format=csv").text)))
    lines = [json.loads(line) for line in client.get(f"{API}/responses/export?format=jsonl").text.splitlines()]

    assert len(ids) == len({*ids}) == everyone
    for exported in (rows, lines):
        assert {int(row["response"]) for row in exported} == {*ids}
        counted = Counter(
            (row["question"], int(row["value"]))
            for row in exported
            if row.get("value") not in (None, "") and not row["flags"] and not int(row["undone"])
        )
        assert counted == sum(
            (
                Counter({(each, value): n for (value,), n in true(truth["answers"], each, 4, lambda row: ()).items()})
                for each in QUESTIONS
            ),
            Counter(),
        )


def test_a_wrong_truth_is_noticed(county):
    client, truth = county
    wrong = [[*row[:-1], row[-1] + (place == 0)] for place, row in enumerate(truth["answers"])]
    question = wrong[0][4]

    report = asked(client, f"reports/comparison?by=unit&question={question}")

    assert told(report, question, "unit") != true(wrong, question, 4, lambda row: row[:1])
