"""The county of the demo is one that the domain would recognise."""

import csv
import io

from broker_bridge.database import service_classes, survey_versions
from broker_bridge.database.migrate import open_database
from device import checks
from device.settings import BUTTONS
from server.trial import boxes, county

COUNTY = county.load("county.json")
SURVEYS = {survey["survey"]: survey for survey in county.surveys()}
CLASSES = list(csv.DictReader(io.StringIO((county.FOLDER / "aura_sample.csv").read_text(encoding="utf-8"))))


def points() -> dict[str, str]:
    return {point["code"]: point["class"] for unit in COUNTY["units"] for point in unit["points"]}


def test_four_units_have_several_service_classes_each():
    classes = [{point["class"] for point in unit["points"]} for unit in COUNTY["units"]]

    assert len(classes) >= 4
    assert min(map(len, classes)) >= 2


def test_every_class_in_use_is_in_the_sample_and_exact():
    levels = {row["code"]: row["level"] for row in CLASSES}

    assert {levels.get(code) for code in points().values()} == {"exact"}


def test_the_sample_says_that_it_is_one():
    assert all("sample" in row["note"].lower() for row in CLASSES)
    assert "sample" in COUNTY["scheme"]


def test_the_sample_and_the_surveys_can_be_stored(tmp_path):
    connection = open_database(tmp_path / "hymio.db")
    content = (county.FOLDER / "aura_sample.csv").read_bytes()
    imported = service_classes.import_service_classes(connection, COUNTY["scheme"], content)
    warnings = [survey_versions.add_survey(connection, survey).warnings for survey in SURVEYS.values()]
    connection.close()

    assert imported["imported"] == len(CLASSES)
    assert warnings == [(), ()]


def test_the_national_survey_has_the_recommendation_and_seven_statements():
    kinds = [question["kind"] for question in SURVEYS["national@1"]["questions"]]

    assert kinds == ["nps"] + 7 * ["agree5"]


def test_unverified_wordings_are_marked():
    verified = [question["verified"] for question in SURVEYS["national@1"]["questions"]]

    assert [marks["sv"] for marks in verified] == [False] + 7 * [True]
    assert [marks["fi"] for marks in verified] == [True] + 7 * [False]


def test_every_box_can_ask_its_survey_in_its_language():
    for box in COUNTY["boxes"]:
        settings = {"settings": box["survey"], "survey": SURVEYS[box["survey"]], "languages": box["languages"]}

        assert checks.survey(settings, BUTTONS[box["model"]]).language in ("fi", "sv")


def test_the_first_boxes_stand_in_different_units_and_classes():
    for count in (3, 4):
        placed = county.boxes(count)

        assert len({points()[box["service_point"]] for box in placed}) == count
        assert len({box["service_point"].partition("-")[0] for box in placed}) == count
        assert {box["model"] for box in placed} == {"button-5", "button-11"}


def test_the_trial_knows_the_models_of_the_firmware():
    assert boxes.BUTTONS == BUTTONS
