"""Survey versions are stored once and for good, and must fit a device."""

import copy
import json

import pytest

from broker_bridge.database.invalid import Conflict, Invalid
from broker_bridge.database.survey_versions import add_survey
from broker_bridge.database.surveys import Question, backgrounds, questions
from tests.broker_bridge.conftest import press

SURVEY = {
    "survey": "exit@1",
    "languages": ["fi", "sv"],
    "questions": [
        {
            "id": "smiley",
            "kind": "smiley4",
            "text": {"fi": "Miten meni?", "sv": "Hur gick det?"},
            "verified": {"fi": True},
        },
        {
            "id": "why",
            "kind": "choice",
            "text": {"fi": "Miksi?", "sv": "Varför?"},
            "options": [{"id": "waiting", "text": {"fi": "Odotus", "sv": "Väntan"}}],
        },
    ],
}


SMILEY = SURVEY["questions"][0]


def changed(**changes):
    return copy.deepcopy(SURVEY) | changes


def asked(**changes):
    return changed(questions=[SMILEY | changes])


def test_a_version_is_stored_with_its_questions(connection):
    written = add_survey(connection, SURVEY)

    assert (written.new, written.warnings) == (True, ())
    assert questions(connection, "exit@1") == {"smiley": Question("smiley4"), "why": Question("choice", ("waiting",))}
    rows = connection.execute("SELECT question, position, kind FROM questions WHERE survey = 'exit@1'").fetchall()
    assert [tuple(row) for row in rows] == [("smiley", 1, "smiley4"), ("why", 2, "choice")]


def test_a_version_is_stored_as_it_came_without_unknown_fields(connection):
    add_survey(connection, changed(colour="red"))

    row = connection.execute("SELECT definition FROM surveys WHERE survey = 'exit@1'").fetchone()
    assert json.loads(row["definition"]) == SURVEY


def test_a_choice_may_tell_of_who_answers(connection):
    age = SURVEY["questions"][1] | {"id": "age", "background": True}
    older = age | {"options": [{"id": each, "text": {"fi": each, "sv": each}} for each in ("65-", "waiting")]}

    add_survey(connection, changed(questions=[SMILEY, age]))
    add_survey(connection, changed(survey="exit@2", questions=[SMILEY | {"background": False}, older]))

    assert backgrounds(connection) == {"age": ["waiting", "65-"]}


def test_the_same_again_changes_nothing_and_another_is_a_conflict(connection):
    add_survey(connection, SURVEY)

    assert not add_survey(connection, copy.deepcopy(SURVEY)).new
    with pytest.raises(Conflict, match="next version"):
        add_survey(connection, changed(languages=["fi"]))


def test_a_survey_without_languages_has_those_of_its_first_question(connection):
    add_survey(connection, {name: value for name, value in changed().items() if name != "languages"})

    row = connection.execute("SELECT definition FROM surveys WHERE survey = :survey", changed()).fetchone()
    assert json.loads(row["definition"])["languages"] == ["fi", "sv"]


def test_a_text_that_is_missing_in_a_language_is_a_warning(connection):
    written = add_survey(connection, changed(languages=["fi", "sv", "smn"]))

    assert written.warnings == ("smiley has no text in smn", "why has no text in smn", "why.waiting has no text in smn")


def test_records_that_waited_for_the_survey_are_ingested(connection, send):
    send("up/responses", responses=[press(1) | {"survey": "exit@1", "answers": {"smiley": 4}}])
    assert connection.execute("SELECT kind FROM responses").fetchone()[0] == "rejected"

    add_survey(connection, SURVEY)

    row = connection.execute("SELECT kind, unit FROM responses").fetchone()
    assert tuple(row) == ("response", "keskus")


@pytest.mark.parametrize(
    ("definition", "where"),
    [
        ({}, "survey"),
        (changed(survey="exit"), "survey"),
        (changed(survey="exit@0"), "survey"),
        (changed(survey=7), "survey"),
        (changed(languages=[]), "languages"),
        (changed(languages=["fi", "fi"]), "languages"),
        (changed(languages="fi"), "languages"),
        (changed(languages=[1]), "languages"),
        (changed(questions=[]), "questions"),
        (changed(questions=SURVEY["questions"] * 2), "questions"),
        (changed(questions=["smiley"]), "questions[0]"),
        (asked(id="a b"), "questions[0].id"),
        (asked(id=None), "questions[0].id"),
        (asked(kind="stars"), "questions[0].kind"),
        (asked(kind=["nps"]), "questions[0].kind"),
        (asked(text={}), "questions[0].text"),
        (asked(text="Miten meni?"), "questions[0].text"),
        (asked(text={"fi": ""}), "questions[0].text.fi"),
        (asked(text={"fi": 5}), "questions[0].text.fi"),
        (asked(text={"fi": "a\nb"}), "questions[0].text.fi"),
        (asked(verified="yes"), "questions[0].verified"),
        (asked(background=True), "questions[0].background"),
        (changed(questions=[SURVEY["questions"][1] | {"background": "yes"}]), "questions[0].background"),
        (asked(kind="choice"), "questions[0].options"),
        (asked(kind="choice", options=[]), "questions[0].options"),
        (asked(kind="choice", options=[{"id": "x"}]), "questions[0].options[0].text"),
        (asked(kind="choice", options=SURVEY["questions"][1]["options"] * 2), "questions[0].options"),
        (asked(options=SURVEY["questions"][1]["options"]), "questions[0].options"),
        (changed(questions=[SMILEY | {"id": f"q{n}", "text": {"fi": "ä" * 400}} for n in range(12)]), "survey"),
    ],
)  # fmt: skip
def test_a_definition_that_no_device_could_use_is_refused(connection, definition, where):
    with pytest.raises(Invalid) as invalid:
        add_survey(connection, definition)

    assert invalid.value.where == where
    assert questions(connection, "exit@1") == {}


def followed(**when):
    smiley, why = copy.deepcopy(SURVEY)["questions"]
    return changed(questions=[smiley, why | {"when": when}])


def test_a_question_may_follow_certain_answers_to_an_earlier_one(connection):
    when = {"question": "smiley", "values": [1, 2]}
    add_survey(connection, followed(**when) | {"role": "relative"})

    row = connection.execute("SELECT definition FROM surveys WHERE survey = 'exit@1'").fetchone()
    stored = json.loads(row["definition"])
    assert (stored["role"], stored["questions"][1]["when"]) == ("relative", when)


@pytest.mark.parametrize(
    ("when", "where"),
    [
        ({"question": "why", "values": ["waiting"]}, "questions[1].when.question"),
        ({"question": "smiley", "values": [5]}, "questions[1].when.values"),
        ({"question": "smiley", "values": [True]}, "questions[1].when.values"),
        ({"question": "smiley", "values": [1, 1]}, "questions[1].when.values"),
        ({"question": "smiley", "values": []}, "questions[1].when.values"),
        ({"question": "smiley"}, "questions[1].when"),
    ],
)
def test_a_rule_that_can_never_hold_is_refused(connection, when, where):
    with pytest.raises(Invalid) as refusal:
        add_survey(connection, followed(**when))

    assert refusal.value.where == where


def test_an_unknown_role_is_refused(connection):
    with pytest.raises(Invalid, match="role"):
        add_survey(connection, changed(role="doctor"))
