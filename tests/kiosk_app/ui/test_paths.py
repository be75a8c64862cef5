"""Every way through the surveys of the trial, in three languages, by real touches."""

import pytest

from tests.kiosk_app.ui.glass_rig import LANGUAGES
from tests.kiosk_app.ui.walking import paths, walk


@pytest.mark.parametrize("path", [pytest.param(path, id=path.name) for path in paths()])
def test_a_way_through_a_survey_stores_what_was_touched(rig, path):
    kiosk = rig(path.survey)

    assert walk(kiosk, path) == path.expected


def test_the_paths_touch_every_answer_of_every_question_in_every_language():
    touched = {(path.survey, path.language, touch) for path in paths() for touch in path.touched}

    assert len(paths()) >= 20
    for language in LANGUAGES:
        assert len([1 for name, where, _ in touched if (name, where) == ("national@1", language)]) >= 11 + 7 * 5
