"""Every housing measured from its mesh, and housings that are wrong on purpose."""

import dataclasses

import pytest

from hardware import labels
from hardware.enclosure.housing import COUNTER_BOX, HOUSINGS, LEAST_WALL_MM, MARK_MM, WALL_BOX
from hardware.enclosure.solids import base, block, body
from tests.hardware import wrong
from tests.hardware.measure import collisions, faults, holes, misplaced, thinnest_mm

EVERY = pytest.mark.parametrize("housing", HOUSINGS, ids=lambda housing: housing.key)


@EVERY
def test_body_and_base_are_watertight_and_in_one_piece(housing):
    assert faults(body(housing), "body") + faults(base(housing), "base") == []


@EVERY
def test_the_holes_are_where_the_buttons_and_their_labels_are(housing):
    assert misplaced(housing) == []


@EVERY
def test_everything_fits_in_with_its_clearance(housing):
    assert collisions(housing) == []


@EVERY
def test_no_wall_is_thinner_than_stated(housing):
    assert min(thinnest_mm(body(housing)), thinnest_mm(base(housing))) >= LEAST_WALL_MM


@EVERY
def test_it_goes_on_a_printer_of_220_mm(housing):
    assert max(housing.width_mm, housing.length_mm) <= 220


def test_the_service_lamp_has_a_hole_of_its_own():
    assert [round(hole.diameter, 1) for hole in holes(WALL_BOX) if hole.diameter < 10] == [5.2]


def test_the_dots_count_the_buttons_and_are_left_free_by_the_film():
    left, low, right, _ = labels.outline(COUNTER_BOX)

    assert len(COUNTER_BOX.marks) == 1 + 2 + 3 + 4 + 5
    assert all(y + MARK_MM[0] / 2 < low and left < x < right for x, y in COUNTER_BOX.marks)


def test_a_face_stands_over_each_button():
    faces = [label for label in labels.labels(WALL_BOX) if label.name.startswith("face")]

    assert [face.x for face in faces] == [x for x, _ in WALL_BOX.buttons]


def test_the_question_has_equal_room_in_finnish_and_swedish():
    finnish, swedish = (label for label in labels.labels(WALL_BOX) if label.name.startswith("question"))

    assert (finnish.width, finnish.height) == (swedish.width, swedish.height)


def test_a_hole_one_millimetre_off_is_caught():
    assert misplaced(wrong.hole_one_millimetre_off()) == ["hole 3 is off by 1.00, 0.00 mm"]


def test_a_wall_that_is_too_thin_is_caught():
    assert thinnest_mm(body(dataclasses.replace(WALL_BOX, wall_mm=2.0))) < LEAST_WALL_MM


def test_a_box_that_is_too_short_for_its_board_is_caught():
    found = collisions(dataclasses.replace(WALL_BOX, length_mm=118.0))

    assert any(line.startswith("board and the body") for line in found)


def test_buttons_that_reach_down_to_the_board_are_caught():
    found = collisions(dataclasses.replace(WALL_BOX, row_mm=-10.0))

    assert any(line.startswith("button 1 and board") for line in found)


def test_a_housing_in_two_pieces_is_caught():
    apart = body(WALL_BOX) + block((5, 5, 5), (0, 0, 200))

    assert faults(apart, "body") != []
