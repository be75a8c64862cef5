"""The solids of a housing: its body, its base, and what is put into it."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from manifold3d import Manifold

from hardware.catalogue import CATALOGUE
from hardware.enclosure.housing import (
    BASE_MM,
    BOARD_HOLES_MM,
    BUTTON_HOLE_MM,
    CLEARANCE_MM,
    DEPTH_MM,
    FIT_MM,
    HEAD_MM,
    LAMP_DEPTH_MM,
    LAMP_HOLE_MM,
    LAMP_MM,
    MARK_MM,
    NUT_MM,
    PLACES,
    PLUG_MM,
    POST_MM,
    ROUNDING_MM,
    SEAL_MM,
    Housing,
)

ROUND = 40  # edges of a circle
BALL = 32  # and of a ball
FACETS_MM = 0.05  # so much can a ball of so few edges lack
BOSS_MM = (7.0, 14.0, 15.0)
BOSS_AT_MM = 9.0  # middle of its screw above the base
INSERT_HOLE_MM = 4.0
SCREW_HOLE_MM = 3.4
BOLT_HOLE_MM = 4.4
LIP_MM = 5.0
LIP_WALL_MM = 2.5
PLUG_ABOVE_MM = 3.2  # middle of the socket above its board's underside
KEYHOLE_MM = (9.0, 4.4, 9.0)  # head, neck, way


class Content(NamedTuple):
    """Something that is put in; `grown` has the clearance that it needs, except on the side that it rests on."""

    name: str
    solid: Manifold
    grown: Manifold


def cylinder(diameter: float, height: float) -> Manifold:
    return Manifold.cylinder(height, diameter / 2, circular_segments=ROUND)


def block(size: Iterable[float], middle: Iterable[float]) -> Manifold:
    """Return a block by its size and the middle of its underside."""
    x, y, z = middle
    sizes = np.array(list(size))
    return Manifold.cube(sizes).translate(np.array([x - sizes[0] / 2, y - sizes[1] / 2, z]))


def together(solids: Iterable[Manifold]) -> Manifold:
    whole = Manifold()
    for solid in solids:
        whole += solid
    return whole


def on_panel(housing: Housing, solid: Manifold, at: tuple[float, float] = (0.0, 0.0)) -> Manifold:
    """Move a solid from the panel's own coordinates, with its outside in z = 0, to where the panel is."""
    middle = (housing.front_mm + housing.back_mm) / 2
    return solid.translate([*at, 0.0]).rotate([housing.tilt_deg, 0.0, 0.0]).translate([0.0, 0.0, middle])


def shell(housing: Housing, inset: float) -> Manifold:
    """Return the outline as a full solid, everywhere `inset` inside of the outer one: a hull of equal balls."""
    tilt = np.radians(housing.tilt_deg)
    reach_x, reach_y = housing.width_mm / 2 - ROUNDING_MM, housing.length_mm / 2 - ROUNDING_MM
    middle = (housing.front_mm + housing.back_mm) / 2
    ball = Manifold.sphere(ROUNDING_MM - inset, BALL)
    top = [(y, middle + y * np.tan(tilt) - ROUNDING_MM / np.cos(tilt)) for y in (-reach_y, reach_y)]
    places = [(x, y, z) for x in (-reach_x, reach_x) for y, high in top for z in (high, -2 * ROUNDING_MM)]
    return Manifold.batch_hull([ball.translate(np.array(place)) for place in places])


def from_to(solid: Manifold, lowest: float, highest: float) -> Manifold:
    return solid.trim_by_plane([0, 0, 1], lowest).trim_by_plane([0, 0, -1], -highest)


def body(housing: Housing) -> Manifold:
    """Return the part that people touch: panel and walls, open below."""
    hollow = (shell(housing, 0.0) - shell(housing, housing.wall_mm)).trim_by_plane([0, 0, 1], BASE_MM + SEAL_MM)
    return hollow + marks(housing) - panel_holes(housing) - wall_holes(housing)


def marks(housing: Housing) -> Manifold:
    diameter, height = MARK_MM
    radius = (diameter**2 / 4 + height**2) / (2 * height)
    dot = Manifold.sphere(radius, 16).translate([0, 0, height - radius])
    return together(on_panel(housing, dot, at) for at in housing.marks)


def panel_holes(housing: Housing) -> Manifold:
    through = [(cylinder(BUTTON_HOLE_MM, 20.0), at) for at in housing.buttons]
    if housing.lamp_at:
        through.append((cylinder(LAMP_HOLE_MM, 20.0), housing.lamp_at))
    return together(on_panel(housing, solid.translate([0, 0, -10]), at) for solid, at in through)


def wall_holes(housing: Housing) -> Manifold:
    """Return the screws' holes in the sides, and the plug's in the right one."""
    screw = cylinder(SCREW_HOLE_MM, housing.width_mm + 20).rotate([0, 90, 0])
    found = [screw.translate([-housing.width_mm / 2 - 10, y, BASE_MM + BOSS_AT_MM]) for _, y in bosses_at(housing)]
    if housing.has_plug:
        _, y, rise = PLACES["usb_c"]
        wide, high = PLUG_MM
        ends = [cylinder(high, 20).rotate([0, 90, 0]).translate([0, side, 0]) for side in (0, wide - high)]
        slot = Manifold.batch_hull(ends).translate([0, -(wide - high) / 2, 0])
        found.append(slot.translate([housing.width_mm / 2 - 10, y, BASE_MM + rise + PLUG_ABOVE_MM]))
    return together(found)


