"""What a kiosk takes for a survey, and the reason that it gives for what it does not."""

import json

import pytest
from hypothesis import given
from hypothesis import settings as plan
from hypothesis import strategies as st

from device.protocol import messages
from device.protocol.kinds import Refused
from kiosk_app.survey import Limits, decode, read
from tests.kiosk_app.parts import ALL, ONE, question, settings


def when(asked, values, name="why"):
    return question(name, "text") | {"when": {"question": asked, "values": values}}


def changed(**more):
    return [ONE[0] | more]


def test_limits_of_the_settings_file_hold_where_the_survey_names_none():
    survey = read(settings(limits={"idle_s": 30}), Limits(idle_s=90, undo_ms=7_000))

    assert (survey.limits.idle_s, survey.limits.undo_ms) == (30, 7_000)


def test_languages_of_the_device_go_before_those_of_the_survey():
    fields = settings(languages=["sv"]) | {"survey": {"questions": ONE, "languages": ["fi", "sv"]}}

    assert read(fields).languages == ("sv",)
    assert read(fields | {"languages": []}).languages == ("fi", "sv")


def test_a_question_about_who_answers_is_one_like_any_other():
    plain = question("age", "choice") | {"options": [{"id": "65-", "text": dict.fromkeys(("fi", "sv", "en"), "65-")}]}

    marked = read(settings([plain | {"background": True}]))

    assert marked.questions == read(settings([plain])).questions
    assert marked.questions[0].values == ("65-",)


def test_notes_come_with_date_and_owner():
    note = {"said": dict.fromkeys(["fi", "sv", "en"], "Cold"), "did": dict.fromkeys(["fi", "sv", "en"], "Heated")}

    (told,) = read(settings(notes=[note | {"date": "2026-11-01", "owner": "Reception"}])).notes

    assert (told.said["sv"], told.did["en"], told.date, told.owner) == ("Cold", "Heated", "2026-11-01", "Reception")


def test_notes_that_are_for_the_staff_are_not_shown():
    assert read(settings(notes=["call the office", {"text": "hello"}, 7, None])).notes == ()


def test_letters_are_composed():
    (asked,) = read(settings(changed(text=dict.fromkeys(["fi", "sv", "en"], "a\u0308iti ")))).questions

    assert asked.text["fi"] == "äiti"


