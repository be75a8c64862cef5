"""The kiosk by five keys and by ear, without a touch: blind, in gloves, or from a wheelchair."""

import pytest

from tests.kiosk_app.ui.glass_rig import KEY, LANGUAGES
from tests.kiosk_app.ui.walking import Listener, paths, walk_by_ear


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_survey_is_answered_by_keys_and_ear_alone(rig, language):
    kiosk = rig("national@1")
    path = next(path for path in paths() if path.name == f"national@1-{language}-4")

    said = walk_by_ear(kiosk, path)

    assert [record["answers"] for record in kiosk.records] == [dict(path.answers)]
    assert said == [question.text[language] for question in kiosk.survey.questions]
    assert kiosk.page.kind == "thanks"


def test_free_text_is_written_by_keys(rig):
    kiosk = rig("all")
    ear = Listener(kiosk)
    ear.go_to("Suomi")
    while kiosk.page.kind != "text":
        ear.go_to("Ohita")

    for letter in "äö":
        ear.go_to(letter)
    ear.go_to("Jatka")

    assert kiosk.answers == [{"text": "äö"}]


def test_an_answer_is_taken_back_by_keys_and_there_is_time_for_it(rig):
    kiosk = rig("smiley@1")
    ear = Listener(kiosk)
    ear.go_to("Svenska")
    ear.go_to("Bra")
    kiosk.wait(15_000)

    ear.go_to("Ångra responsen")

    assert kiosk.records[-1]["undoes"] == 1


@pytest.mark.parametrize("asked", ["smiley@1", "national@1", "all"])
def test_the_keys_reach_everything_that_is_drawn_and_nothing_else(rig, asked):
    kiosk = rig(asked)
    for _ in range(len(kiosk.survey.questions)):
        drawn = {part.id for part in kiosk.parts if part.id and part.look != "corner"}

        assert {target.id for target in kiosk.page.targets} == drawn
        kiosk.touch("language.fi" if kiosk.page.kind == "attract" else "action.skip")


def test_the_focus_is_seen(rig):
    kiosk = rig("smiley@1")
    kiosk.touch("language.fi")
    kiosk.press(KEY["right"])

    assert [part.id for part in kiosk.parts if part.focused] == [kiosk.page.focus]
    assert kiosk.page.focus == "option.1"


def test_a_visitor_who_is_thinking_is_asked_and_any_key_goes_on(rig):
    kiosk = rig("smiley@1", idle_s=30)
    kiosk.touch("language.fi")
    kiosk.press(KEY["right"])
    kiosk.wait(40_000)
    assert kiosk.page.idle_left_s is not None
    assert [part for part in kiosk.parts if part.id] == []

    kiosk.press(KEY["ok"])

    assert (kiosk.page.kind, kiosk.page.idle_left_s) == ("smiley5", None)
    assert kiosk.records == []
