"""One thing that a workshop builds: its parts by reference, its nets, and the wires between its boards."""

from dataclasses import dataclass, field
from typing import Any

from hardware.catalogue import CATALOGUE
from hardware.parts import Part

RAILS = {"GND": 0.0, "3V3": 3.3, "BATTERY": 4.2, "CELL": 4.2, "SYSTEM": 4.4, "VBUS": 5.25, "5V": 5.25}
"""The highest voltage of every net that supplies something."""


OFF_BOARD = {"button", "key", "service_lamp", "cell", "charger", "usb_c", "thermistor", "fuse", "usb_supply"} | {
    "touchscreen",
    "pi_supply",
    "amplifier",
    "loudspeaker",
}
"""Parts that only wires join; all others sit on one board, or are the Raspberry Pi."""


@dataclass(frozen=True)
class Cable:
    """Wires from one part to another, each by the pins at its ends and its colour as in WireViz (IEC 60757)."""

    name: str
    start: str
    end: str
    wires: tuple[tuple[str, str, str], ...]
    length_mm: int


@dataclass
class Assembly:
    """`nets` holds pins as `REF.PIN`; `rows` are the lines of the schematic, `loose` what has no pins."""

    key: str
    title: str
    board: Any = None
    parts: dict[str, str] = field(default_factory=dict)
    nets: dict[str, list[str]] = field(default_factory=dict)
    cables: list[Cable] = field(default_factory=list)
    rows: list[tuple[str, list[tuple[str, str, str]]]] = field(default_factory=list)
    loose: dict[str, int] = field(default_factory=dict)

    def part(self, ref: str) -> Part:
        return CATALOGUE[self.parts[ref]]

    def add(self, ref: str, key: str) -> str:
        self.parts[ref] = key
        return ref

    def join(self, net: str, *pins: str) -> None:
        self.nets.setdefault(net, []).extend(pins)

    def net_of(self, pin: str) -> str | None:
        return next((net for net, pins in self.nets.items() if pin in pins), None)

    def between(self, ref: str, key: str, first: str, second: str) -> None:
        """Add a part of two pins from one net to another."""
        pins = CATALOGUE[key].pins
        self.add(ref, key)
        self.join(first, f"{ref}.{pins[0]}")
        self.join(second, f"{ref}.{pins[1]}")

    def cable(self, name: str, start: str, end: str, length_mm: int, *wires: tuple[str, str, str]) -> None:
        self.cables.append(Cable(name, start, end, wires, length_mm))

    def row(self, title: str, *elements: tuple[str, str, str]) -> None:
        """Add a line of the schematic: from left to right (reference, left pin, right pin)."""
        self.rows.append((title, list(elements)))


def lit_button(made: Assembly, number: int, pin: str, lamp_pin: str, pull_up: bool) -> None:
    """Add one illuminated button with its plug, the resistor of its lamp and, if asked for, its pull-up."""
    button, lamp, switch = f"BUTTON{number}", f"LAMP{number}", f"SW{number}"
    ring, resistor, plug = f"RING{number}", f"R{number + 5}", f"J{number}"
    made.add(switch, "button")
    made.add(plug, "plug4")
    made.join(button, pin, f"{plug}.1", f"{switch}.NO")
    made.join("GND", f"{plug}.2", f"{switch}.C", f"{plug}.4", f"{switch}.LED-")
    made.join(lamp, lamp_pin)
    made.between(resistor, "r680", lamp, ring)
    made.join(ring, f"{plug}.3", f"{switch}.LED+")
    contact = [(switch, "NO", "C")]
    if pull_up:
        made.between(f"R{number}", "r100k", "3V3", button)
        contact = [(f"R{number}", "1", "2"), *contact]
    made.row(f"button {number}", *contact)
    made.row(f"lamp {number}", (resistor, "1", "2"), (switch, "LED+", "LED-"))
    wires = (("1", "NO", "WH"), ("2", "C", "BK"), ("3", "LED+", "GN"), ("4", "LED-", "BK"))
    made.cable(f"W{number}", plug, switch, 250, *wires)


def service_parts(made: Assembly, chip: str) -> None:
    """Add what every box has besides its buttons: service button and lamp, and a sounder."""
    board = made.board
    made.add("SW6", "tactile")
    made.join("SERVICE_BUTTON", f"{chip}{board.SERVICE_BUTTON}", "SW6.NO")
    made.join("GND", "SW6.C", "D1.LED-", "J6.2", "BZ1.2")
    made.add("D1", "service_lamp")
    made.add("J6", "plug2")
    made.join("SERVICE_LAMP", f"{chip}{board.SERVICE_LAMP}")
    made.between("R11", "r680", "SERVICE_LAMP", "SERVICE_LED")
    made.join("SERVICE_LED", "J6.1", "D1.LED+")
    made.add("BZ1", "sounder")
    made.join("BUZZER", f"{chip}{board.BUZZER}")
    made.between("R15", "r220", "BUZZER", "SOUNDER")
    made.join("SOUNDER", "BZ1.1")
    made.row("service lamp", ("R11", "1", "2"), ("D1", "LED+", "LED-"))
    made.row("service button", ("SW6", "NO", "C"))
    made.row("sounder", ("R15", "1", "2"), ("BZ1", "1", "2"))
    made.cable("W6", "J6", "D1", 250, ("1", "LED+", "RD"), ("2", "LED-", "BK"))


HOUSING = {"printed": 1, "film": 1, "board": 1, "insert": 4, "screw": 4, "board_screw": 4, "gasket": 1, "wire": 8}
"""What a box takes besides; wire and cord in metres."""
