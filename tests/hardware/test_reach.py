"""What a seated visitor can reach."""

from hardware.reach import ACTIVE_MM, EN_301_549, as_svg, too_far, touched


def test_keys_and_screen_can_be_reached_from_a_wheelchair():
    assert too_far(touched()) == []


def test_a_screen_for_standing_people_is_caught():
    assert too_far({"screen, highest": 1400.0})[0].startswith("screen, highest at 1400 mm")


def test_keys_too_close_to_the_floor_are_caught():
    assert len(too_far({"keys": EN_301_549.low_mm - 1.0})) == 3


def test_a_tilted_screen_is_lower_than_it_is_long():
    heights = touched()

    assert 0.5 * ACTIVE_MM < heights["screen, highest"] - heights["screen, lowest"] < ACTIVE_MM


def test_the_drawing_names_every_height():
    drawn = as_svg()

    assert [name for name, height in touched().items() if f"{name}: {height:.0f} mm" not in drawn] == []
