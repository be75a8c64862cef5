"""What the buttons mean."""

import os

from device import survey
from device.protocol.kinds import Refused
from tests.device.raising import raised

PATH = "/tmp/hymio-test-survey.json"


def down(questions, version="reception@3", languages=("fi", "sv")):
    return {"v": 1, "settings": version, "survey": {"questions": questions}, "languages": list(languages)}


def question(kind, name="q"):
    return {"id": name, "kind": kind, "text": {"fi": "?"}}


def fresh():
    try:
        os.unlink(PATH)
    except OSError:
        pass
    return survey.SurveyFile(PATH, 5)


def test_the_box_asks_the_first_question_with_as_many_steps_as_buttons():
    asked = [question("text", "why"), question("nps", "nps"), question("agree5", "heard"), question("smiley5", "mood")]

    assert survey.read(down(asked), 5) == survey.Survey("reception@3", "heard", 1, "fi")
    assert survey.read(down(asked), 11) == survey.Survey("reception@3", "nps", 0, "fi")
    assert survey.read(down([question("smiley4")]), 4).lowest == 1


def test_a_survey_without_such_a_question_is_refused_with_the_reason():
    error = raised(Refused, survey.read, down([question("nps")]), 5)

    assert error.reason == "survey reception@3 has no question with 5 steps"


def test_a_survey_of_another_shape_is_refused():
    for questions in (None, {}, "smiley5", [1], ["smiley5"]):
        raised(Refused, survey.read, down(questions), 5)
    for name in (None, 1, "", "a b", "x" * 65):
        raised(Refused, survey.read, down([question("smiley5", name)]), 5)


def test_names_that_no_header_holds_are_refused():
    raised(Refused, survey.read, down([question("smiley5", "q" * 40)], "s" * 40 + "@1"), 5)
    raised(Refused, survey.read, down([question("smiley5")], languages=("abcdefghi",)), 5)


def test_a_survey_without_languages_is_answered_in_an_undetermined_one():
    assert survey.read(down([question("smiley5")], languages=()), 5).language == "und"


def test_a_survey_is_kept_over_a_restart():
    kept = fresh()
    before = kept.current
    is_new = kept.take(down([question("smiley5")]))

    assert before is None
    assert is_new
    assert survey.SurveyFile(PATH, 5).current == survey.Survey("reception@3", "q", 1, "fi")


def test_the_same_version_again_is_nothing_new():
    kept = fresh()
    kept.take(down([question("smiley5")]))

    assert not kept.take(down([question("smiley5")]))
    assert kept.take(down([question("smiley5")], "reception@4"))


def test_an_unusable_survey_leaves_the_old_one_in_use():
    kept = fresh()
    kept.take(down([question("smiley5")]))
    raised(Refused, kept.take, down([question("nps")], "reception@4"))

    assert kept.current.version == "reception@3"
    assert survey.SurveyFile(PATH, 5).current.version == "reception@3"


def test_a_damaged_file_means_no_survey_and_the_bridge_sends_it_again():
    for text in ("", "{", "[]", '{"v":1}', '{"v":1,"settings":"a@1","survey":{"questions":[]}}'):
        with open(PATH, "w") as file:
            file.write(text)

        assert survey.SurveyFile(PATH, 5).current is None
