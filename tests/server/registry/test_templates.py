"""Templates of surveys can be stored as they are, or say that they are not complete."""

from broker_bridge.database.survey_versions import add_survey
from server.registry.templates import templates


def test_every_complete_template_can_be_stored(connection):
    for each in templates():
        if each["complete"]:
            assert add_survey(connection, each["survey"]).warnings == ()


def test_unverified_wording_is_marked_by_question_and_language(client):
    adult = client.get("/api/v1/survey-templates").json()[0]

    assert (adult["template"], adult["complete"]) == ("national-adult", True)
    assert adult["unverified"]["nps"] == ["sv"]
    assert adult["unverified"]["availability"] == ["fi", "en"]


def test_children_and_relatives_have_empty_templates_of_their_own_role():
    roles = {each["template"]: (each["complete"], each["survey"].get("role")) for each in templates()}

    assert roles["national-child"] == (False, "child")
    assert roles["national-relative"] == (False, "relative")
