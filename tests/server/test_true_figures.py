"""Every figure of the API, with its interval, is the one that the truth about a random county gives."""

import json
import random
from collections import Counter
from datetime import date, timedelta

import pytest
from starlette.testclient import TestClient

from server.app import create_app
from server.reporting.figures import figures, share
from server.reporting.samples import FIGURES_OF
from server.settings import Settings
from server.trial.history.forms import KINDS
from server.trial.history.generate import generate
from tests.server.test_truth import PLANS, QUESTIONS, STEPS, asked, day_of, true

TARGET = {"year": 2026, "unit": "", "value": 3.0}  # of any scale


@pytest.fixture(scope="module", params=PLANS, ids=lambda plan: f"seed {plan.seed}")
def county(request, tmp_path_factory):
    """Give a client of a random county, and the truth about it."""
    folder = tmp_path_factory.mktemp("county")
    generate(str(folder / "hymio.db"), request.param, folder / "truth.json", lambda line: None)
    with TestClient(create_app(Settings(folder)), "http://127.0.0.1:8765") as client:
        yield client, json.loads((folder / "truth.json").read_text())


def by_group(counts):
    """Return how often each value was given, by group."""
    found = {}
    for (*group, value), n in counts.items():
        found.setdefault(tuple(group), {})[value] = n
    return found


def figure_by_hand(kind, given):
    """Return the figure of a question as a textbook has it."""
    n = sum(given.values())
    if kind == "nps":
        return 100 * (sum(given.get(value, 0) for value in (9, 10)) - sum(given.get(v, 0) for v in range(7))) / n
    mean = sum(value * count for value, count in given.items()) / n
    return mean if kind == "agree5" else 100 * (mean - 1) / (int(kind[-1]) - 1)


def check(report, question, names, truth):
    """Hold every group of a report against the truth: n, distribution, figures and intervals."""
    expected = by_group(truth)
    seen = {}
    for group in report["groups"]:
        for found in group["questions"]:
            if found["question"] == question:
                seen[tuple(group[name] for name in names)] = found
    assert seen.keys() == expected.keys()
    for group, found in seen.items():
        told = {name: found[name] for name in figures(found["kind"], {})}
        assert told == json.loads(json.dumps(figures(found["kind"], expected[group])))
        name = {"nps": "nps", "agree5": "mean"}.get(found["kind"], "index")
        assert found[name] == pytest.approx(figure_by_hand(found["kind"], expected[group]), abs=1e-4)
        assert found["interval"][0] < found["interval"][1]


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_group_of_every_report_has_its_true_figures(county, question):
    client, truth = county

    def of(report):
        return asked(client, f"reports/{report}question={question}")

    for step, name in STEPS.items():
        counts = true(truth["answers"], question, 4, lambda row, name=name: (name(row[3]),))
        check(of(f"trend?step={step}&"), question, (step,), counts)
    check(of("comparison?by=unit&"), question, ("unit",), true(truth["answers"], question, 4, lambda row: row[:1]))
    by_class = true(truth["answers"], question, 4, lambda row: row[1:3])
    check(of("comparison?by=service_class&"), question, ("scheme", "service_class"), by_class)
    by_language = true(truth["languages"], question, 1, lambda row: row[2:3])
    check(of("comparison?by=language&"), question, ("language",), by_language)
    check(of("hours?"), question, ("weekday", "hour"), true(truth["hours"], question, 0, lambda row: row[1:3]))


def test_a_wrong_truth_is_noticed_in_the_figures(county):
    client, truth = county
    question = truth["answers"][0][4]
    report = asked(client, f"reports/comparison?by=unit&question={question}")
    counts = true(truth["answers"], question, 4, lambda row: row[:1])
    counts[next(iter(counts))] += 1

    with pytest.raises(AssertionError):
        check(report, question, ("unit",), counts)


@pytest.mark.parametrize("question", QUESTIONS)
def test_shares_are_true(county, question):
    client, truth = county
    given = {value: n for (value,), n in true(truth["answers"], question, 4, lambda row: ()).items()}
    if not given:
        return

    (found,) = asked(client, f"reports/distribution?question={question}")["questions"]

    n = sum(given.values())
    assert (found["n"], {each["value"]: each["n"] for each in found["answers"] if each["n"]}) == (n, given)
    for each in found["answers"]:
        assert each["share"] == pytest.approx(given.get(each["value"], 0) / n, abs=1e-4)
        assert tuple(each["interval"]) == share(each["n"], n).interval


