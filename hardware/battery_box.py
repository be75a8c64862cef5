"""The battery box: a module that sleeps, five lit buttons that wake it, a protected 18650 cell, USB-C to charge it."""

from typing import Any

from hardware.assembly import HOUSING, Assembly, lit_button, service_parts

MODULES = {"esp32-s3": "module_s3", "esp32-c6": "module_c6"}
USB = {"esp32-s3": ("IO19", "IO20"), "esp32-c6": ("IO12", "IO13")}
"""D- and D+."""

BOOT = {"esp32-s3": "IO0", "esp32-c6": "IO9"}
"""Held low at the start, the chip waits for firmware. Strapping pins, each with its own pull-up inside."""

STRAPS_UP = {"esp32-s3": (), "esp32-c6": ("IO8",)}
"""Must be high at such a start, and have no pull-up of their own."""


def assembly(board: Any) -> Assembly:
    """Return the box on a board of `device.boards`."""
    made = Assembly("battery_box_" + board.CHIP[-2:], f"Battery box, {board.CHIP.upper()}", board)
    made.add("U1", MODULES[board.CHIP])
    made.join("GND", "U1.GND")
    made.join("3V3", "U1.3V3")
    buttons = zip(board.BUTTONS, board.LAMPS, strict=True)
    for number, (button, lamp) in enumerate(buttons, 1):
        lit_button(made, number, f"U1.IO{button}", f"U1.IO{lamp}", pull_up=True)
    service_parts(made, "U1.IO")
    supply(made)
    battery_sense(made)
    start(made)
    made.loose = HOUSING | {"adapter": 1}
    return made


def supply(made: Assembly) -> None:
    """Add the way from USB and cell to 3.3 V; charging needs the cell's thermistor to say that it is warm enough."""
    made.add("X1", "usb_c")
    made.add("A1", "charger")
    made.add("BT1", "cell")
    made.add("U2", "regulator")
    made.join("VBUS", "X1.VBUS", "A1.VBUS")
    made.join("GND", "X1.GND", "A1.GND", "BT1.-", "U2.GND")
    made.join("CELL", "BT1.+")
    made.between("F1", "fuse", "CELL", "BATTERY")
    made.join("BATTERY", "A1.LIPO")
    made.between("TH1", "thermistor", "THERMISTOR", "GND")
    made.join("THERMISTOR", "A1.THERM")
    made.join("SYSTEM", "A1.OUT", "U2.VIN", "U2.EN")
    made.join("3V3", "U2.VOUT")
    low, high = USB[made.board.CHIP]
    made.join("USB_DN", f"U1.{low}", "X1.D-")
    made.join("USB_DP", f"U1.{high}", "X1.D+")
    for ref, key, net in (("C1", "c22u", "SYSTEM"), ("C2", "c22u", "3V3"), ("C3", "c100n", "3V3")):
        made.between(ref, key, net, "GND")
        made.row(f"buffer {ref}", (ref, "1", "2"))
    made.row("cell", ("F1", "2", "1"), ("BT1", "+", "-"))
    made.row("thermistor on the cell", ("TH1", "1", "2"))
    made.cable("W7", "BT1", "F1", 80, ("+", "1", "RD"))
    made.cable("W8", "F1", "A1", 80, ("2", "LIPO", "RD"))
    made.cable("W9", "BT1", "A1", 150, ("-", "GND", "BK"))
    made.cable("W10", "TH1", "A1", 150, ("1", "THERM", "BU"), ("2", "GND", "BK"))
    made.cable("W11", "X1", "A1", 100, ("VBUS", "VBUS", "RD"), ("GND", "GND", "BK"))
    made.cable("W12", "X1", "U1", 100, ("D-", low, "WH"), ("D+", high, "GN"))
    made.cable("W13", "A1", "U2", 100, ("OUT", "VIN", "OG"), ("GND", "GND", "BK"))


def battery_sense(made: Assembly) -> None:
    """Add the divider that the firmware measures, with a capacitor that the converter can draw on."""
    pin = f"U1.IO{made.board.BATTERY}"
    made.between("R12", "r1m", "BATTERY", "BATTERY_SENSE")
    made.between("R13", "r1m", "BATTERY_SENSE", "GND")
    made.between("C5", "c100n", "BATTERY_SENSE", "GND")
    made.join("BATTERY_SENSE", pin)
    made.cable("W14", "A1", "R12", 100, ("LIPO", "1", "VT"))
    made.row("battery divider", ("R12", "1", "2"), ("R13", "1", "2"))
    made.row("buffer C5", ("C5", "1", "2"))


def start(made: Assembly) -> None:
    """Add reset and boot, and what holds strapping pins."""
    chip = made.board.CHIP
    made.between("R14", "r10k", "3V3", "EN")
    made.between("C4", "c1u", "EN", "GND")
    made.join("EN", "U1.EN")
    made.row("reset", ("R14", "1", "2"), ("SW7", "NO", "C"))
    made.row("reset delay", ("C4", "1", "2"))
    made.row("boot", ("SW8", "NO", "C"))
    for ref, net in (("SW7", "EN"), ("SW8", "BOOT")):
        made.add(ref, "tactile")
        made.join(net, f"{ref}.NO")
        made.join("GND", f"{ref}.C")
    made.join("BOOT", f"U1.{BOOT[chip]}")
    for number, pin in enumerate(STRAPS_UP[chip], 16):
        made.between(f"R{number}", "r10k", "3V3", f"STRAP_{pin}")
        made.join(f"STRAP_{pin}", f"U1.{pin}")
        made.row("strap " + pin, (f"R{number}", "1", "2"))
