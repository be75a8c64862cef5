"""Targets: met, not met, or not shown by so few answers."""

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


def test_targets_are_filtered_by_what_they_are_of(client, county):
    for unit in ("", "kokkola"):
        client.put(f"{API}/targets", json=TARGET | {"unit": unit})
    client.put(f"{API}/targets", json=TARGET | {"question": "helped", "figure": "mean", "value": 4})

    assert [each["unit"] for each in targets(client, question="smiley")] == ["", "kokkola"]
    assert [each["unit"] for each in targets(client, unit="")] == [""]
    assert [each["question"] for each in targets(client, figure="mean", year=2026)] == ["helped"]
    for wrong in ({"unit": "nowhere"}, {"question": "mood"}, {"figure": "median"}):
        answer = client.get(f"{API}/targets", params=wrong)
        assert (answer.status_code in {404, 422}, answer.json()["where"]) == (True, *wrong)