@pytest.mark.parametrize(
    ("questions", "reason"),
    [
        ([], "survey.questions has no question"),
        (ONE + ONE, "survey.questions has smiley twice"),
        (changed(kind="smiley7"), "survey.questions[0].kind must be one of"),
        (changed(text={"fi": "vain suomeksi"}), "survey.questions[0].text.sv is missing"),
        (changed(text=dict.fromkeys(["fi", "sv", "en"], "x" * 501)), "survey.questions[0].text.en must be 1 to 500"),
        (changed(text=dict.fromkeys(["fi", "sv", "en"], "x" * 200)), "text.fi has a word of more than 60 letters"),
        (changed(text=dict.fromkeys(["fi", "sv", "en"], "a\tb")), "holds a character that no screen shows"),
        (changed(text="hello"), "survey.questions[0].text must be an object"),
        (changed(options=[]), None),
        ([question("why", "choice")], "survey.questions[0].options must be there for a choice"),
        ([question("why", "choice", list("abcdefg"))], "survey.questions[0].options must have at most 6 entries"),
        ([question("why", "choice", ["a", "a"])], "survey.questions[0].options has a twice"),
        ([question(f"q{i}", "choice", ["y" * 50 + str(j) for j in range(6)]) for i in range(20)], "would not fit"),
        ([when("smiley", [1]), *ONE], "survey.questions[0].when.question must be an earlier question"),
        ([*ONE, when("smiley", [6])], "survey.questions[1].when.values must be answers of smiley"),
        ([*ONE, when("smiley", ["1"])], "survey.questions[1].when.values must be answers of smiley"),
        ([*ONE, when("smiley", [True])], "survey.questions[1].when.values must be answers of smiley"),
        ([*ONE, when("smiley", [])], "survey.questions[1].when.values must be answers of smiley"),
        ([*ONE, when("why", [1])], "survey.questions[1].when.question must be an earlier question"),
        ([question("text", "text"), when("text", ["x"])], "survey.questions[1].when.values must be answers of text"),
    ],
)
def test_a_survey_that_cannot_be_shown_is_refused_with_the_place(questions, reason):
    if reason is None:
        assert read(settings(questions)).version == "reception@3"
        return
    with pytest.raises(Refused) as refusal:
        read(settings(questions))

    assert reason in refusal.value.reason


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"limits": {"undo_ms": 70_000}}, "limits.undo_ms must be from 0 to 60000"),
        ({"limits": {"idle_s": "long"}}, "limits.idle_s must be an integer"),
        ({"limits": {"keep_partial": 1}}, "limits.keep_partial must be true or false"),
        ({"languages": ["fi", "fi"]}, "languages has fi twice"),
        ({"languages": ["fi", "se"]}, "survey.questions[0].text.se is missing"),
        ({"notes": [{"said": {"fi": "a"}}]}, "notes[0].date is missing"),
        ({"notes": ["for the staff", {"did": []}]}, "notes[1].date is missing"),
    ],
)
def test_settings_around_the_survey_are_checked_as_well(more, reason):
    with pytest.raises(Refused) as refusal:
        read(settings(**more))

    assert refusal.value.reason == reason


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)


@plan(max_examples=300, deadline=None, derandomize=True)
@given(
    where=st.sampled_from(
        ["settings", "survey", "languages", "limits", "notes", "questions", "id", "kind", "text", "when"]
    ),
    what=JSON,
)
def test_whatever_stands_in_the_settings_they_are_taken_or_refused(where, what):
    fields = json.loads(json.dumps(settings(ALL)))
    if where == "questions":
        fields["survey"][where] = what
    elif where in ("id", "kind", "text", "when"):
        fields["survey"]["questions"][1][where] = what
    else:
        fields[where] = what
    payload = json.dumps(fields | {"v": 1}).encode()

    assert outcome(payload) in ("taken", "refused")


def outcome(payload):
    try:
        survey = decode(payload)
    except Refused as refusal:
        return "refused" if refusal.reason else "refused without a reason"
    return "taken" if all(survey.texts(language) for language in survey.languages) else "taken without its texts"


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b"\xff", b'{"v": 2}', b"[" * 9_000])
def test_what_is_no_message_is_refused(payload):
    with pytest.raises(Refused):
        decode(payload)


def test_the_longest_answers_fit_a_message():
    survey = read(settings([question(f"q{i}", "choice", [f"{'o' * 40}{j}" for j in range(6)]) for i in range(12)]))
    answers = {each.id: list(each.values) for each in survey.questions} | {"text": "x" * survey.text_room}
    record = {"seq": 2**53 - 1, "boot": 2**32 - 1, "uptime_s": 2**40 - 1, "at": 2**40, "survey": "r" * 60 + "@999"}

    with pytest.raises(Refused, match="2000 characters"):
        messages.RECORD.check(record | {"language": "fi", "answers": answers}, "record")
    answers = {name: answer for name, answer in answers.items() if name != "text"}
    for part in range(survey.text_room // 2_000):
        answers[f"t{part}"] = "x" * 1_990
    batch = {"epoch": "e" * 64, "boot": 2**32 - 1, "uptime_s": 2**40 - 1, "clock_at": 2**40}
    sent = messages.encode(
        "up/responses",
        batch | {"responses": [record | {"language": "fi-long-language", "answers": answers, "flags": ["repeat"]}]},
    )

    assert len(sent) <= messages.LARGEST_PAYLOAD
