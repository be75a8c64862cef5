"""What makes a table of parts and nets impossible to build, or dangerous for a chip."""

import itertools
from collections import Counter

from device.boards.facts import CHIPS
from hardware.assembly import OFF_BOARD, RAILS
from hardware.catalogue import CATALOGUE
from tests.device.boards.rules import breaches, uses

CHIP = "U1"
HIGHEST_PIN_V = 3.6
"""No chip of ours is asked for more than its supply plus 0.3 V, so none has to stand 5 V. Espressif gives that as the
highest input and the RP2350 stands more on most pins: both from memory, the data sheets were not at hand."""

LAMP_MA = (1.0, 3.0)  # visible, and what the power model counts with
PULL_UP_OHMS = (47e3, 220e3)  # firm against noise, and 70 uA at most while a button is held
PI_PINS = range(2, 28)  # 0 and 1 are for the EEPROM of HATs
PI_TAKEN = {2, 3, 14, 15}  # the screen's and the console's


def wrongs(made):
    """Return a line for everything about an assembly that cannot or should not be built."""
    found = [*loose_ends(made), *missing_parts(made), *wrong_cables(made), *unwired(made), *turned(made)]
    if found:
        return found  # the rest would trip over what is missing
    found += too_high(made)
    if made.board is None:
        return [*found, *wrong_kiosk_pins(made)]
    pins = breaches(made.board, CHIPS[made.board.CHIP])
    return [*found, *pins, *wrong_pins(made), *wrong_lamps(made), *wrong_inputs(made)]


def loose_ends(made):
    """Yield every net without two ends, every pin that is not there, in two nets or in none."""
    for net, pins in made.nets.items():
        if len({pin.split(".")[0] for pin in pins}) < 2:
            yield f"net {net} ends at {', '.join(pins)}"
    joined = Counter(pin for pins in made.nets.values() for pin in pins)
    yield from (f"{pin} is joined {times} times" for pin, times in joined.items() if times > 1)
    there = {f"{ref}.{pin}" for ref in made.parts if made.parts[ref] in CATALOGUE for pin in made.part(ref).pins}
    yield from (f"{pin} is no pin of a part" for pin in joined if pin not in there)
    for ref in made.parts:
        if made.parts[ref] in CATALOGUE:
            part = made.part(ref)
            open_pins = [pin for pin in part.pins if f"{ref}.{pin}" not in joined and pin not in part.free]
            yield from (f"{ref}.{pin} is joined to nothing" for pin in open_pins)


def missing_parts(made):
    """Yield what the parts list would lack: parts unknown or without a price, and parts that no row draws."""
    for name, key in [*made.parts.items(), *((key, key) for key in made.loose)]:
        if key not in CATALOGUE:
            yield f"{name}: no part {key} in the catalogue"
        elif not CATALOGUE[key].number or min(CATALOGUE[key].eur) <= 0:
            yield f"{name}: {key} has no number or no price"
    drawn = {ref for _, elements in made.rows for ref, _, _ in elements}
    two = {ref for ref in made.parts if made.parts[ref] in CATALOGUE and len(made.part(ref).pins) == 2}
    boxed = {"plug2", "usb_supply"}  # drawn as boxes with pins
    yield from (f"{ref} is not in the schematic" for ref in sorted(two - drawn) if made.parts[ref] not in boxed)


def wrong_cables(made):
    """Yield every wire whose ends are not in one net."""
    for cable in made.cables:
        for start, end, _ in cable.wires:
            first, second = made.net_of(f"{cable.start}.{start}"), made.net_of(f"{cable.end}.{end}")
            if first is None or first != second:
                yield f"{cable.name}: {cable.start}.{start} is in {first}, {cable.end}.{end} in {second}"


def turned(made):
    """Yield every part whose plus a row has on the right, and neighbours in a row that no net joins."""
    for title, row in made.rows:
        for ref, left, right in row:
            if right.endswith("+") or left == "-":
                yield f"{ref} is drawn the wrong way round"  # symbols of cells and lamps have it on the left
        for (ref, _, right), (other, left, _) in itertools.pairwise(row):
            if made.net_of(f"{ref}.{right}") != made.net_of(f"{other}.{left}"):
                yield f"{title}: {ref}.{right} and {other}.{left} are drawn joined"


def unwired(made):
    """Yield every net whose parts are not all reached by wires; what sits on the board is one place."""
    for net, pins in made.nets.items():
        place = {pin: pin.split(".")[0] if made.parts[pin.split(".")[0]] in OFF_BOARD else "board" for pin in pins}
        together = {name: name for name in place.values()}
        for cable in made.cables:
            for start, end, _ in cable.wires:
                first, second = place.get(f"{cable.start}.{start}"), place.get(f"{cable.end}.{end}")
                if first and second:
                    old, new = together[first], together[second]
                    together = {name: new if group == old else group for name, group in together.items()}
        if len(set(together.values())) > 1:
            yield f"net {net}: no wire joins {' and '.join(sorted(set(together.values())))}"


