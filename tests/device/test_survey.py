"""What the buttons mean."""

import os

from device import checks, limits, survey
from device.protocol.down import IDENTIFIER
from device.protocol.kinds import Refused
from tests.device.place import FOLDER
from tests.device.raising import raised

PATH = FOLDER + "/survey.json"


def down(questions, version="reception@3", languages=("fi", "sv"), **more):
    return {"v": 1, "settings": version, "survey": {"questions": questions}, "languages": list(languages)} | more


def of(version, question, lowest, language):
    return survey.Survey(version, question, lowest, language, limits.DEFAULT_LIMITS, limits.DEFAULT_SCHEDULE)


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

    assert checks.survey(down(asked), 5) == of("reception@3", "heard", 1, "fi")
    assert checks.survey(down(asked), 11) == of("reception@3", "nps", 0, "fi")
    assert checks.survey(down([question("smiley4")]), 4).lowest == 1


def test_a_survey_without_such_a_question_is_refused_with_the_reason():
    error = raised(Refused, checks.survey, down([question("nps")]), 5)

    assert error.reason == "survey reception@3 has no question with 5 steps"


def test_a_survey_of_another_shape_is_refused():
    for questions in (None, {}, "smiley5", [1], ["smiley5"]):
        raised(Refused, checks.survey, down(questions), 5)
    for name in (None, 1, "", "a b", "x" * 65):
        raised(Refused, checks.survey, down([question("smiley5", name)]), 5)


def test_names_that_no_header_holds_are_refused():
    raised(Refused, checks.survey, down([question("smiley5", "q" * 40)], "s" * 40 + "@1"), 5)
    raised(Refused, checks.survey, down([question("smiley5")], languages=("abcdefghi",)), 5)


def test_a_survey_without_languages_is_answered_in_an_undetermined_one():
    assert checks.survey(down([question("smiley5")], languages=()), 5).language == "und"


def test_a_survey_is_kept_over_a_restart():
    kept = fresh()
    before = kept.current
    is_new = kept.take(down([question("smiley5")]))

    assert before is None
    assert is_new
    assert survey.SurveyFile(PATH, 5).current == of("reception@3", "q", 1, "fi")


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
    fresh().take(down([question("smiley5")]))
    with open(PATH) as file:
        whole = file.read()
    damaged = ["", "{", "[]", "\n", whole[:-1], whole.replace("reception", "deception"), whole[1:], whole + "0"]
    for text in damaged:
        with open(PATH, "w") as file:
            file.write(text)

        assert survey.SurveyFile(PATH, 5).current is None, text


def test_a_file_of_another_format_or_model_means_no_survey():
    fresh().take(down([question("smiley5")]))
    other_model = survey.SurveyFile(PATH, 4).current
    survey.FORMAT += 1
    other_format = survey.SurveyFile(PATH, 5).current
    survey.FORMAT -= 1

    assert other_model is None
    assert other_format is None


def test_every_setting_survives_the_file():
    given = {"open": {"mon": [480, 960], "sun": [0, 1440]}, "batch_s": 900, "earlier_at": 16, "utc_offset_s": -7200}
    kept = fresh()
    kept.take(down([question("smiley5")], limits={"repeat_ms": 0, "cleaning_s": 60}, schedule=given))

    assert survey.SurveyFile(PATH, 5).current == kept.current


def test_a_question_is_named_as_the_contract_has_it():
    assert (checks.QUESTION_ID.pattern, checks.QUESTION_ID.longest) == (IDENTIFIER.pattern, IDENTIFIER.longest)


def test_limits_and_schedule_come_with_the_settings_and_stay():
    kept = fresh()
    before = (kept.limits, kept.schedule)
    kept.take(down([question("smiley5")], limits={"undo_ms": 5000}, schedule={"batch_s": 900}))
    after = survey.SurveyFile(PATH, 5)

    assert before == (limits.DEFAULT_LIMITS, limits.DEFAULT_SCHEDULE)
    assert (kept.limits.undo_ms, kept.schedule.batch_s) == (5000, 900)
    assert (after.limits, after.schedule) == (kept.limits, kept.schedule)


def test_empty_limits_and_an_empty_schedule_leave_no_box_without_a_survey():
    kept = fresh()
    kept.take(down([question("smiley5")], limits={}, schedule={}))

    assert survey.SurveyFile(PATH, 5).current == of("reception@3", "q", 1, "fi")


def test_a_bad_limit_refuses_the_whole_and_leaves_the_old():
    kept = fresh()
    kept.take(down([question("smiley5")], limits={"undo_ms": 5000}))
    for more in ({"limits": {"undo_ms": -1}}, {"schedule": {"batch_s": 1}}, {"schedule": {"open": []}}):
        raised(Refused, kept.take, down([question("smiley5")], "reception@4", **more))

        assert (kept.current.version, kept.limits.undo_ms) == ("reception@3", 5000)
        assert survey.SurveyFile(PATH, 5).current == kept.current


def test_settings_that_cannot_be_stored_are_not_used():
    kept = survey.SurveyFile("/tmp/hymio-no-such-folder/survey.json", 5)
    error = raised(Refused, kept.take, down([question("smiley5")]))

    assert error.reason == "settings: the box cannot store them"
    assert kept.current is None