def bosses_at(housing: Housing) -> list[tuple[float, float]]:
    x = housing.width_mm / 2 - housing.wall_mm - FIT_MM - BOSS_MM[0] / 2
    y = housing.length_mm / 2 - 13.0
    return [(side * x, end * y) for side in (-1, 1) for end in (-1, 1)]


def base(housing: Housing) -> Manifold:
    """Return the plate that closes the body, with its lip, posts and bosses."""
    inside = housing.wall_mm + FIT_MM
    plate = from_to(shell(housing, 0.0), 0.0, BASE_MM)
    ring = shell(housing, inside) - shell(housing, inside + LIP_WALL_MM)
    lip = from_to(ring, BASE_MM - 0.5, BASE_MM + LIP_MM)
    return plate + lip + stands(housing) + bosses(housing) - hangers(housing) - boss_holes(housing)


def seal(housing: Housing) -> Manifold:
    """Return the sealing tape between base and body, pressed together."""
    ring = shell(housing, 0.0) - shell(housing, housing.wall_mm)
    return from_to(ring, BASE_MM, BASE_MM + SEAL_MM)


def stands(housing: Housing) -> Manifold:
    """Return posts below the board and blocks below the small boards, which are glued on."""
    found = []
    if "board" in housing.holds:
        x, y, _ = PLACES["board"]
        post = cylinder(8.0, POST_MM + 0.5) - cylinder(1.8, POST_MM + 0.5)
        across, along = (size / 2 for size in BOARD_HOLES_MM)
        places = [(x + right * across, y + up * along) for right in (-1, 1) for up in (-1, 1)]
        found += [post.translate([*place, BASE_MM - 0.5]) for place in places]
    for name in ("charger", "usb_c"):
        if name in housing.holds:
            x, y, rise = PLACES[name]
            wide, long, _ = CATALOGUE[name].size
            found.append(block((wide - 6, long - 6, rise + 0.5), (x, y, BASE_MM - 0.5)))
    return together(found)


def bosses(housing: Housing) -> Manifold:
    return together(block(BOSS_MM, (x, y, BASE_MM - 0.5)) for x, y in bosses_at(housing))


def boss_holes(housing: Housing) -> Manifold:
    hole = cylinder(INSERT_HOLE_MM, BOSS_MM[0] + 2).rotate([0, 90, 0])
    shift = -BOSS_MM[0] / 2 - 1
    return together(hole.translate([x + shift, y, BASE_MM + BOSS_AT_MM]) for x, y in bosses_at(housing))


def hangers(housing: Housing) -> Manifold:
    """Return the holes for bolts, and the keyholes of a box that hangs: over the screw's head, then down."""
    bolts = together(cylinder(BOLT_HOLE_MM, 20).translate([x, y, -10.0]) for x, y in housing.bolts)
    if not housing.hangs:
        return bolts
    head, neck, way = KEYHOLE_MM
    hole = cylinder(head, 20) + Manifold.batch_hull([cylinder(neck, 20), cylinder(neck, 20).translate([0, way, 0])])
    return together(hole.translate([x, 23.0, -10.0]) for x in (-97.0, 97.0))


def contents(housing: Housing) -> list[Content]:
    """Return everything that is put into the housing, where it sits."""
    found = [hung(housing, f"button {n}", (NUT_MM, DEPTH_MM), at) for n, at in enumerate(housing.buttons, 1)]
    if housing.lamp_at:
        found.append(hung(housing, "service lamp", (LAMP_MM + 3, LAMP_DEPTH_MM), housing.lamp_at))
    return found + [rested(name) for name in housing.holds]


def hung(housing: Housing, name: str, size: tuple[float, float], at: tuple[float, float]) -> Content:
    """Return something behind the panel, by its widest diameter and its depth."""
    diameter, depth = size
    below = -housing.wall_mm - FACETS_MM
    solid = cylinder(diameter, depth).translate([0, 0, below - depth])
    grown = cylinder(diameter + 2 * CLEARANCE_MM, depth + CLEARANCE_MM)
    grown = grown.translate([0, 0, below - depth - CLEARANCE_MM])
    return Content(name, on_panel(housing, solid, at), on_panel(housing, grown, at))


def rested(name: str) -> Content:
    """Return something on the base."""
    x, y, rise = PLACES[name]
    size = np.array(CATALOGUE[name].size)
    grown = size + np.array([2, 2, 1]) * CLEARANCE_MM
    middle = (x, y, BASE_MM + rise)
    return Content(name, block(size, middle), block(grown, middle))


def heads(housing: Housing) -> Manifold:
    """Return what of the buttons is seen."""
    return together(on_panel(housing, cylinder(HEAD_MM, 2.5), at) for at in housing.buttons)
