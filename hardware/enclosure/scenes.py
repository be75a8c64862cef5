"""What the pictures show: a housing closed, taken apart, and from inside."""

import itertools
from collections.abc import Iterator

from manifold3d import Manifold

from hardware.catalogue import CATALOGUE
from hardware.enclosure.housing import KEY_BAR, Housing
from hardware.enclosure.picture import Painted, picture, view
from hardware.enclosure.solids import base, block, body, contents, cylinder, heads, on_panel, seal
from hardware.kiosk_stand import KEYS_MM, SCREEN_BOTTOM_MM, SCREEN_TILT_DEG
from hardware.labels import COLOURS, EYE_MM, FACE_MM, labels, mouth
from hardware.reach import ACTIVE_MM

Colour = tuple[int, int, int]
BODY: Colour = (225, 229, 233)
BASE: Colour = (176, 183, 190)
STEEL: Colour = (150, 158, 168)
GLASS: Colour = (120, 160, 200)
ACTIVE_WIDE_MM = 156.0
INK: Colour = (30, 32, 36)
PARTS: dict[str, Colour] = {
    "board": (60, 130, 90),
    "cell": (70, 110, 180),
    "charger": (90, 70, 150),
    "usb_c": (190, 140, 60),
    "service lamp": (210, 60, 50),
}
LIFT_MM = 95.0


def pictures(housing: Housing) -> Iterator[tuple[str, bytes]]:
    """Yield the name and the PNG of every picture of a housing."""
    lift = 62.0 if housing.hangs else 42.0
    yield "closed.png", picture([*closed(housing)], view(-24, lift))
    if housing.holds:
        yield "inside.png", picture([*inside(housing)], view(-24, 50))
        yield "apart.png", picture([*apart(housing)], view(-24, 28))


def closed(housing: Housing) -> Iterator[Painted]:
    yield Painted(body(housing), BODY)
    yield Painted(base(housing), BASE)
    yield Painted(seal(housing), INK)
    yield Painted(heads(housing), STEEL)
    yield from faces(housing)


def inside(housing: Housing) -> Iterator[Painted]:
    """Yield the base with what stands on it."""
    yield Painted(base(housing), BASE)
    for content in contents(housing):
        if content.name in housing.holds:
            yield Painted(content.solid, PARTS[content.name])


def apart(housing: Housing) -> Iterator[Painted]:
    """Yield the base below, the body lifted off it with its buttons."""
    yield from inside(housing)
    hung = [content for content in contents(housing) if content.name not in housing.holds]
    lifted = [*closed(housing), *(Painted(each.solid, PARTS.get(each.name, STEEL)) for each in hung)]
    for solid, colour in lifted[:1] + lifted[2:]:
        yield Painted(solid.translate([0, 0, LIFT_MM]), colour)


def faces(housing: Housing) -> Iterator[Painted]:
    """Yield the faces of the film, thicker than they are so that they are seen."""
    aside, up, radius = EYE_MM
    named = [label for label in labels(housing) if label.name.startswith("face")]
    for number, label in enumerate(named, 1):
        at = (label.x, label.y)
        yield Painted(on_panel(housing, cylinder(FACE_MM, 0.4), at), rgb(COLOURS[number - 1]))
        for side in (-aside, aside):
            yield Painted(on_panel(housing, cylinder(2 * radius, 0.8), (at[0] + side, at[1] + up)), INK)
        yield Painted(on_panel(housing, stroke(mouth(number)), at), INK)


def stroke(points: list[tuple[float, float]]) -> Manifold:
    """Return a line of 2 mm through points."""
    dots = [cylinder(2.0, 0.8).translate([x, y, 0]) for x, y in points]
    whole = Manifold()
    for first, second in itertools.pairwise(dots):
        whole += Manifold.batch_hull([first, second])
    return whole


def rgb(colour: str) -> Colour:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def kiosk() -> Iterator[Painted]:
    """Yield the kiosk on its stand, the visitor to come from the front."""
    foot, column = (350.0, 350.0, 8.0), (60.0, 40.0, SCREEN_BOTTOM_MM)
    shelf = KEYS_MM - (KEY_BAR.front_mm + KEY_BAR.back_mm) / 2
    yield Painted(block(foot, (0, 0, 0)) + block(column, (0, 0, 0)), BASE)
    yield Painted(block((220.0, 90.0, 3.0), (0, -60, shelf - 3)), STEEL)
    yield from (Painted(each.solid.translate([0, -65, shelf]), each.colour) for each in closed(KEY_BAR))
    wide, high, deep = CATALOGUE["touchscreen"].size
    for size, front, colour in (((wide, deep, high), 0.0, INK), ((ACTIVE_WIDE_MM, 2.0, ACTIVE_MM), -deep / 2, GLASS)):
        lifted = block(size, (0, front, (high - size[2]) / 2)).rotate([-SCREEN_TILT_DEG, 0, 0])
        yield Painted(lifted.translate([0, -20, SCREEN_BOTTOM_MM]), colour)


def stand_picture() -> bytes:
    return picture([*kiosk()], view(-28, 16), width=520)
