"""What visitors, cleaners and staff meet at the kiosk, page by page."""

import pytest

from kiosk_app.keyboard import rows
from kiosk_app.survey import read
from tests.kiosk_app.parts import ALL, ONE, Kiosk, question, settings


def test_a_touch_on_a_face_is_stored_and_then_thanked():
    kiosk = Kiosk()

    kiosk.answer("4")

    assert kiosk.page.kind == "thanks"
    (record,) = kiosk.outbox.records
    assert record == {
        "seq": 1,
        "boot": 7,
        "uptime_s": 12,
        "at": 1_795_325_012,
        "survey": "reception@3",
        "language": "fi",
        "answers": {"smiley": 4},
    }
    assert kiosk.stored == [record]


def test_every_kind_of_question_is_asked_in_order_and_makes_one_response():
    kiosk = Kiosk(ALL)

    kiosk.touch("", "option.4", "option.0", "option.2", "option.place", "option.waiting", "action.next")
    kiosk.touch("key.shift", "key.H", "key.e", "key.i", "key.space", "key.ä", "key.erase", "action.next")

    assert kiosk.page.kind == "thanks"
    assert kiosk.answers == [{"smiley": 4, "nps": 0, "helped": 2, "reason": ["place", "waiting"], "text": "Hei"}]


def test_a_page_says_where_it_stands_and_what_was_chosen():
    kiosk = Kiosk(ALL)

    kiosk.touch("", "option.4", "action.back")

    assert (kiosk.page.step, kiosk.page.steps, kiosk.page.question_id) == (1, 5, "smiley")
    assert [option.id for option in kiosk.page.options if option.chosen] == ["option.4"]
    assert [action.id for action in kiosk.page.actions] == ["action.next"]


def test_every_question_may_be_skipped_and_who_skips_all_is_not_thanked():
    kiosk = Kiosk(ALL)

    kiosk.touch("", *["action.skip"] * 5)

    assert kiosk.page.kind == "attract"
    assert kiosk.outbox.records == []


def test_skipping_a_page_forgets_what_was_chosen_there():
    kiosk = Kiosk([question("reason", "choice", ["waiting"]), *ONE])

    kiosk.touch("", "option.waiting", "option.waiting", "action.skip", "option.3")

    assert kiosk.answers == [{"smiley": 3}]


def test_the_language_changes_under_way_and_is_stored():
    kiosk = Kiosk(ALL[:2])

    kiosk.touch("", "language.sv", "option.1")
    assert kiosk.page.title == "nps sv"
    kiosk.touch("option.10")

    assert kiosk.outbox.records[0]["language"] == "sv"


def test_a_language_touched_on_the_idle_screen_begins_in_it():
    kiosk = Kiosk()

    kiosk.touch("language.en")

    assert (kiosk.page.kind, kiosk.page.title) == ("smiley5", "smiley en")


def test_the_next_visitor_begins_in_the_first_language():
    kiosk = Kiosk()
    kiosk.touch("language.en", "option.3")
    kiosk.wait(5_100)

    assert (kiosk.page.kind, kiosk.page.language) == ("attract", "fi")
    assert [title[0] for title in kiosk.page.titles] == ["fi", "sv", "en"]


# Follow-ups


WHY = question("why", "choice", ["waiting", "place"]) | {"when": {"question": "smiley", "values": [1, 2]}}
TELL = question("tell", "text") | {"when": {"question": "why", "values": ["waiting"]}}


def test_a_follow_up_is_asked_after_its_answers_and_no_others():
    kiosk = Kiosk([*ONE, WHY, TELL])

    kiosk.touch("", "option.2")
    assert (kiosk.page.question_id, kiosk.page.step, kiosk.page.steps) == ("why", 2, 2)
    kiosk.touch("option.place", "option.waiting")
    assert kiosk.page.steps == 3
    kiosk.touch("action.next")
    assert kiosk.page.question_id == "tell"

    kiosk.touch("action.back", "option.waiting", "action.next", "action.done")
    kiosk.touch("", "option.5")

    assert kiosk.answers == [{"smiley": 2, "why": ["place"]}, {"smiley": 5}]


def test_an_answer_to_what_is_no_longer_asked_is_not_stored():
    kiosk = Kiosk([*ONE, WHY, TELL])

    kiosk.touch("", "option.1", "option.waiting", "action.next", "key.a", "action.back", "action.back", "option.4")

    assert kiosk.answers == [{"smiley": 4}]


def test_a_follow_up_of_a_skipped_question_is_not_asked():
    kiosk = Kiosk([*ONE, WHY, TELL])

    kiosk.touch("", "action.skip")

    assert (kiosk.page.kind, kiosk.outbox.records) == ("attract", [])


