"""What the buttons mean."""

import os

from device import limits, survey
from device.protocol.kinds import Refused
from tests.device.raising import raised

PATH = "/tmp/hymio-test-survey.json"


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

    assert survey.read(down(asked), 5) == of("reception@3", "heard", 1, "fi")
    assert survey.read(down(asked), 11) == of("reception@3", "nps", 0, "fi")
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
    for text in ("", "{", "[]", '{"v":1}', '{"v":1,"settings":"a@1","survey":{"questions":[]}}'):
        with open(PATH, "w") as file:
            file.write(text)

        assert survey.SurveyFile(PATH, 5).current is None


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
