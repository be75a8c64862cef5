"""What a finger meets: circles, corners, the blank screen, many fingers, and a page that changes under them."""

from kiosk_app.ui.boxes import Box
from tests.kiosk_app.ui.glass_rig import CALM_MS, middle


def test_two_fingers_are_one_vote(rig):
    kiosk = rig("national@1")
    kiosk.touch("language.fi")
    kiosk.wait(CALM_MS)
    spots = [middle(kiosk.part(f"option.{value}")) for value in (2, 9)]

    fingers = [kiosk.down(*spot) for spot in spots]
    kiosk.wait(CALM_MS)
    kiosk.down(*spots[0])

    assert kiosk.page.step == 2
    for finger in fingers:
        finger.touch_up()


def test_a_hand_that_rests_on_the_frame_stops_nobody(rig):
    kiosk = rig("smiley@1")
    kiosk.touch("language.fi")
    hand = kiosk.down(2, 240)
    kiosk.wait(CALM_MS)

    kiosk.touch("option.4")

    assert kiosk.answers == [{"smiley": 4}]
    hand.touch_up()


def test_between_two_faces_nothing_is_touched(rig):
    kiosk = rig("smiley@1")
    kiosk.touch("language.fi")
    face = kiosk.part("option.2").icon_box
    corner = (face.x + 1, face.y + face.height - 1)

    kiosk.wait(CALM_MS)
    kiosk.down(*corner).touch_up()

    assert kiosk.glass.meant(*corner) == ""
    assert kiosk.page.kind == "smiley5"


def test_the_word_below_a_face_means_the_face(rig):
    kiosk = rig("smiley@1")
    kiosk.touch("language.fi")
    word = kiosk.part("option.5").text_box

    kiosk.wait(CALM_MS)
    kiosk.down(word.x + word.width / 2, word.y + word.height / 2).touch_up()

    assert kiosk.answers == [{"smiley": 5}]


def test_holding_a_corner_begins_the_cleaning_and_nothing_is_felt_until_it_ends(rig):
    kiosk = rig("smiley@1", hold_ms=3_000, cleaning_s=10)
    corner = kiosk.down(*middle(kiosk.part("corner.cleaning")))
    kiosk.wait(3_500)
    corner.touch_up()
    assert kiosk.page.kind == "cleaning"

    for x in range(50, 800, 50):
        kiosk.down(x, 240).touch_up()
        kiosk.wait(100)
    assert kiosk.page.kind == "cleaning"
    kiosk.wait(11_000)

    assert (kiosk.page.kind, kiosk.records) == ("attract", [])


def test_the_staff_reaches_the_status_by_corner_and_pin(rig):
    kiosk = rig("smiley@1")
    corner = kiosk.down(*middle(kiosk.part("corner.staff")))
    kiosk.wait(4_000)
    corner.touch_up()

    kiosk.touch(*(f"digit.{digit}" for digit in "2468"), "action.next")

    assert kiosk.page.kind == "status"
    assert "connected" in [part.text for part in kiosk.parts]


def test_a_touch_on_a_dark_screen_only_wakes_it(rig):
    kiosk = rig("smiley@1", dark_after_ms=60_000)
    kiosk.wait(120_000)
    assert kiosk.parts == []

    kiosk.down(400, 300).touch_up()

    assert kiosk.page.kind == "attract"
    assert kiosk.parts != []


def test_an_answer_is_being_given_and_the_screen_stays_lit(rig):
    kiosk = rig("smiley@1", dark_after_ms=20_000, idle_s=60)
    kiosk.touch("language.fi")
    kiosk.wait(30_000)

    assert kiosk.part("option.1")


def test_an_outbox_that_cannot_store_is_never_thanked_for(rig):
    kiosk = rig("smiley@1")
    kiosk.touch("language.sv")
    kiosk.outbox.refuses = "read_only"

    kiosk.touch("option.5")

    assert kiosk.page.kind == "out_of_service"
    assert kiosk.answers == []
    assert "Tack för din respons!" not in [part.text for part in kiosk.parts]


def test_the_languages_are_of_one_size_on_every_screen(rig):
    kiosk = rig("national@1")
    for touch in ("language.sv", *["option.1"] * 8):
        boxes = {part.box[2:] for part in kiosk.parts if part.id.startswith("language.")}
        assert len({tuple(round(side, 3) for side in box) for box in boxes}) == 1
        assert len([part for part in kiosk.parts if part.id.startswith("language.")]) == 3
        kiosk.touch(touch)


def test_ten_thousand_letters_leave_nothing_behind(rig):
    kiosk = rig("all")
    kiosk.touch("language.fi", *["action.skip"] * 4)
    groups = len(kiosk.glass.canvas.children)

    for _ in range(40):
        kiosk.touch("key.ä", "key.erase")

    assert abs(len(kiosk.glass.canvas.children) - groups) <= 1


def test_a_circle_has_no_corners():
    box = Box(0, 0, 10, 10)

    assert box.holds_in_circle(5, 9)
    assert not box.holds_in_circle(1, 9)