# Thanks and undo


def test_an_undo_within_five_seconds_is_a_record_of_its_own():
    kiosk = Kiosk()

    kiosk.answer("1")
    assert kiosk.page.undo_left_s == 5
    kiosk.touch("action.undo")

    assert kiosk.page.kind == "undone"
    assert kiosk.outbox.records[1] == {"seq": 2, "boot": 7, "uptime_s": 13, "at": 1_795_325_013, "undoes": 1}


def test_after_five_seconds_nothing_is_undone():
    kiosk = Kiosk()

    kiosk.answer("1")
    kiosk.wait(5_100)
    kiosk.touch("action.undo")

    assert len(kiosk.outbox.records) == 1


def test_touching_the_thanks_does_not_make_them_last():
    kiosk = Kiosk()
    kiosk.answer()

    kiosk.touch("", "", "", "")
    kiosk.wait(1_100)

    assert kiosk.page.kind == "attract"


def test_without_a_time_for_undo_there_is_none():
    kiosk = Kiosk(undo_ms=0)

    kiosk.answer()

    assert (kiosk.page.kind, [action.id for action in kiosk.page.actions]) == ("thanks", ["action.done"])


def test_a_response_soon_after_another_is_labelled_and_stored():
    kiosk = Kiosk(repeat_ms=4_000)

    kiosk.answer("5")
    kiosk.touch("action.done")
    kiosk.answer("5")
    kiosk.wait(10_000)
    kiosk.answer("5")

    assert [record.get("flags") for record in kiosk.outbox.records] == [None, ["repeat"], None]


def test_who_answers_again_after_an_undo_repeats_nothing():
    kiosk = Kiosk(repeat_ms=60_000)

    kiosk.answer("1")
    kiosk.touch("action.undo", "action.done")
    kiosk.answer("5")

    assert "flags" not in kiosk.outbox.records[2]


# Nobody there


def test_an_unfinished_visit_is_asked_about_for_twenty_seconds_and_then_kept():
    kiosk = Kiosk(ALL, idle_s=10)
    kiosk.touch("", "option.4")

    kiosk.wait(10_100)
    assert kiosk.page.idle_left_s == 20
    kiosk.wait(20_000)

    assert kiosk.page.kind == "attract"
    assert kiosk.answers == [{"smiley": 4}]


def test_words_that_were_never_sent_on_are_not_kept():
    kiosk = Kiosk([*ONE, question("text", "text")], idle_s=10)
    kiosk.touch("", "option.2", "key.n", "key.o")

    kiosk.wait(30_100)

    assert kiosk.answers == [{"smiley": 2}]


def test_an_unfinished_visit_is_forgotten_where_the_setting_says_so():
    kiosk = Kiosk(ALL, idle_s=10, keep_partial=False)

    kiosk.touch("", "option.4")
    kiosk.wait(30_100)

    assert (kiosk.page.kind, kiosk.outbox.records) == ("attract", [])


@pytest.mark.parametrize("target", ["", "option.3", "action.skip", "language.sv"])
def test_any_touch_answers_the_question_whether_somebody_is_there_and_nothing_else(target):
    kiosk = Kiosk(ALL, idle_s=10)
    kiosk.touch("", "option.4")
    kiosk.wait(25_000)

    kiosk.touch(target)

    assert (kiosk.page.kind, kiosk.page.idle_left_s) == ("nps", None)


def test_any_key_answers_it_too():
    kiosk = Kiosk(ALL, idle_s=10)
    kiosk.key("ok", "right")
    kiosk.wait(25_000)
    before = kiosk.page

    kiosk.key("ok")

    assert (before.idle_left_s, kiosk.page.idle_left_s, kiosk.page.kind) == (15, None, "smiley4")


# Fingers


@pytest.mark.parametrize("between_ms", [0, 100, 349, 5_000])
def test_two_fingers_are_one_vote(between_ms):
    kiosk = Kiosk(ALL)
    kiosk.touch("")
    kiosk.wait(1_000)

    kiosk.session.touched("option.1", finger=1)
    kiosk.wait(between_ms)
    kiosk.session.touched("option.2", finger=2)

    assert kiosk.page.question_id == "nps"


def test_a_hand_that_rests_on_a_face_stops_nobody_for_good():
    kiosk = Kiosk(ALL)
    kiosk.touch("")
    kiosk.wait(1_000)
    kiosk.session.touched("option.1", finger=1)
    kiosk.wait(10_100)

    kiosk.session.touched("option.2", finger=2)

    assert kiosk.page.question_id == "helped"


