"""Distributions as a manager's program reads them: each answer with its share, and how sure that is."""

DISTRIBUTION = "/api/v1/reports/distribution"


def told(client, **filters):
    answer = client.get(DISTRIBUTION, params=filters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shares(question, name="value"):
    return {each[name]: (each["n"], each["share"]) for each in question["answers"]}


def test_every_value_has_its_share_with_an_interval(client, press):
    for value in (5, 5, 5, 1):
        press(answers={"smiley": value})

    (smiley,) = told(client, question="smiley")["questions"]

    assert shares(smiley) == {1: (1, 0.25), 2: (0, 0), 3: (0, 0), 4: (0, 0), 5: (3, 0.75)}
    assert all(each["interval"][0] <= each["share"] <= each["interval"][1] for each in smiley["answers"])
    assert smiley["answers"][1]["interval"][1] > 0.4


def test_who_chose_two_options_counts_at_both(client, press):
    press(answers={"reason": ["waiting", "staff"]})
    press(answers={"reason": ["waiting"]})

    (reason,) = told(client)["questions"]

    assert (reason["n"], shares(reason, "option")) == (2, {"staff": (1, 0.5), "waiting": (2, 1)})


def test_a_text_has_no_share_and_nobody_no_question(client, press):
    press(answers={"text": "Kiitos!"})

    report = told(client)

    assert (report["n"], report["questions"]) == (1, [])


def test_only_released_summaries_leave_the_unit(client, press):
    press()

    assert client.get(DISTRIBUTION, params={"audience": "public", "question": "smiley"}).status_code == 404
