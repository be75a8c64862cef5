"""Response rates as a manager reads them: how many of those asked answered, under the filters of a report."""

import pytest

API = "/api/v1"


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


ASKED = (
    "month,unit,asked,scheme,service_class,channel\n"
    "2026-10,kokkola,10,,,\n2026-11,kokkola,8,,,button\n2026-11,kokkola,20,,,kiosk\n2026-11,salla,5,,,\n"
)


def rate(client, **filters):
    answer = client.get(f"{API}/reports/response-rate", params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize(
    ("filters", "asked"),
    [
        ({}, [10, 8, 20, 5]),
        ({"unit": "kokkola"}, [10, 8, 20]),
        ({"under": "salla"}, [5]),
        ({"channel": "kiosk"}, [20]),
        ({"from": "2026-11-01"}, [8, 20, 5]),
        ({"to": "2026-11-01"}, [10]),
        ({"from": "2026-10-01", "to": "2026-11-01", "unit": "salla"}, []),
    ],
)
def test_response_rates_are_those_under_the_filters(client, press, filters, asked):
    press(answers={"smiley": 5})
    imported(client, ASKED)

    told = rate(client, **filters)

    assert [each["n"] for each in told["rates"]] == asked
    assert (told["total"]["n"], told["total"]["responses"]) == (sum(asked), int(8 in asked))
    assert told["filters"].keys() - {"time_zone"} == filters.keys()


def test_a_response_rate_of_a_question_is_of_those_who_answered_it(client, press):
    press(answers={"smiley": 5, "nps": 9})
    press(answers={"smiley": 5})
    imported(client, "month,unit,asked\n2026-11,kokkola,8\n")

    assert rate(client)["total"]["rate"] == 0.25
    assert rate(client, question="nps")["total"]["rate"] == 0.125
    assert rate(client, question="nps")["total"]["words"].startswith("1 of 8 answered: 12.5")


def test_nobody_is_counted_twice_in_a_total(client, county):
    imported(client, "month,unit,asked,channel\n2026-11,kokkola,8,\n2026-11,kokkola,6,button\n")

    assert rate(client)["total"] is None
    assert rate(client, channel="button")["total"]["n"] == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [("language", "fi"), ("device", "box-1"), ("survey", "reception@3"), ("from", "2026-11-02"), ("to", "2026-11-30")],
)
def test_by_what_nobody_was_counted_there_is_no_rate(client, county, name, value):
    answer = client.get(f"{API}/reports/response-rate", params={name: value})

    assert (answer.status_code, answer.json()["where"]) == (422, name)


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