def resistors(made, net):
    """Return (ohms, net at the other end) of the resistors at a net."""
    found = []
    for pin in made.nets.get(net, ()):
        ref, name = pin.split(".")
        if made.parts[ref].startswith("r") and len(made.part(ref).pins) == 2 and made.part(ref).value:
            other = "2" if name == "1" else "1"
            found.append((made.part(ref).value, made.net_of(f"{ref}.{other}")))
    return found


def volts(made, net):
    """Return the highest voltage that the rails give a net, through its resistors; 0 when only the chip drives it."""
    if net in RAILS:
        return RAILS[net]
    rails = [(ohms, RAILS[other]) for ohms, other in resistors(made, net) if other in RAILS]
    weight = sum(1 / ohms for ohms, _ in rails)
    return sum(volt / ohms for ohms, volt in rails) / weight if rails else 0.0


def too_high(made):
    for net, pins in made.nets.items():
        signals = [pin for pin in pins if pin.startswith((f"{CHIP}.IO", f"{CHIP}.GP"))]
        if signals and volts(made, net) > HIGHEST_PIN_V:
            yield f"{signals[0]} gets up to {volts(made, net):.2f} V"


def prefix(made):
    return "GP" if made.board.CHIP.startswith("rp2350") else "IO"


def wrong_pins(made):
    """Yield every pin of the firmware's table that the nets have elsewhere."""
    numbers = Counter()
    for purpose, pin in uses(made.board):
        numbers[purpose] += 1
        net = {"BUTTONS": f"BUTTON{numbers[purpose]}", "LAMPS": f"LAMP{numbers[purpose]}", "BATTERY": "BATTERY_SENSE"}
        name = net.get(purpose, purpose)
        if f"{CHIP}.{prefix(made)}{pin}" not in made.nets.get(name, ()):
            yield f"{purpose} {pin} of the firmware is not in net {name}"
    wired = [pin for pins in made.nets.values() for pin in pins if pin.startswith(f"{CHIP}.{prefix(made)}")]
    known = {f"{CHIP}.{prefix(made)}{pin}" for _, pin in uses(made.board)} | system_pins(made)
    yield from (f"{pin} is wired but the firmware does not know it" for pin in wired if pin not in known)


def system_pins(made):
    """Return the pins that the chip itself wants wired: USB, and the straps of its start."""
    chip = CHIPS[made.board.CHIP]
    return {f"{CHIP}.IO{pin}" for pin in chip.usb | chip.strapping}


def wrong_lamps(made):
    """Yield every lamp that has no resistor between it and its pin, or one that makes it too dim or too bright."""
    for pin in [pin for pins in made.nets.values() for pin in pins if pin.endswith(".LED+")]:
        net, forward = made.net_of(pin), made.part(pin.split(".")[0]).value
        feeding = [ohms for ohms, other in resistors(made, net) if other.startswith(("LAMP", "SERVICE_LAMP"))]
        if any(other.startswith(CHIP) for other in made.nets[net]) or not feeding:
            yield f"{pin} has no resistor"
        elif not LAMP_MA[0] <= (3.3 - forward) / feeding[0] * 1000 <= LAMP_MA[1]:
            yield f"{pin} draws {(3.3 - forward) / feeding[0] * 1000:.1f} mA"


def wrong_inputs(made):
    """Yield what a sleeping chip cannot do without: pull-ups outside of it, and the divider that the firmware knows."""
    if not made.board.IS_BATTERY:
        return
    for number in range(1, len(made.board.BUTTONS) + 1):
        ups = [ohms for ohms, other in resistors(made, f"BUTTON{number}") if other == "3V3"]
        if not ups or not PULL_UP_OHMS[0] <= ups[0] <= PULL_UP_OHMS[1]:
            yield f"BUTTON{number} has no pull-up of 47 to 220 kilohms"
    ratio = RAILS["BATTERY"] / (volts(made, "BATTERY_SENSE") or 1)
    if abs(ratio - made.board.BATTERY_DIVIDER) > 0.01:
        yield f"the battery is divided by {ratio:.2f}, the firmware reckons with {made.board.BATTERY_DIVIDER}"


def wrong_kiosk_pins(made):
    wired = [int(pin.split("GPIO")[1]) for pins in made.nets.values() for pin in pins if "GPIO" in pin]
    yield from (f"GPIO{pin} is not to be had" for pin in wired if pin not in PI_PINS or pin in PI_TAKEN)
