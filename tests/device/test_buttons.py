"""Bouncing, stuck, hammered, mashed and held buttons."""

from device.buttons import HOLD, PRESS, STUCK_MS, Buttons


def found(edges, until_ms=10000, hold_ms=3000, held=()):
    """Return (kind, button) of all that the edges (button, is_down, at_ms) were by some moment."""
    buttons = Buttons(5, 0, held)
    buttons.hold_ms = hold_ms
    for button, is_down, at_ms in edges:
        buttons.edge(button, is_down, at_ms)
    return [(one.kind, one.button) for one in buttons.take(until_ms)]


def push(button, at_ms, down_ms=80):
    return [(button, True, at_ms), (button, False, at_ms + down_ms)]


def test_one_push_is_one_press():
    assert found(push(3, 100)) == [(PRESS, 3)]


def test_a_press_is_sure_after_30_ms_and_does_not_wait_for_the_release():
    buttons = Buttons(5)
    buttons.edge(3, True, 100)

    assert buttons.wait_ms(110) == 20
    assert buttons.take(129) == []
    assert [one.button for one in buttons.take(130)] == [3]


def test_a_press_happened_when_its_contact_closed():
    buttons = Buttons(5)
    buttons.edge(3, True, 100)
    buttons.edge(3, False, 190)

    assert buttons.take(5000)[0].at_ms == 100


def test_bouncing_contacts_are_one_press():
    bounces = [(3, at % 2 == 0, 100 + at) for at in range(15)]
    releases = [(3, at % 2 == 1, 300 + at) for at in range(17)]

    assert found(bounces + releases) == [(PRESS, 3)]


def test_a_touch_shorter_than_the_bounce_is_none():
    assert found(push(1, 100, 20) + push(2, 200, 29)) == []


def test_pushes_that_waited_while_flash_was_erased_are_presses_each():
    assert found(push(1, 100) + push(2, 250) + push(1, 400), until_ms=401 + 80) == [(PRESS, 1), (PRESS, 2), (PRESS, 1)]


def test_two_at_once_are_the_one_that_settled_first():
    buttons = Buttons(5)
    for button, at_ms in ((4, 100), (2, 105)):
        buttons.edge(button, True, at_ms)

    assert [one.button for one in buttons.take(500)] == [4]
    assert buttons.ignored == 1


def test_until_all_are_up_no_other_counts():
    rolled = [(1, True, 100), (2, True, 200), (1, False, 300), (2, False, 400)]

    assert found(rolled + push(3, 500)) == [(PRESS, 1), (PRESS, 3)]


def test_a_hammering_child_gets_one_press_a_push():
    assert found([edge for at in range(10) for edge in push(1, 100 + 100 * at, 50)]) == [(PRESS, 1)] * 10


def test_a_stuck_button_is_one_press_and_the_others_go_on():
    buttons = Buttons(5)
    buttons.edge(2, True, 0)
    for button, is_down, at_ms in push(4, STUCK_MS - 500) + push(4, STUCK_MS + 100) + push(5, STUCK_MS + 300):
        buttons.edge(button, is_down, at_ms)

    assert [one.button for one in buttons.take(STUCK_MS + 1000)] == [2, 4, 5]
    assert buttons.stuck == {2}
    assert buttons.is_idle(STUCK_MS + 1000)


def test_a_button_that_came_loose_counts_again():
    loose = [(2, True, 0), (2, False, STUCK_MS + 100)] + push(2, STUCK_MS + 300)

    assert found(loose, STUCK_MS + 1000) == [(PRESS, 2), (PRESS, 2)]


def test_a_button_held_while_the_box_starts_is_none():
    assert found([(1, False, 500)] + push(2, 600), held=(1,)) == [(PRESS, 2)]


def test_both_outer_buttons_held_are_a_hold_told_once():
    held = [(1, True, 100), (5, True, 150)]

    assert found(held, 3149) == [(PRESS, 1)]
    assert found(held, 20000) == [(PRESS, 1), (HOLD, 0)]


def test_a_hold_can_be_told_again_after_the_release():
    once = [(1, True, 0), (5, True, 10), (1, False, 4000), (5, False, 4010)]
    again = [(button, is_down, at_ms + 5000) for button, is_down, at_ms in once]

    assert [kind for kind, _ in found(once + again, 20000)].count(HOLD) == 2


def test_a_hold_can_be_switched_off():
    assert found([(1, True, 100), (5, True, 150)], 20000, hold_ms=0) == [(PRESS, 1)]


def test_other_two_held_are_no_hold():
    assert found([(1, True, 100), (4, True, 150)], 20000) == [(PRESS, 1)]


def test_a_stuck_outer_button_is_not_held_by_anybody():
    assert found([(1, True, 0), (5, True, STUCK_MS + 100)], 2 * STUCK_MS) == [(PRESS, 1), (PRESS, 5)]


def test_a_contact_that_may_still_bounce_is_not_idle():
    buttons = Buttons(5)
    buttons.edge(3, True, 100)
    buttons.edge(3, False, 104)

    assert not buttons.is_idle(106)
    assert buttons.is_idle(200)


def test_nothing_is_awaited_while_all_is_up_or_stuck():
    buttons = Buttons(5)

    assert buttons.wait_ms(0) is None

    buttons.edge(1, True, 0)
    buttons.take(STUCK_MS)

    assert buttons.wait_ms(STUCK_MS) is None
