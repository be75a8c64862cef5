"""What a housing measures: its outline, and what is cut into its panel and stands on its base; all in mm."""

import math
from dataclasses import dataclass

from hardware.catalogue import CATALOGUE

WALL_MM = 3.0
BASE_MM = 4.0
LEAST_WALL_MM = 2.4
"""What every wall keeps; a nozzle of 0.4 mm lays six lines into it."""

ROUNDING_MM = 6.0
FIT_MM = 0.3  # between base and body
SEAL_MM = 0.8  # what the screws leave of a tape of 1 mm
CLEARANCE_MM = 0.8  # around everything that is put in
HOLE_PLAY_MM = 0.2
PITCH_MM = 42.0
BOARD_HOLES_MM = (76.0, 56.0)
POST_MM = 6.0  # height of what boards stand on
PLUG_MM = (13.0, 7.5)  # lets the body of a USB-C plug in
BUTTON_MM, HEAD_MM, DEPTH_MM = CATALOGUE["button"].size
NUT_MM = 27.0
BUTTON_HOLE_MM = BUTTON_MM + HOLE_PLAY_MM
LAMP_MM, _, LAMP_DEPTH_MM = CATALOGUE["service_lamp"].size
LAMP_HOLE_MM = LAMP_MM + HOLE_PLAY_MM
MARK_MM = (3.2, 0.9)  # diameter and height of a dot that a finger counts
MARK_PITCH_MM = 5.0
BELOW_BUTTON_MM = 19.0


@dataclass(frozen=True)
class Housing:
    """A panel on walls over a base; the base's underside lies in z = 0, its middle in x = y = 0.

    The panel has an x (right) and y (up) of its own around its middle. `front_mm` and `back_mm` are the heights of its
    lower and its upper edge: equal for a box on a wall. `shifts` moves single buttons, for tests of the measuring.
    """

    key: str
    title: str
    width_mm: float = 218.0
    length_mm: float = 126.0
    front_mm: float = 51.0
    back_mm: float = 51.0
    row_mm: float = -32.0
    lamp_at: tuple[float, float] | None = (96.0, 48.0)
    holds: tuple[str, ...] = ()  # parts on the base, as in PLACES
    hangs: bool = False  # on two screws in the wall
    bolts: tuple[tuple[float, float], ...] = ()  # M4 through the base
    has_plug: bool = True
    wall_mm: float = WALL_MM
    shifts: tuple[tuple[float, float], ...] = ((0.0, 0.0),) * 5

    @property
    def buttons(self) -> list[tuple[float, float]]:
        """The middles of the buttons on the panel."""
        return [(PITCH_MM * (place - 2) + x, self.row_mm + y) for place, (x, y) in enumerate(self.shifts)]

    @property
    def tilt_deg(self) -> float:
        return math.degrees(math.atan2(self.back_mm - self.front_mm, self.length_mm))

    @property
    def panel_mm(self) -> float:
        """The panel's length up its slope."""
        return math.hypot(self.length_mm, self.back_mm - self.front_mm)

    @property
    def marks(self) -> list[tuple[float, float]]:
        """The dots below the buttons, as many as the button's number, so that fingers find the order."""
        rows = [(x, y - BELOW_BUTTON_MM, number) for number, (x, y) in enumerate(self.buttons, 1)]
        return [(x + MARK_PITCH_MM * (n - (number - 1) / 2), y) for x, y, number in rows for n in range(number)]


BATTERY_PARTS = ("board", "cell", "charger", "usb_c")
WALL_BOX = Housing("wall_box", "Wall box", holds=BATTERY_PARTS, hangs=True)
COUNTER_BOX = Housing("counter_box", "Counter box", front_mm=46.0, back_mm=80.0, holds=BATTERY_PARTS)
BOLTS = ((-63.0, -8.0), (63.0, -8.0))
KEY_BAR = Housing(
    "key_bar",
    "Key bar of the kiosk",
    length_mm=66.0,
    front_mm=48.0,
    back_mm=62.0,
    row_mm=2.0,
    lamp_at=None,
    bolts=BOLTS,
)
HOUSINGS = (WALL_BOX, COUNTER_BOX, KEY_BAR)

# Middle of every part on the base, and how far its underside is above it.
PLACES = {
    "board": (-48.0, 27.0, POST_MM),
    "cell": (41.0, 43.0, 0.6),
    "charger": (18.0, 12.0, POST_MM),
    "usb_c": (94.0, 6.0, POST_MM),
}
