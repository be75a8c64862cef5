"""The mains box: a Pico 2 W on a USB supply, five lit buttons."""

from device.boards import pico2_w
from hardware.assembly import HOUSING, Assembly, lit_button, service_parts


def assembly() -> Assembly:
    made = Assembly("mains_box", "Mains box, Raspberry Pi Pico 2 W", pico2_w)
    made.add("U1", "pico2_w")
    made.add("PS1", "usb_supply")
    made.join("VBUS", "PS1.VBUS", "U1.VBUS")
    made.join("GND", "U1.GND", "PS1.GND")
    buttons = zip(pico2_w.BUTTONS, pico2_w.LAMPS, strict=True)
    for number, (button, lamp) in enumerate(buttons, 1):
        # The chip's own pull-up does: this box never sleeps.
        lit_button(made, number, f"U1.GP{button}", f"U1.GP{lamp}", pull_up=False)
    service_parts(made, "U1.GP")
    made.cable("W7", "PS1", "U1", 2000, ("VBUS", "VBUS", "RD"), ("GND", "GND", "BK"))
    made.loose = dict(HOUSING)
    return made