def test_a_palm_on_nothing_stops_nobody():
    kiosk = Kiosk()
    kiosk.touch("")
    kiosk.wait(1_000)
    kiosk.session.touched("", finger=1)

    kiosk.session.touched("option.2", finger=2)

    assert kiosk.page.kind == "thanks"


def test_a_double_tap_does_not_answer_two_questions():
    kiosk = Kiosk(ALL)
    kiosk.touch("")
    kiosk.wait(1_000)

    for _ in range(2):
        kiosk.session.touched("option.1")
        kiosk.session.lifted()

    assert kiosk.page.question_id == "nps"


def test_two_thumbs_type_without_waiting_for_each_other():
    kiosk = Kiosk([question("text", "text")])
    kiosk.touch("")

    kiosk.session.touched("key.j", finger=1)
    kiosk.session.touched("key.o", finger=2)

    assert kiosk.page.typed == "jo"


@pytest.mark.parametrize("target", ["option.6", "option.", "action.undo", "language.de", "key.a", "digit.1", "x", "."])
def test_what_the_page_does_not_offer_does_nothing(target):
    kiosk = Kiosk()
    kiosk.touch("")
    before = kiosk.page

    kiosk.touch(target)

    assert kiosk.page == before


# Free text


@pytest.mark.parametrize("character", ["a", '"', "ä", "ʒ"])
def test_free_text_stops_where_a_message_would_not_carry_it(character):
    kiosk = Kiosk([question("text", "text"), question("more", "text")])
    kiosk.touch("")

    for _ in range(2_100):
        kiosk.session._on_key(character)
    kiosk.touch("action.next")
    for _ in range(2_100):
        kiosk.session._on_key(character)
    kiosk.touch("action.next")

    texts = kiosk.answers[0]
    assert all(len(text) <= 2_000 for text in texts.values())
    assert len(texts["text"]) == 2_000
    assert len(repr(kiosk.outbox.records[0]).encode()) < 8_000


def test_blanks_are_no_answer():
    kiosk = Kiosk([question("text", "text"), *ONE])

    kiosk.touch("", "key.space", "action.skip", "option.2")

    assert kiosk.answers == [{"smiley": 2}]


@pytest.mark.parametrize(
    ("language", "letters"),
    [("fi", "åäö"), ("sv", "åäö"), ("se", "åäáčđŋšŧž"), ("smn", "áâčđŋšž"), ("sms", "âčʒǯđǧǥǩŋõšžʹ")],
)
def test_the_keyboard_has_the_letters_of_the_language(language, letters):
    plain = {key for row in rows(language, shifted=False) for key in row}
    capital = {key for row in rows(language, shifted=True) for key in row}

    assert {f"key.{letter}" for letter in letters} <= plain
    assert {f"key.{letter.upper()}" for letter in letters} <= capital


# Out of service


@pytest.mark.parametrize("why", ["full", "read_only", "disk_full"])
def test_who_cannot_be_stored_is_never_thanked(why):
    kiosk = Kiosk(ALL[:2])
    kiosk.touch("", "option.4")
    kiosk.outbox.refuses = why

    kiosk.touch("option.10")

    assert (kiosk.page.kind, kiosk.page.reason) == ("out_of_service", why)
    assert kiosk.outbox.records == []


def test_nobody_is_asked_what_could_not_be_stored():
    kiosk = Kiosk()
    kiosk.outbox.refuses = "read_only"

    kiosk.touch("")

    assert kiosk.page.kind == "out_of_service"


def test_it_is_in_service_again_when_the_outbox_is():
    kiosk = Kiosk()
    kiosk.outbox.refuses = "full"
    kiosk.wait(3_000)
    assert kiosk.page.kind == "out_of_service"

    kiosk.outbox.refuses = ""
    kiosk.wait(3_000)

    assert kiosk.page.kind == "attract"


def test_an_undo_that_is_not_stored_is_not_confirmed():
    kiosk = Kiosk()
    kiosk.answer("1")
    kiosk.outbox.refuses = "full"

    kiosk.touch("action.undo")

    assert kiosk.page.kind == "out_of_service"


def test_a_kiosk_without_a_survey_is_out_of_service_and_says_why():
    kiosk = Kiosk(questions=None)

    assert (kiosk.page.kind, kiosk.page.reason) == ("out_of_service", "no_survey")
    kiosk.session.use(read(settings()))

    assert kiosk.page.kind == "attract"


def test_a_survey_changes_between_visitors_only():
    kiosk = Kiosk()
    kiosk.touch("")

    assert not kiosk.session.is_free
    with pytest.raises(RuntimeError):
        kiosk.session.use(kiosk.survey)


# Corners


