"""Tables that are wrong on purpose, and that the rules have to catch."""

import dataclasses
import types

from device.boards import esp32_s3
from hardware import battery_box
from hardware.enclosure.housing import WALL_BOX


def changed(board, **changes):
    """Return a copy of a board with some pins changed."""
    fields = {name: getattr(board, name) for name in dir(board) if name.isupper()}
    return types.SimpleNamespace(**(fields | changes))


def button_on_a_pin_that_cannot_wake():
    return battery_box.assembly(changed(esp32_s3, BUTTONS=(4, 5, 6, 7, 38)))


def lamp_without_resistor():
    """Somebody bridged the first lamp's resistor away."""
    made = battery_box.assembly(esp32_s3)
    del made.parts["R6"]
    for net in made.nets:
        made.nets[net] = [pin for pin in made.nets[net] if not pin.startswith("R6.")]
    made.nets["LAMP1"] += made.nets.pop("RING1")
    made.rows = [(title, [each for each in elements if each[0] != "R6"]) for title, elements in made.rows]
    return made


def hole_one_millimetre_off():
    return dataclasses.replace(WALL_BOX, shifts=((0.0, 0.0), (0.0, 0.0), (1.0, 0.0), (0.0, 0.0), (0.0, 0.0)))