def test_any_unit_in_any_month_has_its_true_figures(county):
    client, truth = county
    cells = by_group(Counter({(row[0], row[3], row[4], row[5]): 0 for row in truth["answers"]}))
    for unit, _, _, month, question, value, n in truth["answers"]:
        cells[unit, month, question][value] += n
    for unit, month, question in random.Random(1).sample(sorted(cells), min(12, len(cells))):
        first = date(month // 100, month % 100, 1)
        period = f"from={first}&to={(first + timedelta(days=31)).replace(day=1)}"

        report = asked(client, f"reports/summary?unit={unit}&question={question}&{period}")

        (found,) = report["questions"]
        told = {name: found[name] for name in figures(found["kind"], {})}
        assert told == json.loads(json.dumps(figures(found["kind"], cells[unit, month, question])))
        assert report["n"] == report["responses"] == found["n"]


def test_a_release_has_true_figures(county):
    client, truth = county
    question = truth["answers"][0][4]
    wanted = {"report": "comparison", "by": "unit", "filters": {"question": question}}
    made = client.post("/api/v1/releases", json={"title": "Tosi", "who": "Aino", "why": "", "asked": wanted}).json()

    report = asked(client, f"releases/{made['id']}")

    check(report, question, ("unit",), true(truth["answers"], question, 4, lambda row: row[:1]))
    assert asked(client, f"releases/{made['id']}/today")["same"] is True


@pytest.mark.parametrize("question", QUESTIONS)
def test_labels_count_everything_there_is(county, question):
    client, truth = county
    given = {value: n for (value,), n in true(truth["answers"], question, 4, lambda row: ()).items()}

    told = asked(client, f"labels?question={question}&limit=1000")

    assert {int(value): n for value, n in told["everything"]["distribution"].items() if n} == given
    assert told["undoubted"]["n"] <= told["everything"]["n"]


def most_asked(truth):
    """Return the question with the most answers: in a small county nobody may have been asked some of them."""
    counts = Counter()
    for *_, question, _, n in truth["answers"]:
        counts[question] += n
    return counts.most_common(1)[0][0]


def test_what_is_judged_has_true_numbers(county):
    client, truth = county
    question = most_asked(truth)
    kind = KINDS[question]
    by_language = by_group(true(truth["languages"], question, 1, lambda row: row[2:3]))
    by_unit = by_group(true(truth["answers"], question, 4, lambda row: row[:1]))
    by_month = by_group(true(truth["answers"], question, 4, lambda row: (STEPS["month"](row[3]),)))
    month = max(by_month)[0]

    apart = asked(client, f"reports/difference?by=language&one=fi&other=sv&question={question}")
    ranked = asked(client, f"reports/ranking?by=unit&question={question}")["places"]
    changed = asked(client, f"reports/change?month={month}&question={question}")

    fi, sv = (figure_by_hand(kind, by_language[each,]) for each in ("fi", "sv"))
    assert (apart["one"]["n"], apart["other"]["n"]) == tuple(sum(by_language[each,].values()) for each in ("fi", "sv"))
    assert (apart["one"]["value"], apart["other"]["value"]) == pytest.approx((fi, sv), abs=1e-4)
    assert apart["difference"] == pytest.approx(fi - sv, abs=2e-4)
    assert ranked
    for place in ranked:
        of_unit = by_unit[place["name"],]
        assert (place["n"], place["value"]) == (
            sum(of_unit.values()),
            pytest.approx(figure_by_hand(kind, of_unit), abs=1e-4),
        )
    of_month = by_month[month,]
    assert (changed["n"], changed["value"]) == (
        sum(of_month.values()),
        pytest.approx(figure_by_hand(kind, of_month), abs=1e-4),
    )


def test_targets_and_response_rates_have_true_numbers(county):
    client, truth = county
    question = most_asked(truth)
    kind = KINDS[question]
    of_year = Counter()
    for *_, month, of, value, n in truth["answers"]:
        of_year[value] += n if of == question and month // 100 == TARGET["year"] else 0
    visitors = Counter()
    for unit, day, n in truth["days"]:
        visitors[f"{day // 10_000}-{day // 100 % 100:02}", unit] += n
    rows = "".join(f"{month},{unit},{n + 7}\n" for (month, unit), n in visitors.items())

    client.put(
        "/api/v1/targets", json=TARGET | {"question": question, "figure": FIGURES_OF[kind][0]}
    ).raise_for_status()
    client.post("/api/v1/people-asked/import", content=f"month,unit,asked\n{rows}").raise_for_status()
    (target,) = asked(client, "targets?year=2026")["targets"]
    rates = asked(client, "reports/response-rate")["rates"]

    counted = {value: n for value, n in of_year.items() if n}
    assert target["n"] == sum(counted.values()) > 0
    assert target["value"] == pytest.approx(figure_by_hand(kind, counted), abs=1e-4)
    assert {(each["month"], each["unit"]): each["responses"] for each in rates} == visitors
    total = asked(client, "reports/response-rate")["total"]
    assert (total["responses"], total["n"]) == (visitors.total(), visitors.total() + 7 * len(visitors))
    of_question = Counter()
    for unit, _, _, month, of, _, n in truth["answers"]:
        of_question[STEPS["month"](month), unit] += n if of == question else 0
    by_question = asked(client, f"reports/response-rate?question={question}")["rates"]
    assert {(each["month"], each["unit"]): each["responses"] for each in by_question} == {
        key: of_question[key] for key in visitors
    }
    month, unit = max(visitors)
    (last,) = asked(client, f"reports/response-rate?unit={unit}&from={month}-01")["rates"]
    assert (last["month"], last["responses"]) == (month, visitors[month, unit])
    for each in rates:
        assert each["rate"] == pytest.approx(each["responses"] / (each["responses"] + 7), abs=1e-4)


def test_days_without_power_are_unknown_and_others_are_not(county):
    client, truth = county
    since, until = date(2026, 1, 1), date(2026, 11, 1)

    for place in asked(client, f"coverage?from={since}&to={until}")["places"]:
        for day in place["days"]:
            off = any(
                kind == "off" and first <= day["day"] < last
                for kind, first, last in truth["outages"][place["device_id"]]
            )
            assert (day["state"] == "unknown") == off, (place["device_id"], day)


def test_coverage_counts_every_visitor_of_its_days(county):
    client, truth = county
    since, until = date(2026, 1, 1), date(2026, 11, 1)
    expected = sum(n for _, day, n in truth["days"] if since <= day_of(day) < until)

    places = asked(client, f"coverage?from={since}&to={until}")["places"]

    counted = {(each["service_point"], day["day"]): day["responses"] for each in places for day in each["days"]}
    assert sum(counted.values()) == expected > 0
