"""What a press means after those before it."""

from device.gestures import Gestures
from device.limits import Limits

LIMITS = Limits(3000, 5000, 5000, 120)
OFF = Limits(0, 0, 5000, 120)
OUTER = (1, 5)


class Visitor:
    """Presses one box and tells what each press meant."""

    def __init__(self, limits):
        self.gestures = Gestures()
        self.limits = limits
        self.seq = 0

    def press(self, button, at_ms):
        meaning = self.gestures.meaning(button, at_ms, self.limits)
        self.seq += 1
        self.gestures.stored(button, at_ms, self.seq, meaning)
        return "undo " + str(meaning.undoes) if meaning.undoes else ",".join(meaning.flags)


def test_without_limits_a_press_is_a_press():
    visitor = Visitor(OFF)

    assert [visitor.press(3, at_ms) for at_ms in (0, 0, 10, 20)] == ["", "", "", ""]


def test_another_button_within_the_limit_is_a_repeat():
    visitor = Visitor(LIMITS)

    assert [visitor.press(1, 0), visitor.press(2, 2999), visitor.press(3, 5999)] == ["", "repeat", ""]


def test_hammering_is_one_press_and_repeats():
    visitor = Visitor(Limits(3000, 0, 5000, 120))

    assert [visitor.press(1, at_ms) for at_ms in range(0, 9000, 1000)] == [""] + ["repeat"] * 8


def test_the_same_button_takes_back_and_an_undo_cannot_be_undone():
    visitor = Visitor(Limits(0, 5000, 5000, 120))

    assert [visitor.press(4, at_ms) for at_ms in (0, 4999, 5100, 5200)] == ["", "undo 1", "", "undo 3"]


def test_after_the_limit_the_same_button_is_a_new_press():
    visitor = Visitor(LIMITS)

    assert [visitor.press(4, 0), visitor.press(4, 5000)] == ["", ""]


def test_presses_while_somebody_cleans_are_flagged_until_it_ends_by_itself():
    visitor = Visitor(LIMITS)
    visitor.gestures.hold(10000, LIMITS, OUTER)

    assert [visitor.press(2, at_ms) for at_ms in (10000, 129999, 130000)] == ["cleaning", "cleaning", ""]


def test_the_press_that_the_hold_began_with_is_named():
    visitor = Visitor(LIMITS)
    visitor.press(1, 10000)

    assert visitor.gestures.hold(15500, LIMITS, OUTER) == 1


def test_an_earlier_press_is_not_taken_for_the_beginning_of_a_hold():
    visitor = Visitor(LIMITS)
    visitor.press(1, 10000)

    assert visitor.gestures.hold(17000, LIMITS, OUTER) == 0


def test_a_visitor_s_press_is_not_taken_back_when_the_hold_s_own_was_refused():
    visitor = Visitor(LIMITS)
    visitor.press(3, 10000)

    assert visitor.gestures.hold(15500, LIMITS, OUTER) == 0


def test_a_second_hold_ends_the_cleaning():
    gestures = Gestures()
    gestures.hold(0, LIMITS, OUTER)
    gestures.hold(20000, LIMITS, OUTER)

    assert gestures.cleaning_left_ms(20001) == 0


def test_gestures_go_on_after_a_deep_sleep():
    visitor = Visitor(LIMITS)
    visitor.press(4, 1000)
    visitor.gestures = Gestures(list(visitor.gestures.retained))

    assert visitor.gestures.undo_left_ms(2000, LIMITS) == 4000
    assert visitor.press(4, 2000) == "undo 1"