def test_the_cleaner_holds_the_corner_and_wipes_for_a_minute():
    kiosk = Kiosk(cleaning_s=60)

    kiosk.hold("corner.cleaning")
    assert kiosk.page.cleaning_left_s == 60
    kiosk.touch(*["", "option.1", "language.sv"] * 5)

    assert (kiosk.page.kind, kiosk.outbox.records) == ("cleaning", [])
    kiosk.wait(46_000)
    assert kiosk.page.kind == "attract"


def test_holding_the_corner_again_ends_the_cleaning():
    kiosk = Kiosk()

    kiosk.hold("corner.cleaning")
    kiosk.hold("corner.cleaning")

    assert kiosk.page.kind == "attract"


def test_a_short_touch_of_the_corner_does_nothing():
    kiosk = Kiosk()

    kiosk.hold("corner.cleaning", ms=500)
    kiosk.wait(5_000)

    assert kiosk.page.kind == "attract"


def test_the_staff_see_the_status_after_their_pin():
    kiosk = Kiosk()
    kiosk.hold("corner.staff")

    kiosk.touch("digit.9", "action.erase", *(f"digit.{digit}" for digit in "2468"))
    assert kiosk.page.typed == "****"
    kiosk.touch("action.next")
    assert kiosk.page.rows == (("network", "connected"),)
    kiosk.touch("action.export")

    assert kiosk.page.rows == (("exported", "3"),)


def test_a_wrong_pin_shows_nothing():
    kiosk = Kiosk()
    kiosk.hold("corner.staff")

    kiosk.touch("digit.1", "action.next")

    assert (kiosk.page.kind, kiosk.page.typed, kiosk.page.rows) == ("pin", "", ())


def test_the_staff_get_in_while_it_is_out_of_service():
    kiosk = Kiosk()
    kiosk.outbox.refuses = "read_only"
    kiosk.wait(3_000)

    kiosk.hold("corner.staff")

    assert kiosk.page.kind == "pin"


# Keys and speech


def test_five_keys_reach_everything_and_every_step_is_said():
    kiosk = Kiosk()

    kiosk.key("ok")
    assert kiosk.page.voice == ("keys.help", "smiley fi")
    kiosk.key("right", "right")
    assert (kiosk.page.focus, kiosk.page.voice) == ("option.2", ("smiley5.2",))
    kiosk.key("left", "ok")

    assert (kiosk.page.kind, kiosk.page.voice) == ("thanks", ("page.thanks", "thanks.keys"))
    assert kiosk.answers == [{"smiley": 1}]


def test_keys_go_round_all_that_can_be_touched():
    kiosk = Kiosk(ALL)
    kiosk.key("ok")
    everything = [target.id for target in kiosk.page.targets]

    seen = []
    for _ in everything:
        kiosk.key("right")
        seen.append(kiosk.page.focus)

    assert seen == everything
    assert {"option.1", "action.skip", "action.speak", "language.sv"} <= set(seen)


def test_who_goes_by_keys_has_longer_to_undo_and_to_answer():
    kiosk = Kiosk(idle_s=10)
    kiosk.key("ok")
    kiosk.wait(19_000)
    assert kiosk.page.idle_left_s is None

    kiosk.key("right", "ok")
    kiosk.wait(15_000)
    kiosk.key("back")

    assert kiosk.page.kind == "undone"


def test_speak_reads_the_page_aloud():
    kiosk = Kiosk()
    kiosk.touch("")

    kiosk.touch("action.speak")

    assert kiosk.page.voice == ("smiley fi", *(f"smiley5.{step}" for step in range(1, 6)), "action.skip")


def test_nobody_else_hears_or_sees_the_last_visitors_settings():
    kiosk = Kiosk()
    kiosk.touch("", "action.speak", "action.contrast", "action.larger")
    assert (kiosk.page.contrast, kiosk.page.larger) == (True, True)

    kiosk.touch("option.3")
    kiosk.wait(20_100)

    assert (kiosk.page.kind, kiosk.page.contrast, kiosk.page.larger, kiosk.page.voice) == ("attract", False, False, ())


def test_contrast_chosen_on_the_idle_screen_ends_with_the_patience():
    kiosk = Kiosk(idle_s=10)
    kiosk.touch("action.contrast")
    assert kiosk.page.contrast

    kiosk.wait(10_100)

    assert not kiosk.page.contrast


def test_who_listens_hears_what_was_ticked():
    kiosk = Kiosk(ALL[3:4])
    kiosk.key("ok", "right", "ok")
    assert kiosk.page.voice == ("option.chosen",)

    kiosk.key("ok")

    assert kiosk.page.voice == ("option.removed",)
