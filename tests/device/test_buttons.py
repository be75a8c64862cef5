"""Bouncing, stuck, hammered and mashed buttons."""

from device.buttons import Buttons


def presses(*samples):
    """Return the presses out of strings of samples: a letter names the buttons that are down, `.` is none."""
    buttons = Buttons(5)
    names = {".": (), "a": (1,), "b": (2,), "c": (3,), "2": (1, 2), "*": (1, 2, 3, 4, 5)}
    found = []
    for sample in "".join(samples):
        pressed = buttons.sample([n in names[sample] for n in range(1, 6)])
        if pressed:
            found.append(pressed)
    return found


def test_one_push_is_one_press():
    assert presses("...", "ccccccccc", "...") == [3]


def test_a_press_counts_after_30_ms_and_not_at_release():
    assert presses("...", "cc") == []
    assert presses("...", "ccc") == [3]


def test_bouncing_contacts_are_one_press():
    assert presses("...", "c.c..cc.cccccc.c..c.c...", "...") == [3]


def test_a_touch_shorter_than_the_bounce_is_none():
    assert presses("...", "c", "...", "cc", "...") == []


def test_a_stuck_button_is_a_single_press_and_blocks_the_others():
    assert presses("...", "a" * 500, "2" * 20, "a" * 500) == [1]


def test_a_button_held_while_the_box_starts_is_none():
    assert presses("aaaaaaaa", "...", "bbb") == [2]


def test_two_at_once_are_the_one_that_was_first():
    assert presses("...", "bb", "2222", "...") == [2]
    assert presses("...", "2222", "...") == [1]
    assert presses("...", "****", "...") == [1]


def test_a_hammering_child_gets_one_press_a_push():
    assert presses("...", "aaa..." * 10) == [1] * 10
