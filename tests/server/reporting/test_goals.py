"""Targets and response rates: met, not met, or not shown by so few answers; and how many of those asked answered."""

import pytest

API = "/api/v1"
TARGET = {"year": 2026, "question": "smiley", "figure": "index", "unit": "kokkola", "value": 60}


def targets(client, **asked):
    return client.get(f"{API}/targets", params=asked).json()["targets"]


@pytest.mark.parametrize(
    ("values", "state"), [([5] * 20, "met"), ([1] * 20, "not_met"), ([3, 4, 5, 2, 5], "not_shown"), ([5], "too_few")]
)
def test_a_target_is_judged_as_far_as_the_answers_show(client, press, values, state):
    for value in values:
        press(answers={"smiley": value})
    client.put(f"{API}/targets", json=TARGET)

    (told,) = targets(client, year=2026)

    assert (told["state"], told["n"], told["target"]) == (state, len(values), 60)
    assert "60" in told["words"]


def test_a_target_is_set_again_and_forgotten(client, county):
    client.put(f"{API}/targets", json=TARGET)
    client.put(f"{API}/targets", json=TARGET | {"value": 70})

    assert [each["target"] for each in targets(client)] == [70]
    assert targets(client, year=2025) == []
    key = {name: TARGET[name] for name in ("year", "question", "figure", "unit")}
    assert client.request("DELETE", f"{API}/targets", json=key).json() == {"removed": True}
    assert targets(client) == []


def test_a_target_may_be_that_of_all_units(client, press):
    press("box-1")
    press("box-2")
    client.put(f"{API}/targets", json=TARGET | {"unit": ""})

    assert targets(client)[0]["n"] == 2


@pytest.mark.parametrize(
    ("change", "status", "where"),
    [
        ({"value": 101}, 422, "value"),
        ({"figure": "nps"}, 422, "figure"),
        ({"question": "mood"}, 422, "question"),
        ({"unit": "nowhere"}, 404, "unit"),
        ({"year": 1999}, 422, "year"),
    ],
)
def test_a_target_that_cannot_be_is_refused(client, county, change, status, where):
    answer = client.put(f"{API}/targets", json=TARGET | change)

    assert (answer.status_code, answer.json()["where"]) == (status, where)


def imported(client, content):
    return client.post(f"{API}/people-asked/import", content=content, headers={"Content-Type": "text/csv"})


def rates(client):
    return client.get(f"{API}/reports/response-rate").json()["rates"]


def test_the_share_of_those_asked_is_told_where_somebody_counted_them(client, press):
    press()
    press(language="sv")
    imported(client, "month,unit,asked,channel\n2026-11,kokkola,8,button\n2026-11,salla,5,\n2026-10,kokkola,0,\n")

    told = {(each["month"], each["unit"]): each for each in rates(client)}

    assert (told["2026-11", "kokkola"]["responses"], told["2026-11", "kokkola"]["rate"]) == (2, 0.25)
    assert told["2026-11", "kokkola"]["words"].startswith("2 of 8 answered: 25")
    assert told["2026-11", "salla"]["rate"] == 0
    assert told["2026-10", "kokkola"]["state"] == "nobody_counted"


def test_more_answers_than_people_asked_is_no_rate(client, press):
    press()
    press()
    imported(client, "month,unit,asked\n2026-11,kokkola,1\n")

    assert [(each["state"], each["rate"]) for each in rates(client)] == [("more_responses_than_asked", None)]


def test_a_number_that_is_imported_again_replaces_the_first(client, county):
    assert imported(client, "month,unit,asked\n2026-11,kokkola,1\n").json() == {"imported": 1, "new": 1}
    assert imported(client, "month,unit,asked\n2026-11,kokkola,9\n").json() == {"imported": 1, "new": 0}
    assert [each["asked"] for each in rates(client)] == [9]


@pytest.mark.parametrize(
    ("row", "status", "where"),
    [
        ("2026-13,kokkola,1,,", 422, "row 2, column month"),
        ("2026-11,nowhere,1,,", 404, "row 2, column unit"),
        ("2026-11,kokkola,-1,,", 422, "row 2, column asked"),
        ("2026-11,kokkola,1,aura,9999", 422, "row 2, column service_class"),
        ("2026-11,kokkola,1,,,buton", 422, "row 2, column channel"),
        ("2026-11,kokkola,1\n2026-11,kokkola,2", 422, "row 3, column month"),
    ],
)
def test_a_bad_row_is_named_and_none_is_imported(client, county, row, status, where):
    answer = imported(client, f"month,unit,asked,scheme,service_class,channel\n{row}\n")

    assert (answer.status_code, answer.json()["where"]) == (status, where)
    assert rates(client) == []
