"""What a stored survey version lets devices answer."""

from broker_bridge.database.surveys import KIND_RANGES, Question, questions


def test_the_questions_of_a_version_are_known_by_id_in_order(connection):
    assert list(questions(connection, "reception@3").items()) == [
        ("smiley", Question("smiley5")),
        ("nps", Question("nps")),
        ("reason", Question("choice", ("waiting", "staff"))),
        ("text", Question("text")),
    ]


def test_a_version_that_is_not_stored_has_none(connection):
    assert questions(connection, "reception@4") == {}


def test_every_numeric_kind_has_its_range():
    assert KIND_RANGES == {"smiley4": (1, 4), "smiley5": (1, 5), "agree5": (1, 5), "nps": (0, 10)}
