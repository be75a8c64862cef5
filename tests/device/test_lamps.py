"""Patterns of lamps and buzzer, step by step."""

from device.lamps import PATTERNS, Lamps


class Board:
    def __init__(self):
        self.lit = []

    def light(self, lamps, service, hertz):
        self.lit.append((lamps, service, hertz))


def test_thanks_light_the_pressed_button_for_a_second_and_a_half():
    board = Board()
    lamps = Lamps(board.light)
    lamps.show(0, 0b100, "thanks")
    lamps.go_on(80)
    lamps.go_on(1499)
    was_playing = lamps.is_playing
    lamps.go_on(1500)

    assert board.lit == [(0b100, False, 880), (0b100, False, 0), (0, False, 0)]
    assert was_playing
    assert not lamps.is_playing


def test_steps_that_were_slept_through_are_made_up_for():
    board = Board()
    lamps = Lamps(board.light)
    lamps.show(0, 1, "undo", "service")
    lamps.go_on(60000)

    assert len(board.lit) == len(PATTERNS["undo"]) + len(PATTERNS["service"]) + 1
    assert board.lit[-1] == (0, False, 0)


def test_a_new_pattern_ends_the_one_before():
    board = Board()
    lamps = Lamps(board.light)
    lamps.show(0, 1, "thanks")
    lamps.show(100, 0, "refused")
    lamps.go_on(1599)

    assert board.lit[-1] == (0, True, 0)
    assert lamps.left_ms(1599) == lamps.wait_ms(1599) == 1


def test_a_broken_lamp_is_counted_and_the_pattern_goes_on():
    def broken(*_):
        raise OSError(5)

    lamps = Lamps(broken)
    lamps.show(0, 1, "thanks")
    lamps.go_on(1500)

    assert lamps.failures == 3
    assert not lamps.is_playing


def test_no_pattern_tells_a_visitor_that_the_box_is_offline():
    assert not [name for name in PATTERNS if "line" in name]
